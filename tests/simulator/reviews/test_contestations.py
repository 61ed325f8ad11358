"""Contesting a decision: when, once; what the recheck finds, by the clock and by the bench; the money afterwards."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.simulator.catalogue.approvals import approve
from tests.simulator.catalogue.reviews import contest, decide, glasses, send
from tests.simulator.catalogue.scene import DAY_S, Scene, act, must

MORNING = 14 * 3600
"""From the instant at which worlds open to the beginning of the next day in Morocco."""


def read(play: Scene, claim: dict[str, Any], actor: str = "devices") -> dict[str, Any]:
    return dict(must(play.call(actor, "GET", f"/v1/claims/{claim['id']}")))


def line(play: Scene, claim: dict[str, Any], actor: str = "devices") -> dict[str, Any]:
    return dict(read(play, claim, actor)["lines"][0])


def money(play: Scene, claim: dict[str, Any], actor: str = "devices") -> dict[str, Decimal]:
    """What became of it, which must reconcile to the centime."""
    told = must(play.call(actor, "GET", f"/v1/claims/{claim['id']}/statement"))
    sums = {name: Decimal(value) for name, value in told["totals"].items()}
    kept = sums["paid"] + sums["ordered"] + sums["to_order"] + sums["pending"]
    assert sums["due"] + sums["overpaid"] == kept, sums
    return {name: value for name, value in sums.items() if value}


def recheck_of(found: dict[str, Any]) -> dict[str, Any]:
    (step,) = [one for one in found["explanation"] if one["rule"] == "RGL-CONTESTATION-REEXAMEN"]
    return dict(step)


def test_a_document_that_came_too_late_is_found_by_the_recheck(play: Scene) -> None:
    claim = glasses(play)
    worth = Decimal(claim["lines"][0]["cnss_share"])
    play.world.advance(30 * DAY_S)
    assert line(play, claim)["reason"] == "document-missing"
    must(send(play, claim))
    now = must(contest(play, claim, "patient:salaried"))
    assert (now["status"], now["lines"][0]["decision"], "decision" in now) == ("contested", "pending", False)
    assert now["lines"][0]["due_at"] == "2027-01-06T23:00:00Z"
    play.world.advance(14 * DAY_S + MORNING - 1)
    assert line(play, claim)["status"] == "contested", "the second before"
    play.world.advance(1)
    found = line(play, claim)
    assert (found["status"], found["decision"], Decimal(found["cnss_share"])) == ("rechecked", "granted", worth)
    assert "reason" not in found and found["cleared"] == ["document:invoice", "contestation"]
    assert recheck_of(found)["result"] == "changed" and recheck_of(found)["inputs"]["before"] == "0.00"
    assert money(play, claim) == {"due": worth, "to_order": worth}
    play.world.advance(6 * DAY_S)
    assert line(play, claim)["status"] == "ordered" and money(play, claim) == {"due": worth, "ordered": worth}
    play.world.advance(2 * DAY_S)
    assert line(play, claim)["status"] == "paid" and money(play, claim) == {"due": worth, "paid": worth}
    assert contest(play, claim).slug == "already-contested"


def test_without_its_document_the_refusal_is_upheld(play: Scene) -> None:
    claim = glasses(play)
    must(decide(play, claim, "refused"))
    must(contest(play, claim))
    play.world.advance(15 * DAY_S)
    found = line(play, claim)
    assert (found["status"], found["reason"], recheck_of(found)["result"]) == (
        "rechecked",
        "document-missing",
        "upheld",
    )
    assert money(play, claim) == {} and "due_at" not in found
    found_events = must(play.call("software", "GET", "/v1/events"))["items"]
    assert [one["data"]["status"] for one in found_events if one["type"] == "claim.decided"][-1] == "rechecked"


def test_what_was_paid_and_is_refused_is_not_asked_back(play: Scene) -> None:
    claim = glasses(play, "900.00")
    worth = Decimal(claim["lines"][0]["cnss_share"])
    play.world.advance(6 * DAY_S)
    assert contest(play, claim).slug == "not-contestable", "its payment is on its way"
    play.world.advance(2 * DAY_S)
    must(contest(play, claim))
    assert money(play, claim) == {"due": worth, "paid": worth}
    must(decide(play, claim, "refused", reason="medical-refusal"))
    found = line(play, claim)
    assert (found["status"], found["reason"], found["cnss_share"]) == ("rechecked", "medical-refusal", "0.00")
    assert money(play, claim) == {"overpaid": worth, "paid": worth}
    play.world.advance(60 * DAY_S)
    assert line(play, claim)["status"] == "rechecked" and len(line(play, claim)["payments"]) == 1


def test_what_was_paid_and_is_upheld_is_paid_once(play: Scene) -> None:
    claim = glasses(play, "900.00")
    before = claim["lines"][0]
    worth = Decimal(before["cnss_share"])
    play.world.advance(8 * DAY_S)
    must(contest(play, claim))
    play.world.advance(60 * DAY_S)
    found = line(play, claim)
    assert (found["status"], found["cnss_share"], recheck_of(found)["result"]) == (
        "rechecked",
        before["cnss_share"],
        "upheld",
    )
    assert found["explanation"][:-1] == before["explanation"] and len(found["payments"]) == 1
    assert money(play, claim) == {"due": worth, "paid": worth}


def test_the_delay_to_contest_ends_with_its_last_day(play: Scene) -> None:
    first, second = glasses(play), glasses(play)
    for claim in (first, second):
        must(decide(play, claim, "refused"))
    other = must(play.execute(play.hold(play.issue()), actor="pharmacy"))["claim"]
    play.world.advance(60 * DAY_S + MORNING - 1)
    must(contest(play, first))
    play.world.advance(1)
    assert contest(play, second).slug == "contestation-too-late"
    play.world.advance(8 * DAY_S - 1)
    assert line(play, other, "pharmacy")["since"] == "2026-11-30T23:00:00Z", "when it was paid"
    must(contest(play, other, "pharmacy"))


def test_who_may_and_which_lines(play: Scene) -> None:
    claim = glasses(play, "900.00")
    for stranger in ("pharmacy", "gp", "patient:tns"):
        assert contest(play, claim, stranger).slug == "not-found"
    unknown = [{"execution": claim["lines"][0]["execution"], "line": 2}]
    assert contest(play, claim, lines=unknown).slug == "line-unknown"
    assert contest(play, claim, reason=" ").slug == "invalid-payload"
    named = [{"execution": claim["lines"][0]["execution"], "line": 1}]
    assert must(contest(play, claim, "patient:salaried", lines=named))["status"] == "contested"
    said = [one["sentence"] for one in must(play.call("patient:salaried", "GET", "/v1/me/accesses"))["items"]]
    assert any("avez contesté une décision de remboursement pour votre feuille" in one for one in said)


def test_a_medical_refusal_stands_until_the_physicians_lift_it(play: Scene) -> None:
    claims = [glasses(play, "6000.00") for _ in range(2)]
    for claim in claims:
        must(send(play, claim))
        must(decide(play, claim, "refused"))
        must(contest(play, claim))
    done = must(decide(play, claims[0], "granted"))["lines"][0]
    assert (done["status"], done["decision"], done["cnss_share"]) == (
        "rechecked",
        "granted",
        claims[0]["lines"][0]["cnss_share"],
    )
    play.world.advance(15 * DAY_S)
    assert line(play, claims[1])["reason"] == "medical-refusal"


def test_a_duplicate_stands_while_the_other_is_paid(play: Scene) -> None:
    must(play.claim_on_paper())
    second = must(play.claim_on_paper("FSP-0002"))
    play.world.advance(60 * DAY_S)
    assert line(play, second, "pharmacy")["reason"] == "duplicate"
    must(contest(play, second, "pharmacy"))
    play.world.advance(15 * DAY_S)
    found = line(play, second, "pharmacy")
    assert (found["status"], found["reason"], recheck_of(found)["result"]) == ("rechecked", "duplicate", "upheld")


def test_two_duplicates_contested_together_are_not_both_paid(play: Scene) -> None:
    first, second = must(play.claim_on_paper()), must(play.claim_on_paper("FSP-0002"))
    play.world.advance(60 * DAY_S)
    must(contest(play, first, "pharmacy"))
    must(contest(play, second, "pharmacy"))
    must(decide(play, first, "refused", reason="medical-refusal"))
    play.world.advance(30 * DAY_S)
    paid = [money(play, one, "pharmacy").get("paid", Decimal(0)) for one in (first, second)]
    assert paid[0] > 0 and paid[1] == 0, "what was paid stays paid, so the other one is still a duplicate"


def test_a_paper_line_is_decided_again_as_it_was(play: Scene) -> None:
    claim = must(play.claim_on_paper())
    play.world.advance(60 * DAY_S)
    before = line(play, claim, "pharmacy")
    assert before["status"] == "paid"
    must(contest(play, claim, "patient:salaried"))
    play.world.advance(15 * DAY_S)
    found = line(play, claim, "pharmacy")
    assert recheck_of(found)["result"] == "upheld" and found["cnss_share"] == before["cnss_share"]


def test_each_visit_finds_its_own_charge(play: Scene) -> None:
    """The prescriber's own acts; two visits of one line, with prices of their own."""
    own = play.issue({"type": "prescriber", "lines": [act("C", charged="150.00"), act("KE-ECG", charged="90.00")]})
    (claim,) = own["claims"]
    must(contest(play, claim, "gp"))
    done = must(decide(play, claim, "granted"))
    assert [recheck_of(one)["result"] for one in done["lines"]] == ["upheld", "upheld"]
    assert done["totals"] == claim["totals"]


