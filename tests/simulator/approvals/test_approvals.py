"""From the request to the decision, over HTTP: who may ask and read, what is refused, what the clock decides."""

from __future__ import annotations

from typing import Any, get_args

import pytest

import fixtures
from simulator.approvals import decisions
from simulator.approvals.model import ApprovalStatus, Role, Step
from simulator.approvals.schemas import RefusalReason
from simulator.reference import words
from tests.simulator.catalogue.approvals import PATH, asked, pending
from tests.simulator.catalogue.scene import BIOLOGY, DAY_S, PHYSIOTHERAPY, Scene, act, must
from tests.simulator.lifecycle.door import TOKEN, Reply

CASES = {"type": "imaging", "lines": [act("Z-RX1"), act("Z-IRM")]}


def read(play: Scene, one: dict[str, Any], actor: str = "gp") -> dict[str, Any]:
    return dict(must(play.call(actor, "GET", f"{PATH}/{one['id']}")))


def decide(play: Scene, one: dict[str, Any], decision: str, **more: Any) -> dict[str, Any]:
    return dict(play.bench("/decisions", {"approval": one["id"], "decision": decision, **more}))


def try_deciding(play: Scene, body: dict[str, Any]) -> Reply:
    """What the bench answers."""
    url = f"/bench/v1/worlds/{play.world.id}/decisions"
    return play.door("POST", url, headers={"authorization": f"Bearer {TOKEN}"}, body=body)


def told(play: Scene) -> list[dict[str, Any]]:
    found = must(play.call("software", "GET", "/v1/events"))["items"]
    return [event["data"] for event in found if event["type"] == "prior-approval.decided"]


def trail(play: Scene, number: str) -> list[str]:
    page = play.door.bench("GET", f"/worlds/{play.world.id}/audit", query=f"subject={number}")
    return [entry["event"] for entry in page["entries"] if entry["event"].startswith("prior-approval")]


def test_issuance_says_what_to_do_next(play: Scene) -> None:
    sheet = play.issue(PHYSIOTHERAPY)
    (warning,) = [one for one in sheet["warnings"] if one["code"] == "prior-approval-needed"]
    assert "le demander" in warning["message"] and "rien n'est payé" in warning["message"]
    own = play.issue({"type": "prescriber", "lines": [act("KE-EFFORT", charged="300.00")]}, actor="specialist")
    assert [one["code"] for one in own["warnings"]] == ["prior-approval-needed"]


def test_the_author_asks_and_reads(play: Scene) -> None:
    sheet = play.issue(PHYSIOTHERAPY)
    reply = play.post("gp", PATH, asked(sheet))
    one = must(reply)
    assert (reply.status, reply.headers["location"]) == (201, f"{play.world.issuer}{PATH}/{one['id']}")
    assert one["status"] == "requested" and one["due_at"] == "2026-11-26T09:00:00Z" and one["quantity"] == "6"
    assert one["asked_by"]["inpe"] == "100000011" and one["label"] == "Séance de kinésithérapie"
    assert read(play, one) == one
    state = play.door.bench("GET", f"/worlds/{play.world.id}/state", query=f"number={sheet['number']}")
    assert state["care_sheets"][0]["prior_approvals"] == [one]
    assert must(play.call("gp", "GET", PATH, query=f"number={sheet['number']}"))["items"] == [one]
    assert trail(play, sheet["number"]) == ["prior-approval-requested", "prior-approval-read", "prior-approvals-listed"]


def test_an_executor_asks_once_he_has_held_the_section(play: Scene) -> None:
    sheet = play.issue(PHYSIOTHERAPY)
    body = asked(sheet)
    assert play.post("physiotherapy", PATH, body).slug == "not-found"
    must(play.resolve(sheet, "physiotherapy"))
    assert play.post("physiotherapy", PATH, body).slug == "not-found", "reading without holding leaves no mark"
    play.hold(sheet, "physiotherapy")
    one = must(play.post("physiotherapy", PATH, body))
    assert one["asked_by"]["establishment"]["id"] == "KIN-KEN-01"
    assert read(play, one, "physiotherapy") == read(play, one, "gp") == read(play, one, "patient:salaried")
    for other in ("physiotherapy-b", "specialist", "pharmacy", "patient:tns"):
        assert play.call(other, "GET", f"{PATH}/{one['id']}").slug == "not-found"
        assert play.call(other, "GET", PATH, query=f"number={sheet['number']}").slug == "not-found"


