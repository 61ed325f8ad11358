"""A chain somebody touched, next to the same chain that nobody touched."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from simulator.audit import store as audit
from simulator.audit import verify
from simulator.audit.verify import Break, Head
from simulator.kit.call import Actor, Call
from simulator.kit.clock import parse
from simulator.kit.storage import query

NOW = parse("2026-11-23T09:00:00Z")
LINKS = 6
_forget = query(sa.delete(audit.table).where(audit.table.c.world == sa.bindparam("world")))
_at = sa.and_(audit.table.c.world == "touched", audit.table.c.seq == sa.bindparam("place"))


def change(**values: Any) -> Callable[..., None]:
    statement = query(sa.update(audit.table).where(_at).values(**values))
    return lambda tx: tx.run(statement, place=4)


def remove(*places: int) -> Callable[..., None]:
    statement = query(sa.delete(audit.table).where(_at))
    return lambda tx: [tx.run(statement, place=place) for place in places]  # type: ignore[return-value]


def move(*steps: tuple[int, int]) -> Callable[..., None]:
    """Give rows another place: from, to."""
    statement = query(sa.update(audit.table).where(_at).values(seq=sa.bindparam("to")))
    return lambda tx: [tx.run(statement, place=old, to=new) for old, new in steps]  # type: ignore[return-value]


def add(seq: int, **values: Any) -> Callable[..., None]:
    """Put a row in, as well made as whoever has only the database can make it."""

    def unit(tx: Any) -> None:
        rows = {row["seq"]: row for row in audit.rows(tx, "touched")}
        before = rows.get(seq - 1)
        row = {**rows[1], "seq": seq, "event": "care-sheet-read", **values}
        row["hash"] = audit.link(before["hash"] if before else audit.GENESIS, row)
        tx.run(query(sa.insert(audit.table)), **row)

    return unit


def both(*units: Callable[..., None]) -> Callable[..., None]:
    return lambda tx: [unit(tx) for unit in units]  # type: ignore[return-value]


TOUCHED = {
    "an actor changed": (change(actor="essai/200000012"), Break("altered", 4)),
    "an instant changed": (change(at="2026-11-22T09:00:00Z"), Break("altered", 4)),
    "an event changed": (change(event="care-sheet-issued"), Break("altered", 4)),
    "a subject changed": (change(subject="2604817390552494"), Break("altered", 4)),
    "a trace changed": (change(trace="0" * 32), Break("altered", 4)),
    "data changed": (change(data="{}"), Break("altered", 4)),
    "a hash changed": (change(hash="0" * 64), Break("altered", 4)),
    "one removed": (remove(3), Break("missing", 3, 4)),
    "the first removed": (remove(1), Break("missing", 1, 2)),
    "removed, the others closed up": (both(remove(3), move((4, 3), (5, 4), (6, 5))), Break("altered", 3)),
    "two swapped": (move((3, 99), (4, 3), (99, 4)), Break("altered", 3)),
    "one put in between": (both(move((6, 7), (5, 6), (4, 5)), add(4)), Break("altered", 5)),
    "one put before the first": (add(0), Break("unexpected", 1, 0)),
    "one put after a gap": (add(9), Break("missing", 7, 9)),
}


@pytest.fixture
def db(shared: Any) -> Any:
    """Two worlds with the same trail, made anew."""

    def unit(tx: Any) -> None:
        for name in ("touched", "twin"):
            tx.run(_forget, world=name)
            for number in range(LINKS):
                audit._write(tx, name, NOW, Actor("essai", "100000011"), "tested", str(number), "t", {"é": number})

    shared.simulator.db.call(unit)
    return shared.simulator.db


@pytest.mark.parametrize("page", [1, 4, 1000])
@pytest.mark.parametrize("name", TOUCHED)
def test_whatever_was_touched_is_found_where_it_was(db: Any, name: str, page: int, monkeypatch: Any) -> None:
    touch, expected = TOUCHED[name]
    monkeypatch.setattr(verify, "PAGE", page)
    assert verify.world(db, "touched").sound
    db.call(touch)
    verdict = verify.world(db, "touched")
    assert verdict.broken == expected
    assert verdict.links == expected.seq - 1
    twin = verify.world(db, "twin")
    assert twin.sound
    assert twin.links == LINKS
    assert twin.broken is None


def test_a_cut_and_a_chain_written_anew_show_only_against_a_noted_head(db: Any) -> None:
    whole = verify.world(db, "touched")
    noted = Head(whole.links, whole.head)
    assert verify.world(db, "touched", noted).sound
    db.call(both(remove(5, 6)))
    assert verify.world(db, "touched").sound
    assert verify.world(db, "touched", noted).broken == Break("cut", 6)
    db.call(both(add(5), add(6)))
    assert verify.world(db, "touched").sound
    assert verify.world(db, "touched", noted).broken == Break("rewritten", 6)
    assert verify.world(db, "twin", noted).sound


def test_an_earlier_head_is_met_on_the_way(db: Any) -> None:
    early = Head(2, audit_hash(db, 2))
    assert verify.world(db, "touched", early).sound
    assert verify.world(db, "touched", Head(2, audit_hash(db, 3))).broken == Break("rewritten", 2)


def audit_hash(db: Any, seq: int) -> str:
    return str(db.call(lambda tx: audit.rows(tx, "touched"))[seq - 1]["hash"])


def test_nothing_recorded_is_sound(db: Any) -> None:
    assert verify.as_json(verify.world(db, "nothing")) == {
        "world": "nothing",
        "sound": True,
        "links": 0,
        "head": {"seq": 0, "hash": audit.GENESIS},
    }


@pytest.mark.parametrize("text", ["", "3", "0:" + "a" * 64, "3:" + "a" * 63, "3:" + "g" * 64, "x:" + "a" * 64])
def test_what_is_no_head(text: str) -> None:
    with pytest.raises(ValueError, match="no head"):
        Head.of(text)


def test_a_head_as_it_is_written() -> None:
    assert Head.of("3:" + "A" * 64) == Head(3, "a" * 64)


def test_the_bench_reads_and_verifies(platform: Any) -> None:
    from simulator.kit.storage import Database

    database: Database = platform.simulator.db
    world = platform.simulator.worlds._cache["default"]
    call = Call(world, NOW, Actor("essai", "100000011"), "t", "tested")
    for number in range(3):
        subject = str(number % 2)
        database.call(lambda tx, s=subject: audit.append(tx, call, "tested", s, {"a": 1}))  # type: ignore[misc]
    first = platform.bench("GET", "/worlds/default/audit", params={"limit": 2}).json()
    assert [entry["seq"] for entry in first["entries"]] == [1, 2]
    assert first["entries"][0]["actor"] == "essai/100000011"
    assert first["entries"][0]["data"] == {"a": 1}
    rest = platform.bench("GET", "/worlds/default/audit", params={"after": first["next"]}).json()
    assert [entry["seq"] for entry in rest["entries"]] == [3]
    of_one = platform.bench("GET", "/worlds/default/audit", params={"subject": "0"}).json()
    assert [entry["seq"] for entry in of_one["entries"]] == [1, 3]
    sound = platform.bench("GET", "/worlds/default/audit/verification").json()
    assert sound["sound"]
    assert sound["links"] == 3
    head = f"3:{rest['entries'][0]['hash']}"
    assert platform.bench("GET", "/worlds/default/audit/verification", params={"head": head}).json()["sound"]
    wrong = platform.bench("GET", "/worlds/default/audit/verification", params={"head": f"3:{'a' * 64}"}).json()
    assert wrong["broken"] == {"kind": "rewritten", "seq": 3}
    assert platform.bench("GET", "/worlds/default/audit/verification", params={"head": "3"}).status_code == 422
    assert platform.bench("GET", "/worlds/none/audit/verification").status_code == 404
