from __future__ import annotations

from typing import Any

from simulator.audit import store as audit
from simulator.kit.call import Actor, Call
from simulator.kit.clock import parse

NOW = parse("2026-11-23T09:00:00Z")


def _chain(platform: Any, count: int = 4) -> list[dict[str, Any]]:
    world = platform.simulator.worlds._cache["default"]
    call = Call(world, NOW, Actor("essai", "100000011"), "t", "issue-care-sheet")

    def unit(tx: Any) -> list[dict[str, Any]]:
        for number in range(count):
            audit.append(tx, call, "tested", str(number), {"b": 1, "a": "é"})
        return [dict(row) for row in audit.rows(tx, "default")]

    return platform.simulator.db.call(unit)  # type: ignore[no-any-return]


def test_a_sound_chain(platform: Any) -> None:
    chain = _chain(platform)
    assert [row["seq"] for row in chain] == [1, 2, 3, 4]
    assert chain[0]["data"] == '{"b":1,"a":"é"}'
    assert audit.broken_at(chain) is None
    assert audit.broken_at([]) is None


def test_a_change_a_removal_or_a_swap_breaks_it_there(platform: Any) -> None:
    chain = _chain(platform)
    for name in ("at", "actor", "event", "subject", "trace", "data", "hash"):
        altered = [dict(row) for row in chain]
        altered[2][name] = "x"
        assert audit.broken_at(altered) == 3
    assert audit.broken_at([chain[0], *chain[2:]]) == 2
    assert audit.broken_at([chain[1], chain[0]]) == 1