def test_an_executor_sees_the_requests_of_his_own_section(play: Scene) -> None:
    sheet = play.issue(PHYSIOTHERAPY, CASES)
    ours = must(play.post("gp", PATH, asked(sheet)))
    image = must(play.post("gp", PATH, asked(sheet, section="imaging", line=2, quantity="1")))
    play.hold(sheet, "physiotherapy")
    query = f"number={sheet['number']}"
    assert [one["id"] for one in must(play.call("physiotherapy", "GET", PATH, query=query))["items"]] == [ours["id"]]
    seen = [one["id"] for one in must(play.call("gp", "GET", PATH, query=query))["items"]]
    assert seen == [image["id"], ours["id"]], "by section"
    assert play.call("physiotherapy", "GET", f"{PATH}/{image['id']}").slug == "not-found"
    first = must(play.call("gp", "GET", PATH, query=f"{query}&limit=1"))
    rest = must(play.call("gp", "GET", PATH, query=f"{query}&limit=1&cursor={first['next_cursor']}"))
    assert [one["id"] for one in (*first["items"], *rest["items"])] == seen and "next_cursor" not in rest
    for wrong in ("", "number=12", f"{query}&cursor=apr-x", f"{query}&limit=0"):
        assert play.call("gp", "GET", PATH, query=wrong).slug == "invalid-payload"


def test_what_is_asked_must_need_it_and_be_prescribed(play: Scene) -> None:
    sheet = play.issue(PHYSIOTHERAPY, CASES, BIOLOGY)
    image = {"section": "imaging", "quantity": "1"}
    for changes, slug, code in (
        ({**image, "line": 1}, "approval-not-needed", "approval-not-needed"),
        ({**image, "line": 3}, "line-unknown", "line-unknown"),
        ({"quantity": "7"}, "invalid-payload", "over-ordered"),
        ({"quantity": "0.5"}, "invalid-payload", "whole-sessions"),
    ):
        reply = play.post("gp", PATH, asked(sheet, **changes))
        assert (reply.slug, reply.json()["errors"][0]["code"]) == (slug, code)
    assert play.post("gp", PATH, asked(sheet, section="dental")).slug == "not-found", "no such section there"
    assert play.post("gp", PATH, asked({"number": "2699999999999928"})).slug == "not-found"
    assert play.post("gp", PATH, {**asked(sheet), "motive": "  "}).slug == "invalid-payload"
    assert play.post("patient:salaried", PATH, asked(sheet)).slug == "insufficient-scope"


def test_a_line_that_is_over_is_not_asked_for(play: Scene) -> None:
    sheet = play.issue(PHYSIOTHERAPY)
    must(play.about(sheet, "cancellation"))
    reply = play.post("gp", PATH, asked(sheet))
    assert (reply.slug, reply.json()["current_state"]) == ("line-terminal", "cancelled")
    old = play.issue(PHYSIOTHERAPY)
    play.world.advance(91 * DAY_S)
    reply = play.post("gp", PATH, asked(old))
    assert (reply.slug, reply.json()["current_state"]) == ("line-terminal", "expired")


def test_what_was_executed_may_still_be_asked_for(play: Scene) -> None:
    sheet = play.issue({**PHYSIOTHERAPY, "lines": [act("AMM-REEDUC", "1")]})
    done = {"line": 1, "outcome": "executed", "quantity": "1", "session": 1, "charged": "80.00"}
    must(play.execute(play.hold(sheet, "physiotherapy"), done, actor="physiotherapy"))
    assert must(play.post("physiotherapy", PATH, asked(sheet, quantity="1")))["status"] == "requested"


