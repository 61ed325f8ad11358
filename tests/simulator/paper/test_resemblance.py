"""What looks like the same care: another day, another pharmacy, another name of it; and what does not."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.catalogue.scene import AMOXIRAM, AMOXIRAM_1G, BIOLOGY, DAY_S, Scene, act, delivered, medicine, must
from tests.simulator.paper.claims import BOXES, code, holds, of, read, standing

SEBOXINE, SYRUP = "6118999000049", "6118999000032"
ANALYSIS = act("B-NFS", charged="80.00")
SPOUSE, CHILD = ({"registration_number": "100000001", "dependant_rank": rank} for rank in (1, 2))


def done(play: Scene, sheet: dict[str, Any], *lines: dict[str, Any], actor: str = "pharmacy", **more: Any) -> str:
    """The claim of an execution of that sheet."""
    return str(must(play.execute(play.hold(sheet, actor), *lines, actor=actor, **more))["claim"]["id"])


def substitution(ean13: str) -> dict[str, Any]:
    return delivered(ean13=ean13, substitution={"reason": "prescriber-agreed"})


@pytest.mark.parametrize("changes", [
    {"date_of_care": "2026-11-22"},
    {"date_of_care": "2026-11-17"},
    {"actor": "pharmacy-b"},
])  # fmt: skip
def test_a_paper_of_another_day_or_pharmacy(play: Scene, changes: dict[str, Any]) -> None:
    first = done(play, play.issue())
    made = must(play.claim_on_paper("FSP-1", **changes))
    assert holds(play, made["id"], changes.get("actor", "pharmacy")) == [first]


def test_a_paper_that_came_first_whatever_its_day_and_pharmacy(play: Scene) -> None:
    made = must(play.claim_on_paper("FSP-1", actor="pharmacy-b", date_of_care="2026-11-20"))
    assert holds(play, done(play, play.issue())) == [made["id"]]


def test_two_papers_of_two_pharmacies(play: Scene) -> None:
    first = must(play.claim_on_paper("FSP-1", date_of_care="2026-11-21"))
    second = must(play.claim_on_paper("FSP-2", actor="pharmacy-b"))
    assert holds(play, second["id"], "pharmacy-b") == [first["id"]] and holds(play, first["id"]) == [None]


@pytest.mark.parametrize("paper", [AMOXIRAM, SEBOXINE])
def test_what_was_prescribed_where_another_was_dispensed(play: Scene, paper: str) -> None:
    """The paper asks for either: what the sheet prescribed, or what was handed over."""
    sheet = play.issue({"type": "pharmacy", "lines": [medicine(substitution_allowed=True)]})
    first = done(play, sheet, substitution(SEBOXINE))
    made = must(play.claim_on_paper("FSP-1", {**BOXES, "ean13": paper}))
    assert holds(play, made["id"]) == [first]


def test_another_substance_dispensed_in_its_place(play: Scene) -> None:
    sheet = play.issue({"type": "pharmacy", "lines": [medicine(substitution_allowed=True)]})
    made = must(play.claim_on_paper("FSP-1"))
    assert holds(play, done(play, sheet, substitution("6118999000100"))) == [made["id"]], "the paper: as prescribed"


def test_the_same_substance_under_another_name(play: Scene) -> None:
    first = done(play, play.issue())
    made = must(play.claim_on_paper("FSP-1", {**BOXES, "ean13": SEBOXINE}, actor="pharmacy-b"))
    assert holds(play, made["id"], "pharmacy-b") == [first]


def test_what_fell_back_and_was_claimed_is_not_claimed_again(play: Scene) -> None:
    must(play.paper(play.hold(play.issue()), "KEN-2026-1"))
    first = must(play.claim_on_paper("KEN-2026-1", {**BOXES, "line": 1}))
    one = must(play.claim_on_paper("FSP-2004", date_of_care="2026-11-22"))
    other = must(play.claim_on_paper("FSP-2005", actor="pharmacy-b"))
    assert holds(play, one["id"]) == [first["id"]]
    assert holds(play, other["id"], "pharmacy-b") == [first["id"]]


def test_what_fell_back_is_held_when_another_paper_came_first(play: Scene) -> None:
    sheet = play.issue()
    must(play.paper(play.hold(sheet), "KEN-2026-1"))
    first = must(play.claim_on_paper("FSP-2004", date_of_care="2026-11-22"))
    made = must(play.claim_on_paper("KEN-2026-1", {**BOXES, "line": 1}))
    assert holds(play, made["id"]) == [first["id"]] and holds(play, first["id"]) == [None]


@pytest.mark.parametrize("other", ["pharmacy", "pharmacy-b"])
def test_one_prescription_transcribed_twice_is_paid_once(play: Scene, other: str) -> None:
    first = done(play, must(play.transcribe("ORD-2026-0042")))
    again = must(play.transcribe("ORD-2026-42", actor=other))
    second = done(play, again, actor=other)
    assert holds(play, second, other) == [first]
    play.world.advance(40 * DAY_S)
    assert standing(play, first) == [("paid", "granted")]
    assert read(play, second, other)["lines"][0]["reason"] == "duplicate"


@pytest.mark.parametrize("transcribed_first", [True, False])
def test_a_transcription_against_its_prescriber_s_sheet(play: Scene, transcribed_first: bool) -> None:
    issued = play.issue()
    copied = must(play.transcribe("ORD-1", actor="pharmacy-b"))
    both = [(copied, "pharmacy-b"), (issued, "pharmacy")]
    (one, actor), (two, other) = both if transcribed_first else both[::-1]
    first = done(play, one, actor=actor)
    assert holds(play, done(play, two, actor=other), other) == [first]
    assert holds(play, first, actor) == [None]


def test_a_transcription_against_a_paper(play: Scene) -> None:
    copied = must(play.transcribe("ORD-1"))
    made = must(play.claim_on_paper("FSP-1", actor="pharmacy-b"))
    assert holds(play, done(play, copied)) == [made["id"]]


def test_an_act_on_paper_of_another_laboratory_the_same_day(play: Scene) -> None:
    first = must(play.claim_on_paper("FSP-1", ANALYSIS, actor="biology", section="biology"))
    copied = must(play.transcribe("ORD-1", BIOLOGY, actor="agent"))
    line = {"line": 1, "outcome": "executed", "quantity": "1", "act_code": "B-NFS", "charged": "80.00"}
    assert holds(play, done(play, copied, line, actor="biology"), "biology") == [first["id"]]


def test_an_act_of_the_prescriber_in_another_practice(play: Scene) -> None:
    made = must(play.claim_on_paper("FSP-1", act("C", charged="150.00"), actor="agent", establishment="CAB-KEN-01",
                                    section="prescriber"))  # fmt: skip
    sheet = play.issue({"type": "prescriber", "lines": [act("C", charged="150.00")]}, actor="specialist")
    assert holds(play, sheet["claims"][0]["id"], "specialist") == [made["id"]]


# --- what is not one


def test_a_renewal_is_not_held(play: Scene) -> None:
    """The next week's box as the next month's, on paper and electronically."""
    done(play, must(play.transcribe("ORD-1")))
    play.world.advance(7 * DAY_S)
    assert must(play.claim_on_paper("FSP-1", date_of_care="2026-11-30"))["warnings"] == []
    play.world.advance(30 * DAY_S)
    again = must(play.transcribe("ORD-2", prescribed_on="2026-12-30"))
    assert holds(play, done(play, again, performed_at="2026-12-30T09:00:00Z")) == [None]
    play.world.advance(30 * DAY_S)
    assert must(play.claim_on_paper("FSP-2", date_of_care="2027-01-29"))["warnings"] == []


@pytest.mark.parametrize("ean13", [AMOXIRAM_1G, SYRUP, "6118999000070"])
def test_another_product_is_not_held(play: Scene, ean13: str) -> None:
    """Another strength, another form, another substance beside it."""
    done(play, play.issue())
    assert must(play.claim_on_paper("FSP-1", {**BOXES, "ean13": ean13, "charged": "50.00"}))["warnings"] == []
    assert must(play.transcribe("ORD-1", {"type": "pharmacy", "lines": [medicine(ean13)]}))["warnings"] == []


def test_the_family_is_not_one_person(play: Scene) -> None:
    done(play, must(play.transcribe("ORD-1")))
    assert must(play.claim_on_paper("FSP-1", beneficiary=SPOUSE))["warnings"] == []
    copied = must(play.transcribe("ORD-2", beneficiary=CHILD, child_age=9))
    assert holds(play, done(play, copied)) == [None]


def test_two_electronic_sheets_are_not_compared(play: Scene) -> None:
    """Their lines are each executed once: nothing says that the second was not needed."""
    must(play.claim_on_paper("FSP-1", beneficiary=CHILD))
    done(play, play.issue())
    assert holds(play, done(play, play.issue())) == [None]


def test_two_lines_and_two_visits_of_one_transcription(play: Scene) -> None:
    copied = must(play.transcribe("ORD-1", {"type": "pharmacy", "lines": [medicine(), medicine()]}))
    held = play.hold(copied)
    first = must(play.execute(held, delivered(quantity="1", charged="42.30"), delivered(2)))
    rest = must(play.execute({**held, "revision": first["revision"]}, delivered(quantity="1", charged="42.30")))
    assert holds(play, rest["claim"]["id"]) == [None, None, None]


def test_sessions_of_several_days_on_one_paper(play: Scene) -> None:
    lines = [act("AMM-REEDUC", charged="80.00", date_of_care=f"2026-11-{day}") for day in (20, 21, 23)]
    options: dict[str, Any] = {"actor": "physiotherapy", "section": "physiotherapy", "date_of_care": "2026-11-20"}
    assert must(play.claim_on_paper("FSP-1", *lines, **options))["warnings"] == []
    assert must(play.claim_on_paper("FSP-2", lines[0], **options))["warnings"] != [], "the first of them again"


def test_the_rest_of_a_transcription_on_paper(play: Scene) -> None:
    copied = must(play.transcribe("ORD-1"))
    done(play, copied, delivered(quantity="1", charged="42.30"))
    rest = {**BOXES, "quantity": "1", "charged": "42.30", "line": 1}
    assert must(play.claim_on_paper("FSP-1", rest, **of(copied)))["warnings"] == []


# --- references, and what a transcription is told


@pytest.mark.parametrize("other", ["ORD20260042", "ORD-20260042", "O-R-D-2026-0042"])
def test_a_reference_is_the_same_however_it_is_written(play: Scene, other: str) -> None:
    must(play.transcribe("ORD-2026-0042"))
    assert code(play.transcribe(other)) == (409, "paper-reference-used")
    assert code(play.claim_on_paper(other)) == (409, "paper-reference-used")
    assert code(play.paper(play.hold(play.issue()), other)) == (409, "paper-reference-used")


def test_what_fell_back_is_claimed_by_its_reference_however_it_is_written(play: Scene) -> None:
    must(play.paper(play.hold(play.issue()), "KEN-2026-1"))
    made = must(play.claim_on_paper("KEN20261", {**BOXES, "line": 1}))
    assert made["paper_reference"] == "KEN-2026-1", "as it was first written"
    assert code(play.claim_on_paper("KEN2026-1", {**BOXES, "line": 1})) == (409, "paper-reference-used")


def test_a_transcription_says_that_the_prescriber_issued_it(play: Scene) -> None:
    play.issue()
    made = must(play.transcribe("ORD-1", actor="pharmacy-b"))
    (warning,) = made["warnings"]
    assert warning["code"] == "already-electronic"
    assert "QR" in warning["message"] and "retenu" in warning["message"]


@pytest.mark.parametrize("lines", [medicine(SEBOXINE), medicine()])
def test_a_transcription_says_that_it_was_made(play: Scene, lines: dict[str, Any]) -> None:
    must(play.transcribe("ORD-2026-0042"))
    made = must(play.transcribe("ORD-2026-42", {"type": "pharmacy", "lines": [lines]}))
    (warning,) = made["warnings"]
    assert warning["code"] == "already-transcribed" and "ORD-2026-0042" in warning["message"]


def test_a_transcription_of_something_else_is_told_nothing(play: Scene) -> None:
    cancelled = play.issue()
    must(play.about(cancelled, "cancellation"))
    play.issue(BIOLOGY)
    play.issue(beneficiary=CHILD)
    play.issue(actor="specialist")
    assert must(play.transcribe("ORD-1"))["warnings"] == []
    assert must(play.transcribe("ORD-2", prescribed_on="2026-11-22"))["warnings"] == []
