"""What is executed before its approval: held with what it would be worth, then paid, in part or not, or refused."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.claims.page import page
from tests.simulator.catalogue.approvals import PATH, asked
from tests.simulator.catalogue.scene import DAY_S, Scene, act, must

SESSIONS = {"type": "physiotherapy", "lines": [act("AMM-REEDUC", "6")]}
CROWN = {"type": "dental", "lines": [act("DP-COUR", "1", tooth="26")]}


def visit(play: Scene, sheet: dict[str, Any], first: int = 1, quantity: int = 1, who: str = "physiotherapy") -> Any:
    """So many sessions at 20.00 each, the first of that rank: the line of the claim."""
    line = {"line": 1, "outcome": "executed", "quantity": str(quantity), "session": first}
    held = play.hold(sheet, who)
    done = must(play.execute(held, {**line, "charged": f"{20 * quantity}.00"}, actor=who, performed_at=play.instant()))
    return done["id"], done["claim"]["lines"][-1]


def ask(play: Scene, sheet: dict[str, Any], quantity: int = 6, actor: str = "gp") -> dict[str, Any]:
    return dict(must(play.post(actor, PATH, asked(sheet, quantity=str(quantity)))))


def decide(play: Scene, one: dict[str, Any], decision: str = "granted", **more: Any) -> None:
    more |= {"reason": "not-justified"} if decision == "refused" else {}
    play.bench("/decisions", {"approval": one["id"], "decision": decision, **more})


def lines(play: Scene, sheet: dict[str, Any], who: str = "physiotherapy") -> list[dict[str, Any]]:
    (claim,) = must(play.call(who, "GET", "/v1/claims", query=f"number={sheet['number']}"))["items"]
    return list(claim["lines"])


def seen(line: dict[str, Any]) -> tuple[str, str, str]:
    return line["decision"], line["cnss_share"], line.get("reason", "")


def held(line: dict[str, Any]) -> bool:
    return bool(line["decision"] == "pending" and line["status"] == "awaiting_prior_approval")


def test_granted_before_the_visit_is_paid_at_once(play: Scene) -> None:
    sheet = play.issue(SESSIONS)
    decide(play, ask(play, sheet))
    _, line = visit(play, sheet, quantity=2)
    assert seen(line) == ("granted", "28.00", "") and "hold" not in line  # 40.00 × 70 %
    assert line["explanation"][-1]["inputs"] == {"quantity": "2", "covered": "2"}


def test_executed_first_waits_with_what_it_would_be_worth(play: Scene) -> None:
    sheet = play.issue(SESSIONS)
    _, line = visit(play, sheet, quantity=2)
    assert held(line) and line["cnss_share"] == "28.00"
    assert line["hold"]["kind"] == "prior-approval" and line["hold"]["asks"] == "AMM-REEDUC"
    assert line["hold"]["until"] == line["due_at"] == "2026-12-22T23:00:00Z", "30 days, at midnight in Morocco"


def test_its_explanation_says_what_it_waits_for(play: Scene) -> None:
    sheet = play.issue(SESSIONS)
    visit(play, sheet)
    (claim,) = must(play.call("physiotherapy", "GET", "/v1/claims", query=f"number={sheet['number']}"))["items"]
    said = page(claim)
    assert "EN ATTENTE D'UNE DÉCISION" in said and "REFUSÉE" not in said and "RETIRÉE" not in said
    assert "de l'accord préalable pour AMM-REEDUC, à demander au plus tard le 23/12/2026" in " ".join(said.split())


def test_then_granted(play: Scene) -> None:
    sheet = play.issue(SESSIONS)
    visit(play, sheet, quantity=2)
    one = ask(play, sheet)
    assert held(lines(play, sheet)[0])
    decide(play, one)
    (line,) = lines(play, sheet)
    assert seen(line) == ("granted", "28.00", "") and line["cleared"] == ["prior-approval:AMM-REEDUC"]
    told = [e["type"] for e in must(play.call("software", "GET", "/v1/events"))["items"]]
    assert told[-2:] == ["prior-approval.decided", "claim.decided"]
    play.world.advance(20 * DAY_S)
    assert lines(play, sheet)[0]["status"] == "paid"


def test_then_granted_by_the_clock(play: Scene) -> None:
    sheet = play.issue(SESSIONS)
    visit(play, sheet)
    one = ask(play, sheet)
    play.world.advance(3 * DAY_S)
    (line,) = lines(play, sheet)
    assert seen(line) == ("granted", "14.00", "") and line["since"] == one["due_at"]


def test_then_refused(play: Scene) -> None:
    sheet = play.issue(SESSIONS)
    visit(play, sheet)
    decide(play, ask(play, sheet), "refused")
    (line,) = lines(play, sheet)
    assert seen(line) == ("rejected", "0.00", "prior-approval-refused") and line["patient_share"] == "20.00"
    assert line["remedy"] and line["status"] == "adjudicated" and "due_at" not in line
    _, after = visit(play, sheet, first=2)
    assert seen(after) == ("rejected", "0.00", "prior-approval-refused"), "executed all the same"


def test_granted_for_less(play: Scene) -> None:
    """4 asked for, 3 granted: two sessions, then two of which one is covered, then none."""
    sheet = play.issue(SESSIONS)
    for first in (1, 3):
        visit(play, sheet, first=first, quantity=2)
    decide(play, ask(play, sheet, quantity=4), quantity="3")
    assert [seen(line) for line in lines(play, sheet)] == [
        ("granted", "28.00", ""),
        ("partial", "14.00", "prior-approval-exceeded"),
    ]
    _, line = visit(play, sheet, first=5)
    assert seen(line) == ("rejected", "0.00", "prior-approval-exceeded")


def test_the_rest_is_asked_for_and_waited_for(play: Scene) -> None:
    sheet = play.issue(SESSIONS)
    decide(play, ask(play, sheet, quantity=2))
    more = ask(play, sheet, quantity=4)
    _, line = visit(play, sheet, quantity=3)
    assert held(line), "two are covered, the request may cover the third"
    decide(play, more)
    assert seen(lines(play, sheet)[0]) == ("granted", "42.00", "")


def test_what_is_covered_does_not_wait_for_another_request(play: Scene) -> None:
    sheet = play.issue(SESSIONS)
    decide(play, ask(play, sheet, quantity=2))
    ask(play, sheet, quantity=4)
    _, line = visit(play, sheet, quantity=2)
    assert seen(line) == ("granted", "28.00", "")


def test_the_day_of_care_decides_whenever_it_is_recorded(play: Scene) -> None:
    """Done on the last day of the approval, entered two days later after an outage."""
    sheet = play.issue(SESSIONS)
    decide(play, ask(play, sheet))
    play.world.advance(60 * DAY_S)
    done = play.instant()
    play.world.advance(2 * DAY_S)
    item = {"act_code": "AMM-REEDUC", "quantity": "1", "charged": "20.00"}
    must(play.late(sheet, item, actor="physiotherapy", performed_at=done))
    assert seen(lines(play, sheet)[0]) == ("granted", "14.00", "")


def test_never_asked_for(play: Scene) -> None:
    sheet = play.issue(SESSIONS)
    visit(play, sheet)
    until = 29 * DAY_S + 14 * 3600  # from 10:00 on the 23rd to midnight at the beginning of 23 December, in Morocco
    play.world.advance(until - 1)
    assert held(lines(play, sheet)[0])
    play.world.advance(1)
    (line,) = lines(play, sheet)
    assert seen(line) == ("rejected", "0.00", "prior-approval-missing")
    assert line["since"] == "2026-12-22T23:00:00Z"


def test_asked_for_in_time_is_waited_for_beyond_the_wait(play: Scene) -> None:
    sheet = play.issue(SESSIONS)
    visit(play, sheet)
    play.world.advance(29 * DAY_S)
    one = ask(play, sheet, actor="physiotherapy")
    play.world.advance(2 * DAY_S)
    (line,) = lines(play, sheet)
    assert held(line) and "due_at" not in line, "the decision comes after"
    play.world.advance(DAY_S)
    (line,) = lines(play, sheet)
    assert seen(line) == ("granted", "14.00", "") and line["since"] == one["due_at"]


def test_withdrawn_within_the_wait_may_be_asked_again(play: Scene) -> None:
    sheet = play.issue(SESSIONS)
    visit(play, sheet)
    one = ask(play, sheet)
    must(play.call("gp", "POST", f"{PATH}/{one['id']}/cancellation"))
    assert held(lines(play, sheet)[0]) and lines(play, sheet)[0]["due_at"] == "2026-12-22T23:00:00Z"
    decide(play, ask(play, sheet))
    assert seen(lines(play, sheet)[0]) == ("granted", "14.00", "")


def test_withdrawn_after_the_wait_is_refused(play: Scene) -> None:
    sheet = play.issue(SESSIONS)
    visit(play, sheet)
    play.world.advance(29 * DAY_S)
    one = ask(play, sheet, actor="physiotherapy")
    play.world.advance(2 * DAY_S)
    must(play.call("physiotherapy", "POST", f"{PATH}/{one['id']}/cancellation"))
    assert seen(lines(play, sheet)[0]) == ("rejected", "0.00", "prior-approval-missing")


@pytest.mark.parametrize(("days", "status"), [(60, "adjudicated"), (61, "awaiting_prior_approval")])
def test_the_last_day_of_an_approval(play: Scene, days: int, status: str) -> None:
    """Granted on 23 November for 60 days: care of 22 January is covered, that of the 23rd waits for another one."""
    sheet = play.issue(SESSIONS)
    decide(play, ask(play, sheet))
    play.world.advance(days * DAY_S)
    _, line = visit(play, sheet)
    assert (line["date_of_care"], line["status"]) == (f"2027-01-{22 if days == 60 else 23}", status)


def test_taken_back_gives_back_what_was_counted(play: Scene) -> None:
    sheet = play.issue(SESSIONS)
    decide(play, ask(play, sheet, quantity=1))
    done, line = visit(play, sheet)
    assert seen(line)[0] == "granted"
    must(play.post("physiotherapy", f"/v1/executions/{done}/withdrawal", {"reason": "Erreur"}, if_match='"2"'))
    _, line = visit(play, sheet)
    assert seen(line) == ("granted", "14.00", ""), "the same session again, under the same approval"
    _, line = visit(play, sheet, first=2)
    assert seen(line) == ("rejected", "0.00", "prior-approval-exceeded")


def test_two_establishments_share_one_approval_in_the_order_of_their_visits(play: Scene) -> None:
    sheet = play.issue(SESSIONS)
    visit(play, sheet)
    must(play.call("physiotherapy", "DELETE", f"/v1/care-sheets/{sheet['number']}/sections/physiotherapy/lease"))
    play.world.advance(60)
    visit(play, sheet, first=2, who="physiotherapy-b")
    decide(play, ask(play, sheet, quantity=2), quantity="1")
    assert seen(lines(play, sheet)[0]) == ("granted", "14.00", "")
    assert seen(lines(play, sheet, "physiotherapy-b")[0]) == ("rejected", "0.00", "prior-approval-exceeded")


def test_rights_closed_do_not_wait_for_an_approval(play: Scene) -> None:
    closed = {"registration_number": "100000008", "dependant_rank": 0}
    sheet = play.issue(SESSIONS, beneficiary=closed, rights_acknowledged=True)
    _, line = visit(play, sheet)
    assert seen(line) == ("rejected", "0.00", "rights-closed")


def test_an_act_of_the_prescriber_waits_too(play: Scene) -> None:
    own = {"type": "prescriber", "lines": [act("KE-EFFORT", charged="300.00")]}
    sheet = dict(must(play.try_issue(own, actor="specialist")))
    (line,) = sheet["claims"][0]["lines"]
    assert held(line)
    body = asked(sheet, section="prescriber", quantity="1")
    decide(play, must(play.post("specialist", PATH, body)))
    assert lines(play, sheet, "specialist")[0]["decision"] == "granted"


def test_a_refused_prosthesis_is_not_counted_under_its_ceiling(play: Scene) -> None:
    """A crown held and refused leaves the whole ceiling to the next one."""
    shares = []
    for decision in ("refused", "granted"):
        sheet = play.issue(CROWN)
        done = {"line": 1, "outcome": "executed", "quantity": "1", "charged": "9000.00"}
        must(play.execute(play.hold(sheet, "dental"), done, actor="dental"))
        body = asked(sheet, section="dental", quantity="1")
        decide(play, must(play.post("dental", PATH, body)), decision)
        shares.append(lines(play, sheet, "dental")[0]["explanation"])
    counted = [next(step["inputs"] for step in each if "already_granted" in step["inputs"]) for each in shares]
    assert [each["already_granted"] for each in counted] == ["0.00", "0.00"]


def prescribed(play: Scene, code: str) -> dict[str, Any]:
    """The sheet of one device."""
    return play.issue({"type": "devices", "lines": [act(code, "1", unit="unit")]})


def substitute(play: Scene, sheet: dict[str, Any], code: str, charged: str) -> None:
    """That device is handed over in place of the one prescribed."""
    line = {"line": 1, "outcome": "executed", "quantity": "1", "charged": charged, "act_code": code}
    agreed = {"substitution": {"reason": "prescriber-agreed"}}
    must(play.execute(play.hold(sheet, "devices"), {**line, **agreed}, actor="devices"))


def test_an_approval_covers_no_other_act(play: Scene) -> None:
    sheet = prescribed(play, "DM-VERRE-P")
    decide(play, must(play.post("gp", PATH, asked(sheet, section="devices", quantity="1"))))
    substitute(play, sheet, "DM-AUDIO", "900.00")
    (line,) = lines(play, sheet, "devices")
    assert (line["status"], line["hold"]["asks"]) == ("awaiting_prior_approval", "DM-AUDIO")
    one = must(play.post("devices", PATH, asked(sheet, section="devices", quantity="1", act_code="DM-AUDIO")))
    assert one["act_code"] == "DM-AUDIO" and "audi" in one["label"].casefold()
    decide(play, one)
    assert lines(play, sheet, "devices")[0]["decision"] == "granted"


def test_what_was_done_instead_is_asked_for_by_its_code(play: Scene) -> None:
    """The act prescribed needs no approval, the act done does."""
    sheet = prescribed(play, "DM-VERRE")
    substitute(play, sheet, "DM-VERRE-P", "450.00")
    assert lines(play, sheet, "devices")[0]["hold"]["asks"] == "DM-VERRE-P"
    body = asked(sheet, section="devices", quantity="1")
    assert play.post("devices", PATH, body).slug == "approval-not-needed"
    decide(play, must(play.post("devices", PATH, {**body, "act_code": "DM-VERRE-P"})))
    assert lines(play, sheet, "devices")[0]["decision"] == "granted"


def test_a_request_names_an_act_of_its_section_that_needs_it(play: Scene) -> None:
    sheet = prescribed(play, "DM-VERRE")
    substitute(play, sheet, "DM-VERRE-P", "450.00")
    for code, slug, error in (
        ("AMM-REEDUC", "invalid-payload", "wrong-section"),
        ("DM-MONTURE", "approval-not-needed", "approval-not-needed"),
        ("DM-INCONNU", "approval-not-needed", "approval-not-needed"),
    ):
        refused = play.post("gp", PATH, asked(sheet, section="devices", quantity="1", act_code=code))
        assert (refused.slug, refused.json()["errors"][0]["code"]) == (slug, error)
        assert refused.json()["errors"][0]["pointer"] == "/act_code"


def on_paper(play: Scene, sheet: dict[str, Any]) -> str:
    """A crown claimed on paper, which names the line of the sheet; keyed and checked. The id of the claim."""
    play.hold(sheet, "dental")
    line = {"act_code": "DP-COUR", "quantity": "1", "charged": "750.00", "line": 1}
    care_sheet = {"number": sheet["number"]}
    made = must(play.claim_on_paper("PAP-1", line, actor="dental", section="dental", care_sheet=care_sheet))
    play.world.advance(4 * DAY_S)
    return str(made["id"])


def paper_line(play: Scene, claim: str) -> dict[str, Any]:
    (line,) = must(play.call("dental", "GET", f"/v1/claims/{claim}"))["lines"]
    return dict(line)


@pytest.mark.parametrize("decision", ["refused", "granted"])
def test_on_paper_the_line_of_the_sheet_has_its_approval(play: Scene, decision: str) -> None:
    """Decided before: refused or paid with it."""
    sheet = play.issue(CROWN)
    one = must(play.post("gp", PATH, asked(sheet, section="dental", quantity="1")))
    decide(play, one, decision)
    line = paper_line(play, on_paper(play, sheet))
    assert (
        seen(line)
        == {
            "refused": ("rejected", "0.00", "prior-approval-refused"),
            "granted": ("granted", "525.00", ""),
        }[decision]
    )


@pytest.mark.parametrize("decision", ["refused", "granted"])
def test_on_paper_too_it_waits_for_its_approval(play: Scene, decision: str) -> None:
    sheet = play.issue(CROWN)
    claim = on_paper(play, sheet)
    assert held(paper_line(play, claim))
    decide(play, must(play.post("gp", PATH, asked(sheet, section="dental", quantity="1"))), decision)
    assert paper_line(play, claim)["decision"] == {"refused": "rejected", "granted": "granted"}[decision]


def test_contested_on_paper_it_stays_refused_with_its_approval(play: Scene) -> None:
    sheet = play.issue(CROWN)
    decide(play, must(play.post("gp", PATH, asked(sheet, section="dental", quantity="1"))), "refused")
    claim = on_paper(play, sheet)
    must(play.post("dental", f"/v1/claims/{claim}/contestation", {"reason": "Accord demandé"}))
    play.world.advance(60 * DAY_S)
    assert seen(paper_line(play, claim)) == ("rejected", "0.00", "prior-approval-refused")
