"""The trail, folded, is the state: for a life with many turns, and not once somebody wrote beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from pydantic_core import from_json, to_json

from simulator.audit import replay, verify
from simulator.audit import store as audit
from simulator.care_sheets.store import sheets
from simulator.kit.storage import query


def reissue(counter: Any, sheet: dict[str, Any], revision: int, persona: str = "gp") -> dict[str, Any]:
    path, headers = f"/v1/care-sheets/{sheet['number']}/reissue", {"if-match": f'"{revision}"', **counter.key()}
    answer = counter.call(persona, "POST", path, json={"reason": "Papier perdu"}, headers=headers)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def live(counter: Any, make: Any) -> dict[str, str]:
    """Four sheets, each with a life of its own; their numbers by name."""
    partly = counter.issue(make.medicine(), make.medicine(quantity="1"))
    assert counter.execute(counter.hold(partly), make.delivered(1, "1", charged="42.30")).status_code == 201
    counter.advance(hours=3)
    again = counter.hold(reissue(counter, partly, 2))
    assert counter.execute(again, make.delivered(1, "1", charged="42.30")).status_code == 201

    closing = counter.issue(make.medicine(), make.medicine(quantity="1"))
    held = counter.hold(closing)
    assert counter.cancel(closing).json()["cancellation_requested"]
    assert counter.execute(held, make.delivered(1), performed_at="2026-11-23T12:00:00Z").status_code == 201
    path = f"/v1/care-sheets/{closing['number']}/sections/pharmacy/lease"
    assert counter.call("pharmacy", "DELETE", path).status_code == 204

    lapsed = counter.issue()
    counter.hold(lapsed)
    counter.cancel(lapsed)
    counter.advance(hours=3)
    assert counter.state(lapsed["number"])["status"] == "cancelled", "read from the clock, written by nobody"

    replaced = counter.issue()
    headers = {"if-match": '"1"', **counter.key()}
    body = {"reason": "Erreur de dosage", "sections": [{"type": "pharmacy", "lines": [make.medicine(quantity="1")]}]}
    path = f"/v1/care-sheets/{replaced['number']}/replacement"
    replacing = counter.call("gp", "POST", path, json=body, headers=headers)
    assert replacing.status_code == 201, replacing.text
    made = {"partly": partly, "closing": closing, "lapsed": lapsed, "replaced": replaced, "new": replacing.json()}
    return {name: sheet["number"] for name, sheet in made.items()}


def drift(counter: Any) -> list[str]:
    return replay.drift(counter.platform.simulator.db, counter.world["id"])


@pytest.mark.parametrize("page", [1, 7, 1000])
def test_the_trail_is_the_state(counter: Any, make: Any, page: int, monkeypatch: Any) -> None:
    monkeypatch.setattr(replay, "PAGE", page)
    assert drift(counter) == []
    numbers = live(counter, make)
    assert drift(counter) == []
    db, world = counter.platform.simulator.db, counter.world["id"]
    states = replay.fold({}, db.call(lambda tx: audit.rows(tx, world)))
    assert states.keys() == set(numbers.values())
    partly, replaced = states[numbers["partly"]], states[numbers["replaced"]]
    assert partly["rotation"] == 1
    assert partly["sections"]["pharmacy"]["lines"] == {1: ["executed", "2", None], 2: ["open", "0", None]}
    assert partly["sections"]["pharmacy"]["lease"]["establishment"] == "PHA-KEN-01"
    assert replaced["replaced_by"] == numbers["new"]
    closing = states[numbers["closing"]]["sections"]["pharmacy"]
    assert closing["lines"] == {1: ["executed", "2", None], 2: ["cancelled", "0", None]}
    assert states[numbers["lapsed"]]["sections"]["pharmacy"]["cancelling"] == [1]


def write(**values: Any) -> Callable[..., int]:
    here = (sheets.c.world == sa.bindparam("w"), sheets.c.number == sa.bindparam("n"))
    statement = query(sa.update(sheets).where(*here).values(**values))
    return lambda tx, world, number: int(tx.run(statement, w=world, n=number))


def deliver(tx: Any, world: str, number: str) -> None:
    """Somebody writes that the second line was delivered."""
    here = (sheets.c.world == sa.bindparam("w"), sheets.c.number == sa.bindparam("n"))
    standing = from_json(tx.one(query(sa.select(sheets.c.standing).where(*here)), w=world, n=number)["standing"])
    next(one for one in standing if one["type"] == "pharmacy")["lines"][1][2] = "executed"
    write(standing=to_json(standing).decode())(tx, world, number)


def erase(tx: Any, world: str, number: str) -> None:
    here = (sheets.c.world == sa.bindparam("w"), sheets.c.number == sa.bindparam("n"))
    tx.run(query(sa.delete(sheets).where(*here)), w=world, n=number)


def cut(tx: Any, world: str, number: str) -> None:
    """The trail ends before the last thing that happened to the sheet."""
    last = [row["seq"] for row in audit.rows(tx, world) if row["subject"] == number and '"changes"' in row["data"]][-1]
    after = (audit.table.c.world == sa.bindparam("w"), audit.table.c.seq >= sa.bindparam("from"))
    tx.run(query(sa.delete(audit.table).where(*after)), w=world, **{"from": last})


@pytest.mark.parametrize(
    "touch", [deliver, erase, cut, write(revision=9), write(rotation=7), write(replaced_by="2604817390552494")]
)
def test_whoever_writes_beside_the_trail_is_seen(counter: Any, make: Any, touch: Callable[..., Any]) -> None:
    issued = counter.issue(make.medicine(), make.medicine(quantity="1"))
    other = counter.issue()
    assert counter.execute(counter.hold(issued), make.delivered(1)).status_code == 201
    assert drift(counter) == []
    db, world = counter.platform.simulator.db, counter.world["id"]
    db.call(lambda tx: touch(tx, world, issued["number"]))
    assert drift(counter) == [issued["number"]]
    assert other["number"] not in drift(counter)
    assert verify.world(db, world).sound, "the chain alone does not tell"


def test_what_the_trail_never_holds(counter: Any, make: Any) -> None:
    issued = counter.issue(make.medicine(), make.medicine(quantity="1"))
    held = counter.hold(issued)
    done = counter.execute(held, make.delivered(1)).json()
    counter.resolve({"number": issued["number"], "backup_code": "0000-0000-0"})
    db, world = counter.platform.simulator.db, counter.world["id"]
    rows = db.call(lambda tx: audit.rows(tx, world))
    assert {"care-sheet-issued", "care-sheet-resolved", "section-executed", "refused"} <= {row["event"] for row in rows}
    trail = "\n".join(str(row) for row in rows)
    prescribed = issued["sections"][1]["lines"][0]
    assert issued["number"] in trail
    for secret in (
        issued["qr"]["payload"],
        issued["qr"]["payload"].removeprefix("FSE1:")[:20],
        issued["backup_code"],
        issued["backup_code"].replace("-", ""),
        "0000-0000-0",
        issued["beneficiary"]["family_name"],
        issued["prescriber"]["name"],
        prescribed["ean13"],
        prescribed["label"],
        prescribed["posology"],
        "150.00",
        "84.60",
        done["receipt"],
    ):
        assert secret not in trail, secret
