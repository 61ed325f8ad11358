"""Payment runs by the clock: which day, to the second; the same whether the clock walks or jumps; once."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from simulator.kit.storage import query
from simulator.payments.store import statements
from tests.simulator.catalogue.scene import BIOLOGY, PRESCRIBER, act, must
from tests.simulator.lifecycle.door import Door
from tests.simulator.payments.conftest import HASSAN, MERYEM, RACHID, Paid, who

_texts = query(sa.select(statements).where(statements.c.world == sa.bindparam("w")).order_by(statements.c.id))

INSURED = [
    # begins, then the first second of the sixth day after it and of the eighth, in Morocco. UTC+1 all year…
    ("2026-11-23T09:00:00Z", "2026-11-28T23:00:00Z", "2026-11-30T23:00:00Z", "2026-11-29", "2026-12-01"),
    ("2026-11-22T23:00:00Z", "2026-11-28T23:00:00Z", "2026-11-30T23:00:00Z", "2026-11-29", "2026-12-01"),
    ("2026-11-22T22:59:59Z", "2026-11-27T23:00:00Z", "2026-11-29T23:00:00Z", "2026-11-28", "2026-11-30"),
    # …but UTC during Ramadan: from 7 February to 14 March 2027, both at 2:00 UTC.
    ("2027-02-01T12:00:00Z", "2027-02-06T23:00:00Z", "2027-02-09T00:00:00Z", "2027-02-07", "2027-02-09"),
    ("2027-02-02T12:00:00Z", "2027-02-08T00:00:00Z", "2027-02-10T00:00:00Z", "2027-02-08", "2027-02-10"),
    ("2027-03-08T12:00:00Z", "2027-03-14T00:00:00Z", "2027-03-15T23:00:00Z", "2027-03-14", "2027-03-16"),
    ("2027-03-09T12:00:00Z", "2027-03-14T23:00:00Z", "2027-03-16T23:00:00Z", "2027-03-15", "2027-03-17"),
]


def before(instant: str) -> str:
    """The second before an instant on the hour."""
    hour = int(instant[11:13])
    if hour:
        return f"{instant[:11]}{hour - 1:02}:59:59Z"
    return f"{instant[:8]}{int(instant[8:10]) - 1:02}T23:59:59Z"


@pytest.mark.parametrize(("begins", "orders", "pays", "ordered_on", "paid_on"), INSURED)
def test_the_insured_is_ordered_after_six_days_and_paid_after_eight(
    door: Door, begins: str, orders: str, pays: str, ordered_on: str, paid_on: str
) -> None:
    scene = Paid(door, begins)
    day = "2026-11-23" if begins.startswith("2026-11-22T23:00") else begins[:10]
    made = scene.issue(PRESCRIBER, BIOLOGY, date_of_care=day)
    (claim,) = made["claims"]
    path = f"/v1/claims/{claim['id']}"
    assert (claim["status"], claim["lines"][0]["due_at"]) == ("adjudicated", orders)

    scene.until(before(orders))
    assert scene.statements() == []
    assert must(scene.call("gp", "GET", path))["status"] == "adjudicated"
    scene.until(orders)
    (statement,) = scene.statements()
    assert (statement["status"], statement["ordered_on"], statement["to_be_paid_on"]) == (
        "ordered",
        ordered_on,
        paid_on,
    )
    assert statement["total"] == "56.00"  # 80.00 × 0.70
    (line,) = must(scene.call("gp", "GET", path))["lines"]
    assert (line["status"], line["due_at"], line["since"]) == ("ordered", pays, orders)

    scene.until(before(pays))
    assert scene.statements()[0]["status"] == "ordered"
    scene.until(pays)
    (statement,) = scene.statements()
    assert (statement["status"], statement["paid_on"]) == ("paid", paid_on)
    (line,) = must(scene.call("gp", "GET", path))["lines"]
    assert line["payments"] == [
        {"statement": statement["id"], "amount": "56.00", "ordered_on": ordered_on, "paid_on": paid_on}
    ]
    assert "due_at" not in line and line["since"] == pays


def test_a_pharmacy_under_third_party_payment_is_ordered_after_twelve_days_and_paid_after_fourteen(
    scene: Paid,
) -> None:
    scene.costly()
    scene.until("2026-12-04T22:59:59Z")
    assert scene.statements("pharmacy") == []
    scene.until("2026-12-04T23:00:00Z")
    (statement,) = scene.statements("pharmacy")
    assert (statement["payee"], statement["total"]) == ({"kind": "provider", "id": "PHA-KEN-01"}, "2086.00")
    assert (statement["ordered_on"], statement["to_be_paid_on"]) == ("2026-12-05", "2026-12-07")
    scene.until("2026-12-06T22:59:59Z")
    assert scene.statements("pharmacy")[0]["status"] == "ordered"
    scene.until("2026-12-06T23:00:00Z")
    assert scene.statements("pharmacy")[0]["paid_on"] == "2026-12-07"
    assert scene.statements("patient:tns") == []


def month(scene: Paid) -> None:
    """The same days for every scene: two families, a pharmacy that is owed, held lines."""
    scene.visit(HASSAN)
    scene.visit(MERYEM)
    scene.visit(RACHID)
    scene.costly()
    glasses = [{"act_code": "DM-VERRE", "quantity": "1", "unit": "unit"}]
    held = scene.hold(scene.issue({"type": "devices", "lines": glasses}), "devices")
    must(scene.execute(held, _done("DM-VERRE", "6000.00"), actor="devices"))


def everything(scene: Paid) -> dict[str, Any]:
    """Rows of statements, what every link of the audit says of them, and the claims of the pharmacy."""
    worlds = scene.door.simulator.worlds
    rows = worlds.db.call(lambda tx: [dict(row) for row in tx.all(_texts, w=scene.world.id)], scene.world.id)
    for row in rows:
        del row["world"]
    trail = scene.door.bench("GET", f"/worlds/{scene.world.id}/audit", query="limit=500")["entries"]
    links = [(one["at"], one["event"], one["subject"], one["data"]) for one in trail if one["actor"] == "platform"]
    claims = must(scene.call("pharmacy", "GET", "/v1/claims")), must(scene.call("devices", "GET", "/v1/claims"))
    return {"rows": rows, "links": links, "claims": claims}


def test_a_clock_that_jumps_a_hundred_days_does_what_one_that_walks_does(door: Door) -> None:
    walks, jumps = Paid(door), Paid(door)
    for scene in (walks, jumps):
        month(scene)
    for _ in range(100):
        walks.days(1)
    jumps.days(100)
    one, other = everything(walks), everything(jumps)
    assert len(one["rows"]) == 3 and all(row["paid"] for row in one["rows"])
    assert json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def _done(code: str, charged: str, **more: Any) -> dict[str, Any]:
    return {"line": 1, "outcome": "executed", "quantity": "1", "act_code": code, "charged": charged, **more}


def test_a_claim_of_several_weeks_is_paid_line_by_line(scene: Paid) -> None:
    sheet = scene.issue({"type": "nursing", "lines": [act("AMI-INJ", "3")]})
    for week in ("2026-11-30", "2026-12-07", "2026-12-14"):
        held = scene.hold(sheet, "nursing")
        done = _done("AMI-INJ", "80.00")
        must(scene.execute(held, done, actor="nursing", performed_at=scene.at_now()))
        scene.until(f"{week}T09:00:00Z")
    (claim,) = must(scene.call("nursing", "GET", "/v1/claims"))["items"]
    statuses = [line["status"] for line in claim["lines"]]
    assert statuses == ["paid", "paid", "ordered"] and claim["status"] == "ordered"
    days = [line["payments"][0]["ordered_on"] for line in claim["lines"]]
    assert days == ["2026-11-29", "2026-12-06", "2026-12-13"]
    found = scene.statements()
    assert [one["ordered_on"] for one in found] == days
    assert [len(one["lines"]) for one in found] == [1, 1, 1]
    path = f"/v1/claims/{claim['id']}/statement"
    money = must(scene.call("nursing", "GET", path))["totals"]
    each = found[0]["total"]
    assert (Decimal(money["paid"]), money["ordered"], money["to_order"]) == (2 * Decimal(each), each, "0.00")


def test_what_is_withdrawn_before_the_order_is_never_paid(scene: Paid) -> None:
    made = scene.visit()
    scene.until("2026-11-28T22:59:59Z")
    must(scene.afterwards(made, "withdrawal"))
    scene.days(30)
    assert scene.statements() == []
    assert scene.claim(made)["status"] == "withdrawn"


def test_what_is_ordered_can_no_longer_be_withdrawn(scene: Paid) -> None:
    made = scene.visit()
    scene.until("2026-11-28T23:00:00Z")
    refused = scene.afterwards(made, "withdrawal")
    assert (refused.status, refused.slug) == (409, "claim-settled")
    assert len(scene.statements()) == 1


def test_a_refused_line_is_never_ordered(scene: Paid) -> None:
    closed = next(p for p in scene.world.patients.values() if p["persona"] == "rights-closed")
    key = (closed["registration_number"], closed["dependant_rank"])
    made = scene.visit(key, rights_acknowledged=True)
    (line,) = scene.claim(made)["lines"]
    assert (line["decision"], line["reason"]) == ("rejected", "rights-closed") and "due_at" not in line
    scene.days(60)
    assert scene.claim(made)["lines"][0]["status"] == "adjudicated"
    trail = scene.door.bench("GET", f"/worlds/{scene.world.id}/audit", query="limit=500")["entries"]
    assert "statement-ordered" not in {one["event"] for one in trail}


def test_two_payees_of_one_day_have_each_their_statement_and_a_family_has_one(scene: Paid) -> None:
    scene.visit(HASSAN)
    scene.visit(MERYEM)
    scene.visit(RACHID)
    scene.days(10)
    (family,) = scene.statements("patient:salaried")
    assert sorted(line["dependant_rank"] for line in family["lines"]) == [0, 1]
    (other,) = scene.statements("patient:tns")
    assert [line["dependant_rank"] for line in other["lines"]] == [0]
    assert who(RACHID)["registration_number"] == other["payee"]["id"]
