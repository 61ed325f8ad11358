"""A paper claim that names a line of an electronic sheet: it moves with it, and is reimbursed one way only."""

from __future__ import annotations

from tests.simulator.catalogue.scene import AMOXIRAM, AMOXIRAM_1G, PHARMACY, Scene, delivered, medicine, must
from tests.simulator.paper.claims import BOXES, TWO, code, of


def test_a_line_executed_electronically_is_not_claimed_on_paper(play: Scene) -> None:
    sheet = play.issue()
    done = must(play.execute(play.hold(sheet)))
    refused = play.claim_on_paper("PAP-1", {**BOXES, "line": 1}, **of(sheet))
    assert code(refused) == (409, "already-recorded")
    assert refused.json()["execution"] == done["id"]
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/lines/0/line"]
    agent = play.claim_on_paper("PAP-1", {**BOXES, "line": 1}, actor="agent", establishment="PHA-KEN-01", **of(sheet))
    assert agent.json()["execution"] == done["id"]
    proof = of(sheet, backup_code=sheet["backup_code"])
    other = play.claim_on_paper("PAP-1", {**BOXES, "line": 1}, actor="pharmacy-b", **proof)
    assert code(other) == (409, "already-recorded") and "execution" not in other.json(), "another one's execution"


def test_what_is_still_open_moves_with_the_claim(play: Scene) -> None:
    sheet = play.issue(TWO)
    held = play.hold(sheet)
    done = must(play.execute(held, delivered(quantity="1", charged="42.30")))
    line = {**BOXES, "quantity": "1", "charged": "42.30", "line": 1}
    too_much = play.claim_on_paper("PAP-1", {**BOXES, "line": 1}, **of(sheet))
    assert code(too_much) == (409, "over-remainder")
    made = must(play.claim_on_paper("PAP-1", line, **of(sheet)))
    assert made["number"] == sheet["number"] and made["warnings"] == [], "the rest of a line is no duplicate of it"
    section = must(play.resolve(sheet))["section"]
    assert [one["state"] for one in section["lines"]] == ["moved_to_paper", "open"]
    late = play.late(sheet, {"ean13": AMOXIRAM, "quantity": "1", "charged": "42.30", "lot": "L1"},
                     performed_at="2026-11-23T08:59:00Z")  # fmt: skip
    assert code(late) == (409, "line-terminal")
    again = play.execute({**held, "revision": done["revision"] + 1}, delivered(quantity="1"))
    assert code(again) == (409, "line-terminal")
    assert code(play.claim_on_paper("PAP-2", line, **of(sheet))) == (409, "line-terminal")


def test_another_s_hold_comes_first(play: Scene) -> None:
    sheet = play.issue()
    must(play.call("pharmacy", "DELETE", play.at(play.hold(sheet), "lease")))
    play.hold(sheet, "pharmacy-b")
    assert code(play.claim_on_paper("PAP-1", {**BOXES, "line": 1}, **of(sheet))) == (423, "section-held")
    agent = {"actor": "agent", "establishment": "PHA-KEN-01", **of(sheet)}
    assert code(play.claim_on_paper("PAP-1", {**BOXES, "line": 1}, **agent)) == (423, "section-held")
    must(play.claim_on_paper("PAP-1", {**BOXES, "line": 1}, **{**agent, "establishment": "PHA-KEN-02"}))


def test_a_number_alone_opens_nothing(play: Scene) -> None:
    sheet = play.issue()
    line = {**BOXES, "line": 1}
    assert code(play.claim_on_paper("PAP-1", line, **of(sheet))) == (404, "not-found")
    assert code(play.claim_on_paper("PAP-1", line, **of(sheet, backup_code="0000-0000-0"))) == (
        403,
        "wrong-backup-code",
    )
    must(play.claim_on_paper("PAP-1", line, **of(sheet, backup_code=sheet["backup_code"])))


def test_what_fell_back_is_claimed_by_its_own_paper_alone_and_once(play: Scene) -> None:
    sheet = play.issue(TWO)
    must(play.paper(play.hold(sheet), "PAP-1"))
    line = {**BOXES, "line": 1}
    assert code(play.claim_on_paper("PAP-2", line, **of(sheet))) == (409, "line-terminal")
    assert code(play.claim_on_paper("PAP-1", line, actor="pharmacy-b")) == (409, "paper-reference-used")
    nameless = play.claim_on_paper("PAP-1")
    assert nameless.json()["errors"][0]["pointer"] == "/lines/0/line"
    made = must(play.claim_on_paper("PAP-1", line))
    assert made["number"] == sheet["number"]
    assert code(play.claim_on_paper("PAP-1", line)) == (409, "paper-reference-used")


