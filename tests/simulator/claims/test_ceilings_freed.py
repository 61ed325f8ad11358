"""What a ceiling counted is refused or withdrawn: the lines that it had cut are decided again, never twice, never more.

A crown: 60 × 12.50 = 750.00 of base, × 0.70 = 525.00 of CNSS share; 3 000.00 leave five crowns and 375.00 of a sixth.
"""

from __future__ import annotations

from typing import Any

from tests.simulator.catalogue.approvals import PATH, approve, asked
from tests.simulator.catalogue.reviews import contest, decide
from tests.simulator.catalogue.scene import DAY_S, Scene, act, must
from tests.simulator.claims.test_ceilings_again import crowns, fitted, left


def first(play: Scene, sheet: dict[str, Any], place: int = 0) -> dict[str, Any]:
    (claim,) = must(play.call("dental", "GET", "/v1/claims", query=f"number={sheet['number']}"))["items"]
    return dict(claim["lines"][place])


def approved(play: Scene, many: int = 6, day: str = "2026-11-23") -> dict[str, Any]:
    sheet = crowns(play, day)
    approve(play, sheet, "dental", many)
    return sheet


def refuse(play: Scene, sheet: dict[str, Any]) -> None:
    """Ask the approval of the sheet's crowns, and refuse it."""
    one = must(play.post("gp", PATH, asked(sheet, section="dental", line=1, quantity="6")))
    play.bench("/decisions", {"approval": one["id"], "decision": "refused", "reason": "not-justified"})


def ceiling(line: dict[str, Any]) -> dict[str, str]:
    return next(dict(step["inputs"]) for step in line["explanation"] if "available" in step["inputs"])


def test_what_waits_is_not_said_to_be_granted_and_the_cut_line_says_why(play: Scene) -> None:
    """Four crowns wait (4 × 525.00 = 2100.00): 3000.00 − 2100.00 = 900.00 of the 2100.00 of the next four."""
    fitted(play, crowns(play), 4)
    line = fitted(play, approved(play), 4)["lines"][0]
    assert (line["decision"], line["cnss_share"], line["reason"]) == ("partial", "900.00", "ceiling-reached")
    assert "contester" in line["remedy"]
    counted = ceiling(line)
    assert [counted[name] for name in ("already_granted", "waiting", "available")] == ["0.00", "2100.00", "900.00"]


def test_a_refused_approval_gives_what_it_kept_to_the_line_that_was_cut(play: Scene) -> None:
    """The four that waited are refused: nothing is counted, the four that were cut to 900.00 bring 2100.00."""
    waiting = crowns(play)
    fitted(play, waiting, 4)
    cut = approved(play)
    fitted(play, cut, 4)
    refuse(play, waiting)
    line = first(play, cut)
    assert (line["decision"], line["cnss_share"], "reason" in line) == ("granted", "2100.00", False)
    play.world.advance(9 * DAY_S)
    assert [one["amount"] for one in first(play, cut)["payments"]] == ["2100.00"]
    # 3000.00 − 2100.00 = 900.00
    assert left(play, "2026-12-02") == "900.00"


def test_what_nobody_asked_an_approval_for_frees_it_when_its_wait_ends(play: Scene) -> None:
    """3000.00 − 2100.00 leave 900.00 to the next four, 0.00 to the last ones. The first four are refused in the end:
    the 900.00 were ordered meanwhile and stand, to be contested; 3000.00 − 900.00 = 2100.00 come to the last ones.
    """
    fitted(play, crowns(play), 4)
    one, two = approved(play), approved(play)
    fitted(play, one, 4)
    refused = fitted(play, two, 4)["lines"][0]
    assert (refused["decision"], refused["reason"]) == ("rejected", "ceiling-reached")
    play.world.advance(200 * DAY_S)
    lines = [first(play, sheet) for sheet in (one, two)]
    assert [(line["cnss_share"], line["status"]) for line in lines] == [("900.00", "paid"), ("2100.00", "paid")]


def test_a_withdrawal_frees_lines_by_date_of_care(play: Scene) -> None:
    """Six crowns take 3000.00; then four of the 25th, and four of the 24th that come last: 0.00 each. The six are
    withdrawn: the 24th comes first, 4 × 525.00 = 2100.00, and leaves 900.00 to the 25th.
    """
    sheet = approved(play)
    line = {"line": 1, "outcome": "executed", "quantity": "6", "charged": "4500.00"}
    done = must(play.execute(play.hold(sheet, "dental"), line, actor="dental"))
    cut = [approved(play), approved(play)]
    play.world.advance(2 * DAY_S)
    for one, day in zip(cut, ("2026-11-25", "2026-11-24"), strict=True):
        assert fitted(play, one, 4, performed_at=f"{day}T08:00:00Z")["lines"][0]["cnss_share"] == "0.00"
    must(play.afterwards(done, "withdrawal", actor="dental"))
    assert [first(play, one)["cnss_share"] for one in cut] == ["900.00", "2100.00"]


def test_a_line_that_was_worth_nothing_waits_for_its_approval(play: Scene) -> None:
    """No approval was looked at for a line that brought nothing: freed, it is not paid without."""
    sheet = approved(play)
    held = play.hold(sheet, "dental")
    line = {"line": 1, "outcome": "executed", "quantity": "6", "charged": "4500.00"}
    done = must(play.execute(held, line, actor="dental"))
    bare = crowns(play)
    assert fitted(play, bare, 2)["lines"][0]["reason"] == "ceiling-reached"
    must(play.afterwards(done, "withdrawal", actor="dental"))
    assert first(play, bare)["status"] == "awaiting_prior_approval"


def test_a_line_refused_on_contestation_frees_what_it_counted(play: Scene) -> None:
    """Five crowns are contested and refused before they are ordered: the 375.00 of the sixth become 525.00."""
    claim, cut = fitted(play, approved(play), 5), approved(play)
    fitted(play, cut, 1)
    must(contest(play, claim, "dental"))
    must(decide(play, claim, "refused", reason="medical-refusal"))
    assert first(play, cut)["cnss_share"] == "525.00"


def test_two_days_of_one_paper_share_the_ceiling(play: Scene) -> None:
    """3000.00 over both days: four crowns 2100.00, then 900.00 of four more."""
    lines = [{**act("DP-COUR", "4"), "charged": "3000.00", "date_of_care": f"2026-11-{day}"} for day in (20, 21)]
    whole = {"section": "dental", "date_of_care": "2026-11-20"}
    made = must(play.claim_on_paper("FSP-1", *lines, actor="dental", **whole))
    assert [line["cnss_share"] for line in made["claim"]["lines"]] == ["2100.00", "900.00"]


def test_what_was_paid_before_anything_was_given_back_is_contested(play: Scene) -> None:
    """900.00 are paid; the four that waited are refused: 3000.00 leave 2100.00 to who contests, 1200.00 more."""
    waiting, cut = crowns(play), approved(play)
    fitted(play, waiting, 4)
    claim = fitted(play, cut, 4)
    play.world.advance(9 * DAY_S)
    assert first(play, cut)["status"] == "paid"
    refuse(play, waiting)
    assert first(play, cut)["cnss_share"] == "900.00"
    must(contest(play, claim, "dental"))
    play.world.advance(60 * DAY_S)
    line = first(play, cut)
    assert [one["amount"] for one in line["payments"]] == ["900.00", "1200.00"]
    assert (line["cnss_share"], line["status"]) == ("2100.00", "paid")