def test_what_was_begun_may_still_be_asked_for_once_the_rest_is_over(play: Scene) -> None:
    sheet = play.issue(PHYSIOTHERAPY)
    done = {"line": 1, "outcome": "executed", "quantity": "2", "session": 1, "charged": "160.00"}
    must(play.execute(play.hold(sheet, "physiotherapy"), done, actor="physiotherapy"))
    play.world.advance(91 * DAY_S)
    assert must(play.call("gp", "GET", f"/v1/care-sheets/{sheet['number']}"))["status"] == "partly_executed"
    assert must(play.post("physiotherapy", PATH, asked(sheet, quantity="2")))["status"] == "requested"


def test_the_clock_grants_at_the_end_of_the_delay(play: Scene) -> None:
    sheet = play.issue(PHYSIOTHERAPY)
    one = must(play.post("gp", PATH, asked(sheet)))
    play.world.advance(3 * DAY_S - 1)
    assert read(play, one)["status"] == "requested" and not told(play)
    play.world.advance(1)
    after = read(play, one)
    assert (after["status"], after["granted_quantity"], after["closed_at"]) == ("granted", "6", one["due_at"])
    assert after["valid_until"] == "2027-01-25" and "due_at" not in after
    assert told(play) == [{"number": sheet["number"], "section": "physiotherapy", "approval": one["id"]}]


def test_what_came_due_long_ago_was_decided_then(play: Scene) -> None:
    sheet = play.issue(PHYSIOTHERAPY, CASES)
    one = must(play.post("gp", PATH, asked(sheet)))
    two = must(play.post("gp", PATH, asked(sheet, section="imaging", line=2, quantity="1")))
    play.world.advance(40 * DAY_S)
    assert [read(play, each)["closed_at"] for each in (one, two)] == [one["due_at"]] * 2
    assert trail(play, sheet["number"]).count("prior-approval-granted") == 2


def test_an_approval_expires_by_reading(play: Scene) -> None:
    one = pending(play)
    assert decide(play, one, "granted")["valid_until"] == "2027-01-22"
    play.world.advance(60 * DAY_S)
    assert read(play, one)["status"] == "granted"
    play.world.advance(DAY_S)
    assert read(play, one)["status"] == "expired"


def test_the_bench_grants_less_and_the_rest_may_be_asked(play: Scene) -> None:
    sheet = play.issue(PHYSIOTHERAPY)
    one = must(play.post("gp", PATH, asked(sheet)))
    after = decide(play, one, "granted", quantity="4")
    assert (after["status"], after["granted_quantity"]) == ("granted", "4")
    assert play.post("gp", PATH, asked(sheet, quantity="3")).slug == "approval-live"
    assert must(play.post("gp", PATH, asked(sheet, quantity="2")))["status"] == "requested"


def test_the_bench_refuses_with_a_reason_and_its_remedy(play: Scene) -> None:
    sheet = play.issue(PHYSIOTHERAPY)
    one = must(play.post("gp", PATH, asked(sheet)))
    after = decide(play, one, "refused", reason="not-justified", explanation="Bilan absent")
    remedy = next(reason.remedy_fr for reason in fixtures.reasons() if reason.code == "not-justified")
    assert (after["status"], after["explanation"], after["remedy"]) == ("refused", "Bilan absent", remedy)
    assert read(play, one) == after and len(told(play)) == 1
    play.world.advance(4 * DAY_S)
    assert read(play, one) == after, "the clock decides only what waits"
    assert must(play.post("gp", PATH, asked(sheet)))["id"] != one["id"]


@pytest.mark.parametrize(
    ("body", "slug"),
    [
        ({"decision": "granted", "reason": "not-justified"}, "invalid-payload"),
        ({"decision": "refused"}, "invalid-payload"),
        ({"decision": "refused", "reason": "not-justified", "quantity": "1"}, "invalid-payload"),
        ({"decision": "refused", "reason": "pas-un-motif"}, "invalid-payload"),
        ({"decision": "granted", "quantity": "7"}, "invalid-payload"),
        ({"decision": "granted", "approval": "apr-aaaaaaaaaaaaaaaa"}, "not-found"),
    ],
)
def test_the_bench_is_judged_too(play: Scene, body: dict[str, Any], slug: str) -> None:
    one = pending(play)
    assert try_deciding(play, {"approval": one["id"], **body}).slug == slug
    assert read(play, one) == one


