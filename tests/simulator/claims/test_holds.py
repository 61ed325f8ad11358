"""What holds a line, by the centime and by the second, and what the clock makes of it; what the wire says meanwhile."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from simulator.kit import signing
from tests.simulator.catalogue.scene import DAY_S, Scene, must
from tests.simulator.lifecycle.door import Door


class Shop(Scene):
    """A scene where one act of one section is charged, and its claim watched."""

    def charged(self, section: str, code: str, amount: str, actor: str = "", **sheet: Any) -> str:
        """The id of the claim."""
        unit = {"unit": "unit"} if section == "devices" else {}
        lines = [{"act_code": code, "quantity": "1", **unit}]
        held = self.hold(self.issue({"type": section, "lines": lines}, **sheet), actor or section)
        done = {"line": 1, "outcome": "executed", "quantity": "1", "act_code": code, "charged": amount}
        return str(must(self.execute(held, done, actor=actor or section))["claim"]["id"])

    def claim(self, identifier: str, actor: str = "devices") -> dict[str, Any]:
        return dict(must(self.call(actor, "GET", f"/v1/claims/{identifier}")))

    def to(self, days: int, hours: int = 0, seconds: int = 0) -> None:
        """Move from the opening (23 November, 10:00 in Morocco) by that much, once."""
        self.world.advance(days * DAY_S + hours * 3600 + seconds)


@pytest.mark.parametrize(
    ("charged", "status", "asks"),
    [
        ("1000.00", "adjudicated", None),
        ("1000.01", "awaiting_document", "document"),
        ("5000.00", "awaiting_document", "document"),
        ("5000.01", "awaiting_document", "document"),
    ],
)
def test_a_device_above_a_thousand_waits_for_its_invoice(
    door: Door, charged: str, status: str, asks: str | None
) -> None:
    scene = Shop(door)
    claim = scene.claim(scene.charged("devices", "DM-VERRE", charged))
    (line,) = claim["lines"]
    assert (claim["status"], line["status"], line.get("hold", {}).get("kind")) == (status, status, asks)


@pytest.mark.parametrize(("charged", "status"), [("5000.00", "adjudicated"), ("5000.01", "medical_review")])
def test_any_line_above_five_thousand_is_reviewed(door: Door, charged: str, status: str) -> None:
    scene = Shop(door)
    claim = scene.claim(scene.charged("biology", "B-NFS", charged), "biology")
    assert claim["status"] == claim["lines"][0]["status"] == status


def test_an_invoice_that_does_not_come_refuses_the_line_after_thirty_days(door: Door) -> None:
    scene = Shop(door)
    identifier = scene.charged("devices", "DM-VERRE", "1500.00")
    held = scene.claim(identifier)
    (line,) = held["lines"]
    assert (line["decision"], "decision" in held, line["cnss_share"]) == ("pending", False, "105.00")  # 150.00 × 0.70
    assert line["hold"] == {
        "kind": "document",
        "asks": "invoice",
        "since": "2026-11-23T09:00:00Z",
        "until": "2026-12-22T23:00:00Z",
    }
    totals = must(scene.call("devices", "GET", f"/v1/claims/{identifier}/statement"))["totals"]
    assert (totals["due"], totals["pending"], totals["to_order"]) == ("105.00", "105.00", "0.00")

    scene.to(29, 13, 3599)  # the last second of 22 December in Morocco
    assert scene.claim(identifier)["status"] == "awaiting_document"
    scene.to(0, 0, 1)
    refused = scene.claim(identifier)
    (line,) = refused["lines"]
    assert (refused["decision"], line["decision"], line["reason"]) == ("rejected", "rejected", "document-missing")
    assert (line["cnss_share"], line["patient_share"], line["since"]) == ("0.00", "1500.00", "2026-12-22T23:00:00Z")
    assert line["remedy"] and "hold" not in line and "due_at" not in line
    scene.to(60)
    assert must(scene.call("patient:salaried", "GET", "/v1/statements"))["items"] == []


def test_a_review_that_nobody_makes_frees_the_line_after_five_days_and_its_delay_begins_then(door: Door) -> None:
    scene = Shop(door)
    identifier = scene.charged("biology", "B-NFS", "6000.00")
    scene.to(4, 13, 3599)  # the last second of 27 November
    assert scene.claim(identifier, "biology")["status"] == "medical_review"
    scene.to(0, 0, 1)
    claim = scene.claim(identifier, "biology")
    (line,) = claim["lines"]
    assert (claim["status"], claim["decision"], line["decision"]) == ("adjudicated", "granted", "granted")
    assert (line["since"], line["due_at"]) == ("2026-11-27T23:00:00Z", "2026-12-03T23:00:00Z")
    assert line["cleared"] == ["medical-review"]
    scene.to(5, 23, 3599)
    assert must(scene.call("patient:salaried", "GET", "/v1/statements"))["items"] == []
    scene.to(0, 0, 1)
    (statement,) = must(scene.call("patient:salaried", "GET", "/v1/statements"))["items"]
    assert statement["ordered_on"] == "2026-12-04" and statement["lines"][0]["charged"] == "6000.00"


def test_one_held_line_holds_the_status_of_its_claim_not_the_money_of_the_others(door: Door) -> None:
    scene = Shop(door)
    lines = [{"act_code": code, "quantity": "1", "unit": "unit"} for code in ("DM-VERRE", "DM-MONTURE")]
    held = scene.hold(scene.issue({"type": "devices", "lines": lines}), "devices")
    done = [
        {"line": 1, "outcome": "executed", "quantity": "1", "act_code": "DM-VERRE", "charged": "200.00"},
        {"line": 2, "outcome": "executed", "quantity": "1", "act_code": "DM-MONTURE", "charged": "1200.00"},
    ]
    answer = must(scene.execute(held, *done, actor="devices"))
    claim = answer["claim"]
    assert (claim["status"], [line["decision"] for line in claim["lines"]]) == (
        "awaiting_document",
        ["granted", "pending"],
    )
    scene.to(9)
    (statement,) = must(scene.call("patient:salaried", "GET", "/v1/statements"))["items"]
    assert [(line["line"], line["amount"]) for line in statement["lines"]] == [(1, "105.00")]
    scene.to(30)
    claim = scene.claim(claim["id"])
    assert (claim["status"], claim["decision"]) == ("paid", "partial")
    assert [line["decision"] for line in claim["lines"]] == ["granted", "rejected"]
    shares = [sum(Decimal(line[name]) for name in ("cnss_share", "state_share")) for line in claim["lines"]]
    assert shares == [Decimal("105.00"), Decimal(0)]


def test_what_is_worth_nothing_is_never_held(door: Door) -> None:
    scene = Shop(door)
    closed = scene.world.patients["rights-closed"]
    who = {"registration_number": closed["registration_number"], "dependant_rank": closed["dependant_rank"]}
    claim = scene.claim(
        scene.charged("devices", "DM-VERRE", "9000.00", beneficiary=who, rights_acknowledged=True),
    )
    assert (claim["status"], claim["decision"]) == ("adjudicated", "rejected") and "hold" not in claim["lines"][0]


def test_a_held_visit_can_be_taken_back_and_nothing_comes_of_it(door: Door) -> None:
    scene = Shop(door)
    lines = [{"act_code": "DM-VERRE", "quantity": "1", "unit": "unit"}]
    held = scene.hold(scene.issue({"type": "devices", "lines": lines}), "devices")
    done = {"line": 1, "outcome": "executed", "quantity": "1", "act_code": "DM-VERRE", "charged": "1500.00"}
    made = must(scene.execute(held, done, actor="devices"))
    must(scene.afterwards(made, "withdrawal", actor="devices"))
    scene.to(60)
    claim = scene.claim(made["claim"]["id"])
    assert (claim["status"], claim["lines"]) == ("withdrawn", [])


@pytest.mark.parametrize(("charged", "pending"), [("1000.00", None), ("1000.01", [1])])
def test_a_receipt_says_what_is_not_decided(door: Door, charged: str, pending: list[int] | None) -> None:
    scene = Shop(door)
    sheet = scene.issue({"type": "devices", "lines": [{"act_code": "DM-VERRE", "quantity": "1", "unit": "unit"}]})
    done = {"line": 1, "outcome": "executed", "quantity": "1", "act_code": "DM-VERRE", "charged": charged}
    visit = must(scene.execute(scene.hold(sheet, "devices"), done, actor="devices"))
    said = signing.open_jws(visit["receipt"]).claims
    assert (said["cnss_share"], said.get("pending")) == ("105.00", pending)