def test_another_s_paper_is_not_named_by_a_day_before_its_sheet(play: Scene) -> None:
    sheet = play.issue()
    proof = of(sheet, backup_code=sheet["backup_code"])
    refused = play.claim_on_paper("PAP-1", {**BOXES, "line": 1}, date_of_care="2026-11-22", **proof)
    assert [one["pointer"] for one in refused.json()["errors"]] == ["/date_of_care"]
    other = play.claim_on_paper("PAP-1", {**BOXES, "line": 1}, **proof,
                                beneficiary={"registration_number": "100000001", "dependant_rank": 1})  # fmt: skip
    assert [one["code"] for one in other.json()["errors"]] == ["other-beneficiary"]


def test_nothing_stays_of_a_refused_claim(play: Scene) -> None:
    sheet = play.issue(PHARMACY)
    play.hold(sheet)
    refused = play.claim_on_paper("PAP-1", {**BOXES, "line": 1}, {**BOXES, "line": 9}, **of(sheet))
    assert code(refused) == (422, "line-unknown")
    assert refused.json()["errors"][0]["pointer"].startswith("/lines/1")
    assert must(play.resolve(sheet))["section"]["lines"][0]["state"] == "open"
    must(play.claim_on_paper("PAP-1", {**BOXES, "line": 1}, **of(sheet)))


def test_what_remains_of_a_line_on_paper_is_claimed_by_later_papers(play: Scene) -> None:
    """Three boxes, one on a first paper: two are left to papers, none to executions, and never a fourth."""
    sheet = play.issue({"type": "pharmacy", "lines": [medicine(quantity="3")]})
    held = play.hold(sheet)
    box = {**BOXES, "quantity": "1", "charged": "42.30", "line": 1}
    must(play.claim_on_paper("PAP-1", box, **of(sheet)))
    assert code(play.execute({**held, "revision": 2}, delivered(quantity="2"))) == (409, "nothing-open")
    assert code(play.late(sheet, performed_at="2026-11-23T08:59:00Z")) == (409, "line-terminal")
    too_much = play.claim_on_paper("PAP-2", {**BOXES, "quantity": "3", "line": 1}, **of(sheet))
    assert code(too_much) == (409, "over-remainder") and "il reste 2" in too_much.json()["detail"]
    other = play.claim_on_paper("PAP-2", {**box, "ean13": AMOXIRAM_1G}, **of(sheet))
    assert code(other) == (409, "substitution-not-allowed")
    assert [one["pointer"] for one in other.json()["errors"]] == ["/lines/0/ean13"]
    made = must(play.claim_on_paper("PAP-2", box, **of(sheet)))
    assert made["warnings"] == [] and made["number"] == sheet["number"]
    last = must(play.claim_on_paper("PAP-3", box, actor="pharmacy-b", **of(sheet, backup_code=sheet["backup_code"])))
    assert last["warnings"] == []
    assert code(play.claim_on_paper("PAP-4", box, **of(sheet))) == (409, "line-terminal")
    (line,) = must(play.resolve(sheet))["section"]["lines"]
    assert (line["state"], line["remaining"]) == ("moved_to_paper", "0"), "nothing of it is executed any more"


def test_what_fell_back_and_was_claimed_in_part_is_claimed_by_later_papers(play: Scene) -> None:
    """Its own paper comes first; what that one leaves, of this line or of another, is free for the next ones."""
    sheet = play.issue(TWO)
    must(play.paper(play.hold(sheet), "PAP-1", lines=[1, 2]))
    half = {**BOXES, "quantity": "1", "charged": "42.30", "line": 1}
    other = {**BOXES, "ean13": AMOXIRAM_1G, "line": 2}
    assert code(play.claim_on_paper("PAP-2", half, **of(sheet))) == (409, "line-terminal")
    must(play.claim_on_paper("PAP-1", half))
    must(play.claim_on_paper("PAP-2", half, other, **of(sheet)))
    assert code(play.claim_on_paper("PAP-3", other, **of(sheet))) == (409, "line-terminal")