def dental(play: Scene, *quantities: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """The sheet and the claim of so many crowns a line, each at its tariff, without any approval."""
    crowns = {"type": "dental", "lines": [act("DP-COUR", str(many), tooth="26") for many in quantities]}
    sheet = play.issue(crowns)
    lines = [
        {
            "line": rank,
            "outcome": "executed",
            "quantity": str(many),
            "act_code": "DP-COUR",
            "charged": f"{many * 750}.00",
        }
        for rank, many in enumerate(quantities, start=1)
    ]
    return sheet, must(play.execute(play.hold(sheet, "dental"), *lines, actor="dental"))["claim"]


def test_an_approval_that_came_since_pays_the_line(play: Scene) -> None:
    sheet, claim = dental(play, 1)
    assert claim["status"] == "awaiting_prior_approval"
    assert decide(play, claim, "granted").slug == "nothing-to-decide", "an approval is decided by itself"
    play.world.advance(30 * DAY_S)
    assert line(play, claim, "dental")["reason"] == "prior-approval-missing"
    approve(play, sheet, "dental", 1)
    must(contest(play, claim, "dental"))
    play.world.advance(15 * DAY_S)
    found = line(play, claim, "dental")
    assert (found["status"], found["decision"], found["cnss_share"]) == ("rechecked", "granted", "525.00")
    assert money(play, claim, "dental") == {"due": Decimal(525), "to_order": Decimal(525)}


def test_ceilings_and_approvals_count_a_rechecked_line_once(play: Scene) -> None:
    sheet, claim = dental(play, 3, 3)
    for rank in (1, 2):
        approve(play, sheet, "dental", 3, rank)
    before = read(play, claim, "dental")
    assert [one["cnss_share"] for one in before["lines"]] == ["1575.00", "1425.00"], "3 000.00 at most"
    second = [{"execution": before["lines"][1]["execution"], "line": 2}]
    must(contest(play, claim, "dental", lines=second))
    done = must(decide(play, claim, "granted"))
    assert done["totals"] == before["totals"] and recheck_of(done["lines"][1])["result"] == "upheld"
    must(contest(play, claim, "dental"))
    done = must(decide(play, claim, "granted"))
    assert done["totals"] == before["totals"] and recheck_of(done["lines"][0])["result"] == "upheld"
    third, more = dental(play, 1)
    approve(play, third, "dental", 1)
    assert line(play, more, "dental")["reason"] == "ceiling-reached"


def test_what_a_ceiling_counted_is_given_back_by_a_refusal(play: Scene) -> None:
    sheet, claim = dental(play, 5)
    approve(play, sheet, "dental", 5)
    must(contest(play, claim, "dental"))
    must(decide(play, claim, "refused", reason="medical-refusal"))
    other, more = dental(play, 5)
    approve(play, other, "dental", 5)
    assert line(play, more, "dental")["cnss_share"] == "2625.00"
