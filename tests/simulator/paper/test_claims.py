"""A claim that comes on paper: the same arithmetic, later; and never two reimbursements, whatever the order."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.catalogue.scene import (
    AMOXIRAM,
    AMOXIRAM_1G,
    DAY_S,
    PHARMACY,
    Scene,
    act,
    delivered,
    medicine,
    must,
)
from tests.simulator.lifecycle.door import Door, Reply

BOXES = {"ean13": AMOXIRAM, "quantity": "2", "charged": "84.60"}
TWO = {"type": "pharmacy", "lines": [medicine(), medicine(AMOXIRAM_1G)]}


def code(reply: Reply) -> tuple[int, str | None]:
    return reply.status, reply.slug


def of(sheet: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"care_sheet": {"number": sheet["number"], **more}}


def read(play: Scene, claim: str, actor: str = "pharmacy") -> dict[str, Any]:
    return dict(must(play.call(actor, "GET", f"/v1/claims/{claim}")))


def standing(play: Scene, claim: str) -> list[tuple[str, str]]:
    return [(line["status"], line["decision"]) for line in read(play, claim)["lines"]]


def holds(play: Scene, claim: str, actor: str = "pharmacy") -> list[str | None]:
    """For each line, the claim that it looks like, or None."""
    return [line.get("hold", {}).get("asks") for line in read(play, claim, actor)["lines"]]


def test_it_is_worth_what_it_would_be_electronically_and_checked_later(door: Door) -> None:
    play = Scene(door)
    made = must(play.claim_on_paper())
    assert (made["check_on"], made["warnings"]) == ("2026-11-26", [])
    claim = made["claim"]
    assert (claim["origin"], claim["reference"], claim["status"]) == ("paper", "FSP-0001", "received")
    assert "decision" not in claim and "number" not in claim
    other = Scene(door)
    done = must(other.execute(other.hold(other.issue())))
    assert claim["totals"] == done["claim"]["totals"]
    play.world.advance(3 * DAY_S - 9 * 3600 - 3601)
    assert standing(play, claim["id"]) == [("received", "pending")]
    play.world.advance(3 * 3600)
    assert standing(play, claim["id"]) == [("adjudicated", "granted")]
    play.world.advance(9 * DAY_S)
    assert standing(play, claim["id"]) == [("paid", "granted")]


@pytest.mark.parametrize(("day", "ended", "reason"), [
    ("2026-09-24", None, None),
    ("2026-09-23", None, "filed-late"),
    ("2026-06-01", "2026-09-24", None),
    ("2026-06-01", "2026-09-23", "filed-late"),
])  # fmt: skip
def test_it_is_filed_in_its_delay(door: Door, day: str, ended: str | None, reason: str | None) -> None:
    changes = {"treatment_ended_on": ended} if ended else {}
    (line,) = must(Scene(door).claim_on_paper(date_of_care=day, **changes))["claim"]["lines"]
    assert line.get("reason") == reason


def test_a_paper_serves_once(door: Door) -> None:
    play = Scene(door)
    must(play.claim_on_paper("PAP-1"))
    assert code(play.claim_on_paper("PAP-1", actor="pharmacy-b")) == (409, "paper-reference-used")
    assert code(play.transcribe("PAP-1")) == (409, "paper-reference-used")
    assert code(play.paper(play.hold(play.issue()), "PAP-1")) == (409, "paper-reference-used")


def test_a_line_executed_electronically_is_not_claimed_on_paper(door: Door) -> None:
    play = Scene(door)
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


def test_what_is_still_open_moves_with_the_claim(door: Door) -> None:
    play = Scene(door)
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


def test_the_other_line_of_the_same_sheet_is_no_duplicate_of_the_paper(door: Door) -> None:
    play = Scene(door)
    sheet = play.issue({"type": "pharmacy", "lines": [medicine(), medicine()]})
    held = play.hold(sheet)
    must(play.claim_on_paper("PAP-1", {**BOXES, "line": 1}, **of(sheet)))
    done = must(play.execute({**held, "revision": held["revision"] + 1}, delivered(2)))
    assert holds(play, done["claim"]["id"]) == [None]
    other = must(play.execute(play.hold(play.issue())))
    assert holds(play, other["claim"]["id"]) != [None], "of another sheet, it is one"


def test_another_s_hold_comes_first(door: Door) -> None:
    play = Scene(door)
    sheet = play.issue()
    must(play.call("pharmacy", "DELETE", play.at(play.hold(sheet), "lease")))
    play.hold(sheet, "pharmacy-b")
    assert code(play.claim_on_paper("PAP-1", {**BOXES, "line": 1}, **of(sheet))) == (423, "section-held")
    agent = {"actor": "agent", "establishment": "PHA-KEN-01", **of(sheet)}
    assert code(play.claim_on_paper("PAP-1", {**BOXES, "line": 1}, **agent)) == (423, "section-held")
    must(play.claim_on_paper("PAP-1", {**BOXES, "line": 1}, **{**agent, "establishment": "PHA-KEN-02"}))


def test_a_number_alone_opens_nothing(door: Door) -> None:
    play = Scene(door)
    sheet = play.issue()
    line = {**BOXES, "line": 1}
    assert code(play.claim_on_paper("PAP-1", line, **of(sheet))) == (404, "not-found")
    assert code(play.claim_on_paper("PAP-1", line, **of(sheet, backup_code="0000-0000-0"))) == (
        403,
        "wrong-backup-code",
    )
    must(play.claim_on_paper("PAP-1", line, **of(sheet, backup_code=sheet["backup_code"])))


def test_what_fell_back_is_claimed_by_its_own_paper_alone_and_once(door: Door) -> None:
    play = Scene(door)
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


def test_paper_after_digital_is_held(door: Door) -> None:
    play = Scene(door)
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


def test_digital_after_paper_is_held(door: Door) -> None:
    play = Scene(door)
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


def test_the_same_paper_twice_is_held(door: Door) -> None:
    play = Scene(door)
    first, second = must(play.claim_on_paper("PAP-1")), must(play.claim_on_paper("PAP-2"))
    assert holds(play, second["id"]) == [first["id"]] and holds(play, first["id"]) == [None]
    play.world.advance(4 * DAY_S)
    assert standing(play, first["id"]) == [("adjudicated", "granted")]
    assert standing(play, second["id"]) == [("medical_review", "pending")]


@pytest.mark.parametrize("named", [False, True])
def test_the_same_care_twice_on_one_paper_is_held(door: Door, named: bool) -> None:
    """Two lines of one sheet are two cares; else the second is the first once more."""
    play = Scene(door)
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


def test_two_lines_of_one_sheet_on_one_paper_are_not_compared(door: Door) -> None:
    play = Scene(door)
    sheet = play.issue({"type": "pharmacy", "lines": [medicine(), medicine()]})
    play.hold(sheet)
    made = must(play.claim_on_paper("PAP-1", {**BOXES, "line": 1}, {**BOXES, "line": 2}, **of(sheet)))
    assert made["warnings"] == [] and holds(play, made["id"]) == [None, None]


GLASS = {"act_code": "DM-VERRE", "quantity": "1"}


def test_of_two_alike_the_second_waits_until_the_first_is_decided(door: Door) -> None:
    """The paper waits for its invoice beyond the month: while it may be paid, its twin is not refused for it."""
    play = Scene(door)
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
    {"date_of_care": "2026-11-22"},
    {"beneficiary": {"registration_number": "100000001", "dependant_rank": 1}},
    {"actor": "pharmacy-b"},
])  # fmt: skip
def test_other_care_is_not_held(door: Door, changes: dict[str, Any]) -> None:
    play = Scene(door)
    must(play.execute(play.hold(play.issue())))
    assert must(play.claim_on_paper(**changes))["warnings"] == []


def test_another_product_is_not_held(door: Door) -> None:
    play = Scene(door)
    must(play.execute(play.hold(play.issue())))
    assert must(play.claim_on_paper("PAP-1", {**BOXES, "ean13": AMOXIRAM_1G}))["warnings"] == []


def test_the_prescriber_s_own_acts_are_compared_too(door: Door) -> None:
    play = Scene(door)
    made = must(play.claim_on_paper("PAP-1", act("C", charged="150.00"), actor="agent", establishment="CAB-KEN-01",
                                    section="prescriber"))  # fmt: skip
    (own,) = play.issue()["claims"]
    assert holds(play, own["id"], "gp") == [made["id"]]


def test_another_s_paper_is_not_named_by_a_day_before_its_sheet(door: Door) -> None:
    play = Scene(door)
    sheet = play.issue()
    proof = of(sheet, backup_code=sheet["backup_code"])
    refused = play.claim_on_paper("PAP-1", {**BOXES, "line": 1}, date_of_care="2026-11-22", **proof)
    assert [one["pointer"] for one in refused.json()["errors"]] == ["/date_of_care"]
    other = play.claim_on_paper("PAP-1", {**BOXES, "line": 1}, **proof,
                                beneficiary={"registration_number": "100000001", "dependant_rank": 1})  # fmt: skip
    assert [one["code"] for one in other.json()["errors"]] == ["other-beneficiary"]


def test_the_software_that_registered_it_hears_of_it(door: Door) -> None:
    play = Scene(door)
    made = must(play.claim_on_paper())
    play.world.advance(30 * DAY_S)
    told = must(play.call("software", "GET", "/v1/events"))["items"]
    assert [(one["type"], one["data"]["claim"]) for one in told] == [
        ("claim.decided", made["id"]),
        ("claim.paid", made["id"]),
    ]
    state = door.bench("GET", f"/worlds/{play.world.id}/state")
    assert [one["id"] for one in state["paper_claims"]] == [made["id"]]


def test_a_month_of_care_on_one_paper(door: Door) -> None:
    """Each day is decided as a visit of that day: rights, tariffs and ceilings are those of the day."""
    lines = [act("AMM-REEDUC", charged="80.00", date_of_care=f"2026-11-{day:02}") for day in (3, 10, 17)]
    made = must(Scene(door).claim_on_paper("PAP-1", *lines, actor="physiotherapy", section="physiotherapy",
                                           date_of_care="2026-11-03", treatment_ended_on="2026-11-17"))  # fmt: skip
    assert [line["date_of_care"] for line in made["claim"]["lines"]] == ["2026-11-03", "2026-11-10", "2026-11-17"]
    assert len({line["execution"] for line in made["claim"]["lines"]}) == 3


def test_what_was_withdrawn_holds_nothing(door: Door) -> None:
    play = Scene(door)
    done = must(play.execute(play.hold(play.issue())))
    made = must(play.claim_on_paper())
    must(play.afterwards(done, "withdrawal"))
    play.world.advance(4 * DAY_S)
    assert standing(play, made["id"]) == [("adjudicated", "granted")]


def test_a_hold_that_has_lost_its_reason_ends_in_a_payment(door: Door) -> None:
    play = Scene(door)
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


@pytest.mark.parametrize(
    ("changes", "pointer", "error"),
    [
        ({"date_of_care": "2026-11-24"}, "/date_of_care", "future-date"),
        ({"treatment_ended_on": "2026-11-22"}, "/treatment_ended_on", "impossible-date"),
        ({"lines": [{**BOXES, "date_of_care": "2026-11-22"}]}, "/lines/0/date_of_care", "impossible-date"),
        ({"lines": [{**BOXES, "line": 1}]}, "/care_sheet", "missing"),
        ({"establishment": "PHA-KEN-02"}, "/establishment", "other-establishment"),
        ({"actor": "agent"}, "/establishment", "unknown-establishment"),
        ({"actor": "agent", "establishment": "LAB-KEN-01"}, "/section", "other-profession"),
        ({"actor": "biology", "section": "biology", "lines": [act("Z-RX1", charged="10.00")]},
         "/lines/0/act_code", "wrong-section"),
    ],
)  # fmt: skip
def test_what_cannot_be(door: Door, changes: dict[str, Any], pointer: str, error: str) -> None:
    lines = changes.pop("lines", [])
    refused = Scene(door).claim_on_paper("PAP-1", *lines, **changes)
    assert refused.slug == "invalid-payload", refused.body.decode()
    assert [(one["pointer"], one["code"]) for one in refused.json()["errors"]] == [(pointer, error)]


def test_an_agent_keys_the_paper_of_a_prescriber_and_is_not_told_what_it_is_worth(door: Door) -> None:
    play = Scene(door)
    made = must(play.claim_on_paper("PAP-1", act("C", charged="150.00"), actor="agent", establishment="CAB-KEN-01",
                                    section="prescriber"))  # fmt: skip
    assert "claim" not in made
    assert read(play, made["id"], "gp")["totals"]["cnss_share"] == "56.00"
    assert code(play.call("agent", "GET", f"/v1/claims/{made['id']}")) == (403, "insufficient-scope")


def test_its_patient_reads_it_and_who_registered_it(door: Door) -> None:
    play = Scene(door)
    made = must(play.claim_on_paper())
    mine = must(play.call("patient:salaried", "GET", "/v1/me/claims"))["items"]
    assert [one["id"] for one in mine] == [made["id"]]
    assert must(play.call("patient:salaried", "GET", f"/v1/claims/{made['id']}"))["reference"] == "FSP-0001"
    assert code(play.call("patient:tns", "GET", f"/v1/claims/{made['id']}")) == (404, "not-found")
    told = [one["sentence"] for one in must(play.call("patient:salaried", "GET", "/v1/me/accesses"))["items"]]
    assert any("a enregistré une demande de remboursement sur papier en votre nom" in one for one in told)


def test_another_pharmacy_does_not_read_it(door: Door) -> None:
    play = Scene(door)
    made = must(play.claim_on_paper())
    assert code(play.call("pharmacy-b", "GET", f"/v1/claims/{made['id']}")) == (404, "not-found")
    assert [one["id"] for one in must(play.call("pharmacy", "GET", "/v1/claims"))["items"]] == [made["id"]]


def test_nothing_stays_of_a_refused_claim(door: Door) -> None:
    play = Scene(door)
    sheet = play.issue(PHARMACY)
    play.hold(sheet)
    refused = play.claim_on_paper("PAP-1", {**BOXES, "line": 1}, {**BOXES, "line": 9}, **of(sheet))
    assert code(refused) == (422, "line-unknown")
    assert refused.json()["errors"][0]["pointer"].startswith("/lines/1")
    assert must(play.resolve(sheet))["section"]["lines"][0]["state"] == "open"
    must(play.claim_on_paper("PAP-1", {**BOXES, "line": 1}, **of(sheet)))
