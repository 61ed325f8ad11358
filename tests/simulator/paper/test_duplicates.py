"""The same care on paper and electronically, or twice on paper: the second is held, whatever the order."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.catalogue.scene import AMOXIRAM_1G, DAY_S, Scene, act, delivered, medicine, must
from tests.simulator.lifecycle.door import Door
from tests.simulator.paper.claims import BOXES, TWO, holds, of, read, standing


def test_paper_after_digital_is_held(play: Scene) -> None:
    done = must(play.execute(play.hold(play.issue())))
    made = must(play.claim_on_paper())
    assert [one["code"] for one in made["warnings"]] == ["possible-duplicate"]
    assert holds(play, made["id"]) == [done["claim"]["id"]]
    play.world.advance(4 * DAY_S)
    assert standing(play, made["id"]) == [("medical_review", "pending")]
    assert standing(play, done["claim"]["id"]) == [("adjudicated", "granted")]
    play.world.advance(40 * DAY_S)
    assert standing(play, made["id"]) == [("adjudicated", "rejected")]
    assert read(play, made["id"])["lines"][0]["reason"] == "duplicate"
    assert standing(play, done["claim"]["id"]) == [("paid", "granted")]


def test_digital_after_paper_is_held(play: Scene) -> None:
    made = must(play.claim_on_paper())
    done = must(play.execute(play.hold(play.issue())))
    claim = done["claim"]["id"]
    assert holds(play, claim) == [made["id"]]
    assert standing(play, claim) == [("medical_review", "pending")]
    play.world.advance(4 * DAY_S)
    assert standing(play, made["id"]) == [("adjudicated", "granted")], "the first never waits for the second"
    play.world.advance(40 * DAY_S)
    assert standing(play, claim) == [("adjudicated", "rejected")]
    assert standing(play, made["id"]) == [("paid", "granted")]


def test_the_same_paper_twice_is_held(play: Scene) -> None:
    first, second = must(play.claim_on_paper("PAP-1")), must(play.claim_on_paper("PAP-2"))
    assert holds(play, second["id"]) == [first["id"]] and holds(play, first["id"]) == [None]
    play.world.advance(4 * DAY_S)
    assert standing(play, first["id"]) == [("adjudicated", "granted")]
    assert standing(play, second["id"]) == [("medical_review", "pending")]


@pytest.mark.parametrize("named", [False, True])
def test_the_same_care_twice_on_one_paper_is_held(play: Scene, named: bool) -> None:
    """Two lines of one sheet are two cares; else the second is the first once more."""
    sheet = play.issue(TWO)
    play.hold(sheet)
    lines = [{**BOXES, "line": 1}, {**BOXES, "ean13": AMOXIRAM_1G, "line": 2}] if named else [BOXES]
    made = must(play.claim_on_paper("PAP-1", *lines, BOXES, **(of(sheet) if named else {})))
    assert [one["code"] for one in made["warnings"]] == ["possible-duplicate"]
    assert holds(play, made["id"]) == [*(None for _ in lines), made["id"]]
    play.world.advance(4 * DAY_S)
    assert standing(play, made["id"])[-1] == ("medical_review", "pending")
    play.world.advance(40 * DAY_S)
    found = read(play, made["id"])["lines"]
    assert [line["decision"] for line in found] == [*("granted" for _ in lines), "rejected"]
    assert found[-1]["reason"] == "duplicate"


def test_two_lines_of_one_sheet_on_one_paper_are_not_compared(play: Scene) -> None:
    sheet = play.issue({"type": "pharmacy", "lines": [medicine(), medicine()]})
    play.hold(sheet)
    made = must(play.claim_on_paper("PAP-1", {**BOXES, "line": 1}, {**BOXES, "line": 2}, **of(sheet)))
    assert made["warnings"] == [] and holds(play, made["id"]) == [None, None]


def test_the_other_line_of_the_same_sheet_is_no_duplicate_of_the_paper(play: Scene) -> None:
    sheet = play.issue({"type": "pharmacy", "lines": [medicine(), medicine()]})
    held = play.hold(sheet)
    must(play.claim_on_paper("PAP-1", {**BOXES, "line": 1}, **of(sheet)))
    done = must(play.execute({**held, "revision": held["revision"] + 1}, delivered(2)))
    assert holds(play, done["claim"]["id"]) == [None]
    other = must(play.execute(play.hold(play.issue())))
    assert holds(play, other["claim"]["id"]) != [None], "of another sheet, it is one"


GLASS = {"act_code": "DM-VERRE", "quantity": "1"}


def test_of_two_alike_the_second_waits_until_the_first_is_decided(play: Scene) -> None:
    """The paper waits for its invoice beyond the month: while it may be paid, its twin is not refused for it."""
    first = must(play.claim_on_paper("PAP-1", {**GLASS, "charged": "1200.00"}, actor="devices", section="devices"))
    sheet = play.issue({"type": "devices", "lines": [act("DM-VERRE", "1", unit="unit")]})
    glass = {"line": 1, "outcome": "executed", **GLASS, "charged": "900.00"}
    done = must(play.execute(play.hold(sheet, "devices"), glass, actor="devices"))
    second = done["claim"]["id"]
    assert holds(play, second, "devices") == [first["id"]]

    def now() -> list[tuple[str, str]]:
        found = (read(play, one, "devices")["lines"][0] for one in (first["id"], second))
        return [(line["status"], line["decision"]) for line in found]

    play.world.advance(31 * DAY_S)
    assert now() == [("awaiting_document", "pending"), ("medical_review", "pending")]
    hold = read(play, second, "devices")["lines"][0]["hold"]
    assert (hold["asks"], hold["until"]) == (first["id"], "2027-01-21T23:00:00Z")
    play.world.advance(3 * DAY_S)
    assert now() == [("adjudicated", "rejected"), ("medical_review", "pending")]
    play.world.advance(45 * DAY_S)
    assert now() == [("adjudicated", "rejected"), ("paid", "granted")]


@pytest.mark.parametrize("changes", [
    {"date_of_care": "2026-11-16"},
    {"beneficiary": {"registration_number": "100000001", "dependant_rank": 1}},
])  # fmt: skip
def test_other_care_is_not_held(play: Scene, changes: dict[str, Any]) -> None:
    must(play.execute(play.hold(play.issue())))
    assert must(play.claim_on_paper(**changes))["warnings"] == []


def test_another_product_is_not_held(play: Scene) -> None:
    must(play.execute(play.hold(play.issue())))
    assert must(play.claim_on_paper("PAP-1", {**BOXES, "ean13": AMOXIRAM_1G}))["warnings"] == []


def test_the_prescriber_s_own_acts_are_compared_too(play: Scene) -> None:
    made = must(play.claim_on_paper("PAP-1", act("C", charged="150.00"), actor="agent", establishment="CAB-KEN-01",
                                    section="prescriber"))  # fmt: skip
    (own,) = play.issue()["claims"]
    assert holds(play, own["id"], "gp") == [made["id"]]


def test_what_was_withdrawn_holds_nothing(play: Scene) -> None:
    done = must(play.execute(play.hold(play.issue())))
    made = must(play.claim_on_paper())
    must(play.afterwards(done, "withdrawal"))
    play.world.advance(4 * DAY_S)
    assert standing(play, made["id"]) == [("adjudicated", "granted")]


def test_a_hold_that_has_lost_its_reason_ends_in_a_payment(play: Scene) -> None:
    done = must(play.execute(play.hold(play.issue())))
    made = must(play.claim_on_paper())
    play.world.advance(4 * DAY_S)
    assert standing(play, made["id"]) == [("medical_review", "pending")]
    must(play.afterwards(done, "withdrawal"))
    play.world.advance(60 * DAY_S)
    assert standing(play, made["id"]) == [("paid", "granted")]
    assert read(play, made["id"])["lines"][0]["cleared"] == [f"duplicate:{done['claim']['id']}"]


def test_a_late_entry_and_an_amendment_are_compared_too(door: Door) -> None:
    play = Scene(door)
    made = must(play.claim_on_paper())
    sheet = play.issue()
    late = must(play.late(sheet))
    assert holds(play, late["claim"]["id"]) == [made["id"]]
    other = Scene(door)
    first = must(other.execute(other.hold(other.issue()), delivered(quantity="1", charged="42.30")))
    made = must(other.claim_on_paper())
    after = must(other.afterwards(first, "amendment"))
    assert holds(other, after["claim"]["id"]) == [None], "it came first"
    assert holds(other, made["id"]) == [first["claim"]["id"]]