def test_decided_once(play: Scene) -> None:
    one = pending(play)
    decide(play, one, "granted")
    reply = try_deciding(play, {"approval": one["id"], "decision": "refused", "reason": "not-justified"})
    assert (reply.slug, reply.json()["current_state"]) == ("approval-closed", "granted")


def test_the_asker_withdraws_and_nobody_else(play: Scene) -> None:
    sheet = play.issue(PHYSIOTHERAPY)
    play.hold(sheet, "physiotherapy")
    one = must(play.post("physiotherapy", PATH, asked(sheet)))
    where = f"{PATH}/{one['id']}/cancellation"
    assert play.call("gp", "POST", where).slug == "not-found"
    assert play.call("physiotherapy-b", "POST", where).slug == "not-found"
    assert must(play.call("physiotherapy", "POST", where))["status"] == "cancelled"
    assert play.call("physiotherapy", "POST", where).slug == "approval-closed"
    play.world.advance(4 * DAY_S)
    assert read(play, one)["status"] == "cancelled" and not told(play)
    assert must(play.post("gp", PATH, asked(sheet)))["status"] == "requested"


def test_two_at_once_for_the_same_line(play: Scene) -> None:
    """Author and executor, at the same instant: one request, the other hears which."""
    for _ in range(10):
        sheet = play.issue(PHYSIOTHERAPY)
        play.hold(sheet, "physiotherapy")
        calls = []
        for actor in ("gp", "physiotherapy"):
            bearer = {"authorization": f"Bearer {play.world.bearer(actor, 'essai')}", **play.key()}
            calls.append(("POST", f"{play.world.path}{PATH}", {"headers": bearer, "body": asked(sheet)}))
        replies = play.door.together(*calls)
        assert sorted(reply.status for reply in replies) == [201, 409]
        won, lost = sorted(replies, key=lambda reply: reply.status)
        assert (lost.slug, lost.json()["approval"]) == ("approval-live", won.json()["id"])


def test_the_same_key_asks_once(play: Scene) -> None:
    sheet = play.issue(PHYSIOTHERAPY)
    first = play.post("gp", PATH, asked(sheet), idempotency_key="une")
    again = play.post("gp", PATH, asked(sheet), idempotency_key="une")
    assert first.body == again.body and again.headers["idempotent-replayed"] == "true"


def test_who_waits_for_a_decision_is_told_in_its_transaction(play: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[tuple[str, str]] = []
    listener = lambda tx, world, one, at: heard.append((one.id, one.status))  # noqa: E731
    monkeypatch.setattr(decisions, "on_closed", [*decisions.on_closed, listener])
    one, two = pending(play), pending(play)
    decide(play, one, "refused", reason="incomplete-request")
    must(play.call("gp", "POST", f"{PATH}/{two['id']}/cancellation"))
    assert heard == [(one["id"], "refused"), (two["id"], "cancelled")]


def test_the_patient_reads_who_asked_and_what_was_decided(play: Scene) -> None:
    one = pending(play)
    decide(play, one, "granted")
    page = must(play.call("patient:salaried", "GET", "/v1/me/accesses"))["items"]
    said = [item["sentence"].partition(", ")[2] for item in page if item["what"].startswith("prior-approval")]
    assert said[0].startswith("la CNSS a donné son accord préalable pour la section kinésithérapie de votre feuille")
    assert said[1].startswith("le cabinet Bennani (Dr Salma Bennani) a demandé un accord préalable pour")


def test_every_word_of_the_table_is_french_on_the_page() -> None:
    said = {*ApprovalStatus, *Step, *Role}
    assert said == set(words.APPROVALS)


def test_reasons_of_the_contract_are_those_of_the_nomenclature(play: Scene) -> None:
    listed = must(play.call("gp", "GET", "/v1/nomenclature/reasons", query="family=approval-refusal"))["items"]
    assert {item["code"] for item in listed} == set(get_args(RefusalReason))
