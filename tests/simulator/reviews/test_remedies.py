"""Every remedy that a coded reason declares can be done here, and leads where it says.

Rights are registered outside the platform, and the CNSS's own decisions are its own: the bench plays both.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import fixtures
from tests.simulator.catalogue.approvals import PATH, asked
from tests.simulator.catalogue.reviews import contest, decide, glasses, send
from tests.simulator.catalogue.scene import AMOXIRAM_1G, DAY_S, PHYSIOTHERAPY, Scene, act, delivered, medicine, must
from tests.simulator.lifecycle.door import Reply

Line = dict[str, Any]
UPHELD = {one.code: one.upheld_fr for one in fixtures.reasons() if one.family == "refusal" and one.upheld_fr}
REMEDIES = {(one.family, one.code): one.remedy_fr for one in fixtures.reasons()}


def line(play: Scene, claim: dict[str, Any], actor: str) -> Line:
    return dict(must(play.call(actor, "GET", f"/v1/claims/{claim['id']}"))["lines"][-1])


def refused(play: Scene, claim: dict[str, Any], actor: str, why: str) -> Line:
    """Its last line, refused for that reason, with the remedy that it declares."""
    found = line(play, claim, actor)
    assert (found["decision"], found["reason"]) == ("rejected", why)
    assert found["remedy"] == REMEDIES["refusal", why]
    return found


def rechecked(play: Scene, claim: dict[str, Any], actor: str) -> tuple[str, str]:
    """Decision and remedy once the clock has decided it again."""
    play.world.advance(15 * DAY_S)
    found = line(play, claim, actor)
    assert found["status"] == "rechecked"
    return found["decision"], found.get("remedy", "")


def sessions(play: Scene) -> tuple[dict[str, Any], dict[str, Any]]:
    """Sheet and claim of one session of six, without approval."""
    sheet = play.issue(PHYSIOTHERAPY)
    done = {"line": 1, "outcome": "executed", "quantity": "1", "session": 1, "charged": "20.00"}
    return sheet, must(play.execute(play.hold(sheet, "physiotherapy"), done, actor="physiotherapy"))["claim"]


def ask(play: Scene, sheet: dict[str, Any], quantity: str, **said: Any) -> None:
    one = must(play.post("gp", PATH, asked(sheet, quantity=quantity)))
    play.bench("/decisions", {"approval": one["id"], "decision": "granted", **said})


def rights_closed(play: Scene) -> None:
    who = {"registration_number": "100000008", "dependant_rank": 0}
    own = {"type": "prescriber", "lines": [act("C", charged="80.00")]}
    (claim,) = play.issue(own, beneficiary=who, rights_acknowledged=True)["claims"]
    refused(play, claim, "gp", "rights-closed")
    told = play.bench("/affiliations", {"registration_number": "100000008", "regime": "tns", "start": "2026-07-01"})
    assert (told["open"], told["regime"]) == (True, "tns")
    must(contest(play, claim, "gp"))
    assert rechecked(play, claim, "gp") == ("granted", "")


def deceased(play: Scene) -> None:
    """Only outside the platform, and on another patient or another day."""
    own = {"type": "prescriber", "lines": [act("C", charged="80.00")]}
    who = {"registration_number": "100000015", "dependant_rank": 0}
    (claim,) = play.issue(own, beneficiary=who, rights_acknowledged=True)["claims"]
    refused(play, claim, "gp", "deceased")
    assert play.issue(own)["claims"][0]["decision"] == "granted"


def outside_list(play: Scene) -> None:
    syrup = {"outside_list": {"label": "Sirop local", "reason": "Aucun équivalent"}, "quantity": "1"}
    unlisted = {key: value for key, value in {**medicine(), **syrup}.items() if key != "ean13"}
    sheet = play.issue({"type": "pharmacy", "lines": [unlisted]})
    claim = must(play.execute(play.hold(sheet), delivered(quantity="1", ean13=None, charged="25.00")))["claim"]
    refused(play, claim, "pharmacy", "outside-list")
    assert listed(play)["decision"] == "granted"


def not_reimbursable(play: Scene) -> None:
    code = next(one.ean13 for one in fixtures.medicines() if not one.rate)
    sheet = play.issue({"type": "pharmacy", "lines": [medicine(code, quantity="1")]})
    claim = must(play.execute(play.hold(sheet), delivered(quantity="1", ean13=code, charged="25.00")))["claim"]
    refused(play, claim, "pharmacy", "not-reimbursable")
    assert listed(play)["decision"] == "granted"


def listed(play: Scene) -> Line:
    """An equivalent that is reimbursed, on a new prescription."""
    return dict(must(play.execute(play.hold(play.issue())))["claim"]["lines"][0])


def filed_late(play: Scene) -> None:
    claim = must(play.claim_on_paper(date_of_care="2026-09-01"))
    play.world.advance(3 * DAY_S)
    refused(play, claim, "pharmacy", "filed-late")
    must(contest(play, claim, "pharmacy", reason="Crue, route coupée"))
    assert must(decide(play, claim, "granted"))["lines"][0]["status"] == "rechecked"


def approval_missing(play: Scene) -> None:
    sheet, claim = sessions(play)
    play.world.advance(30 * DAY_S)
    refused(play, claim, "physiotherapy", "prior-approval-missing")
    ask(play, sheet, "6")
    must(contest(play, claim, "physiotherapy"))
    assert rechecked(play, claim, "physiotherapy") == ("granted", "")


def approval_refused(play: Scene, why: str = "not-justified") -> None:
    sheet, claim = sessions(play)
    words = "Bilan absent"
    ask(play, sheet, "6", decision="refused", reason=why, explanation=words)
    found = refused(play, claim, "physiotherapy", "prior-approval-refused")
    (one,) = [step["inputs"] for step in found["explanation"] if "motive" in step["inputs"]]
    (known,) = must(play.call("gp", "GET", PATH, query=f"number={sheet['number']}"))["items"]
    assert (one["approval"], one["motive"], one["words"]) == (known["id"], why, words)
    assert known["remedy"] == REMEDIES["approval-refusal", why]
    ask(play, sheet, "6")
    assert line(play, claim, "physiotherapy")["decision"] == "rejected", "a contestation asks for it"
    must(contest(play, claim, "physiotherapy"))
    assert rechecked(play, claim, "physiotherapy") == ("granted", "")


def approval_exceeded(play: Scene) -> None:
    sheet, claim = sessions(play)
    ask(play, sheet, "1")
    done = {"line": 1, "outcome": "executed", "quantity": "1", "session": 2, "charged": "20.00"}
    must(play.execute(play.hold(sheet, "physiotherapy"), done, actor="physiotherapy"))
    refused(play, claim, "physiotherapy", "prior-approval-exceeded")
    ask(play, sheet, "5")
    must(contest(play, claim, "physiotherapy"))
    assert rechecked(play, claim, "physiotherapy") == ("granted", "")


def duplicate(play: Scene) -> None:
    must(play.claim_on_paper())
    second = must(play.claim_on_paper("FSP-0002"))
    play.world.advance(60 * DAY_S)
    refused(play, second, "pharmacy", "duplicate")
    must(contest(play, second, "pharmacy", reason="Une boîte par jour, deux jours"))
    assert must(decide(play, second, "granted"))["lines"][0]["decision"] == "granted"


def ceiling_reached(play: Scene) -> None:
    def crowns(many: int, day: str) -> dict[str, Any]:
        sheet = play.issue({"type": "dental", "lines": [act("DP-COUR", str(many), tooth="26")]}, date_of_care=day)
        one = must(play.post("gp", PATH, asked(sheet, section="dental", quantity=str(many))))
        play.bench("/decisions", {"approval": one["id"], "decision": "granted"})
        done = {"line": 1, "outcome": "executed", "quantity": str(many), "charged": f"{many * 750}.00"}
        held = play.hold(sheet, "dental")
        visit = play.execute(held, done, actor="dental", performed_at=play.instant())
        return dict(must(visit)["claim"])

    crowns(6, "2026-11-23")
    refused(play, crowns(1, "2026-11-23"), "dental", "ceiling-reached")
    play.world.advance(2 * 366 * DAY_S)
    assert line(play, crowns(1, play.instant()[:10]), "dental")["decision"] == "granted"


def over_age(play: Scene) -> None:
    braces = {"type": "dental", "lines": [act("ODF-SEM")]}
    sheet = play.issue(braces, beneficiary={"registration_number": "100000014", "dependant_rank": 0})
    one = must(play.post("gp", PATH, asked(sheet, section="dental", quantity="1")))
    play.bench("/decisions", {"approval": one["id"], "decision": "granted"})
    done = {"line": 1, "outcome": "executed", "quantity": "1", "charged": "1575.00"}
    claim = must(play.execute(play.hold(sheet, "dental"), done, actor="dental"))["claim"]
    found = refused(play, claim, "dental", "over-age")
    assert found["patient_share"] == "1575.00"


def document_missing(play: Scene) -> None:
    claim = glasses(play)
    play.world.advance(30 * DAY_S)
    refused(play, claim, "devices", "document-missing")
    must(contest(play, claim))
    must(send(play, claim))
    assert rechecked(play, claim, "devices") == ("granted", "")


def reviewed(play: Scene) -> dict[str, Any]:
    """A claim that the physicians refused."""
    claim = glasses(play, "6000.00")
    must(send(play, claim))
    must(decide(play, claim, "refused"))
    refused(play, claim, "devices", "medical-refusal")
    return claim


def medical_refusal(play: Scene) -> None:
    claim = reviewed(play)
    assert send(play, claim, kind="report").slug == "document-not-asked", "nothing is contested yet"
    must(contest(play, claim))
    (touched,) = must(send(play, claim, kind="report"))["lines"]
    assert touched["status"] == "contested"
    assert send(play, claim, kind="report").slug == "document-not-asked", "once is enough"
    assert rechecked(play, claim, "devices") == ("granted", "")


def declared(play: Scene, why: str) -> Line:
    """The visit that declared that the line of the pharmacy would not be executed; it is closed."""
    sheet = play.issue()
    said = {"line": 1, "outcome": "not_executed", "reason": why}
    visit = must(play.execute(play.hold(sheet), said))
    assert visit["lines"][0]["state"] == "not_executed"
    return {"sheet": sheet, "visit": visit}


def reopened(why: str) -> Callable[[Scene], None]:
    """Withdrawn, the declaration leaves the line to another establishment, or to a later visit."""

    def remedy(play: Scene) -> None:
        done = declared(play, why)
        must(play.afterwards(done["visit"], "withdrawal"))
        held = play.hold(done["sheet"], "pharmacy")
        must(play.execute(held, {"line": 1, "outcome": "owed"}))
        assert must(play.execute(play.hold(done["sheet"])))["lines"][0]["state"] == "executed"

    return remedy


def prescribed_otherwise(why: str) -> Callable[[Scene], None]:
    def remedy(play: Scene) -> None:
        declared(play, why)
        other = play.issue({"type": "pharmacy", "lines": [medicine(AMOXIRAM_1G)]})
        must(play.execute(play.hold(other), delivered(ean13=AMOXIRAM_1G)))

    return remedy


def substituted(play: Scene) -> None:
    other = delivered(ean13=AMOXIRAM_1G, substitution={"reason": "prescriber-agreed"})
    must(play.execute(play.hold(play.issue()), other))


Remedy = Callable[[Scene], None]
PLAYED: dict[tuple[str, str], Remedy] = {
    ("refusal", "rights-closed"): rights_closed,
    ("refusal", "deceased"): deceased,
    ("refusal", "outside-list"): outside_list,
    ("refusal", "not-reimbursable"): not_reimbursable,
    ("refusal", "filed-late"): filed_late,
    ("refusal", "prior-approval-missing"): approval_missing,
    ("refusal", "prior-approval-refused"): approval_refused,
    ("refusal", "prior-approval-exceeded"): approval_exceeded,
    ("refusal", "duplicate"): duplicate,
    ("refusal", "ceiling-reached"): ceiling_reached,
    ("refusal", "over-age"): over_age,
    ("refusal", "document-missing"): document_missing,
    ("refusal", "medical-refusal"): medical_refusal,
    **{
        ("approval-refusal", why): lambda play, why=why: approval_refused(play, why)  # type: ignore[misc]
        for why in ("not-justified", "another-care-first", "incomplete-request")
    },
    **{
        ("non-execution", why): reopened(why)
        for why in (
            *("out-of-stock", "patient-refused", "substitution-refused", "doubtful-prescription", "patient-absent"),
            *("patient-not-prepared", "sample-not-conform", "equipment-unavailable", "prior-approval-missing"),
        )
    },
    ("non-execution", "contraindication"): prescribed_otherwise("contraindication"),
    ("substitution", "prescriber-agreed"): substituted,
}


def test_every_reason_has_its_remedy_played() -> None:
    assert set(PLAYED) == set(REMEDIES)


@pytest.mark.parametrize("reason", PLAYED, ids="/".join)
def test_the_remedy_leads_where_it_says(play: Scene, reason: tuple[str, str]) -> None:
    PLAYED[reason](play)


def test_after_a_recheck_that_upholds_it_the_remedy_is_another(play: Scene) -> None:
    claim = reviewed(play)
    must(contest(play, claim))
    assert rechecked(play, claim, "devices") == ("rejected", UPHELD["medical-refusal"])
    assert contest(play, claim).slug == "already-contested"


def test_no_remedy_of_a_line_that_was_rechecked_says_to_contest() -> None:
    said = {code: UPHELD.get(code, REMEDIES["refusal", code]) for family, code in REMEDIES if family == "refusal"}
    assert [code for code, words in said.items() if "contester" in words] == []


def test_an_affiliation_registered_late(play: Scene) -> None:
    """From its first day to its last; what a death closes stays closed."""
    more = {"registration_number": "100000008", "regime": "salaried", "start": "2026-07-01", "end": "2026-12-31"}
    play.bench("/affiliations", more)
    dead = play.bench("/affiliations", {**more, "registration_number": "100000015", "start": "2026-11-01"})
    assert dead["open"] is False and "Décès" in dead["why"]
    told = must(rights(play, "2026-12-31"))
    assert (told["open"], told["open_until"]) == (True, "2026-12-31")
    assert must(rights(play, "2027-01-01"))["open"] is False


def rights(play: Scene, day: str) -> Reply:
    who = {"registration_number": "100000008", "dependant_rank": 0}
    return play.call("gp", "POST", "/v1/rights-checks", {"beneficiary": who, "date_of_care": day})
