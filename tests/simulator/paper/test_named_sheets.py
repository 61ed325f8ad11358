"""A paper claim that names a line of an electronic sheet: it moves with it, and is reimbursed one way only."""

from __future__ import annotations

from tests.simulator.catalogue.scene import AMOXIRAM, PHARMACY, Scene, delivered, must
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
