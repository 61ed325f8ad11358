from __future__ import annotations

from typing import Any

import pytest

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


def test_rows_follow_each_other_and_keep_their_data(platform: Any) -> None:
    chain = _chain(platform)
    assert [row["seq"] for row in chain] == [1, 2, 3, 4]
    assert chain[0]["data"] == '{"b":1,"a":"é"}'
    assert chain[0]["hash"] == audit.link(audit.GENESIS, chain[0])
    assert chain[1]["hash"] == audit.link(chain[0]["hash"], chain[1])


@pytest.mark.parametrize(
    ("actor", "written"),
    [
        (Actor("essai"), "essai/-"),
        (Actor("essai", "100000011"), "essai/100000011"),
        (Actor("essai", "200000012", delegate="prep-ken-01"), "essai/200000012+prep-ken-01"),
        (Actor("essai", patient=("100000001", 2)), "essai/ben:100000001/2"),
    ],
)
def test_who_acts(actor: Actor, written: str) -> None:
    assert audit.actor_text(actor) == written


def test_a_refusal_is_a_link_like_another(platform: Any) -> None:
    _chain(platform, 1)

    def unit(tx: Any) -> list[Any]:
        actor = Actor("essai", "200000012")
        audit.refusal(tx, "default", NOW, actor, "resolve", "section-held", 423, "2604817390552494", "t")
        audit.refusal(tx, "default", NOW, None, "read-claim", "unauthenticated", 401)
        return audit.page(tx, "default", 1, 10)

    held, unknown = platform.simulator.db.call(unit)
    assert (held["event"], held["subject"], held["actor"]) == ("refused", "2604817390552494", "essai/200000012")
    assert held["data"] == '{"operation":"resolve","problem":"section-held","status":423}'
    assert (unknown["actor"], unknown["subject"]) == ("-/-", "")
    assert unknown["hash"] == audit.link(held["hash"], unknown)
