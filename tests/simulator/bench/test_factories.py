"""Every state of the table is reached as said, by the operations of its people; what it hands over lets one go on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from simulator.care_sheets.states import LineState
from simulator.claims.states import LineStatus
from simulator.factories import service
from simulator.factories.model import states
from simulator.kit.clock import WorldClock, real_now, to_text
from tests.simulator.catalogue.scene import BIOLOGY, DAY_S, NOW, PHARMACY, PRESCRIBER, Scene, delivered, medicine, must
from tests.simulator.lifecycle.door import TOKEN, Reply

STATES = states()


def asked(play: Scene, **body: Any) -> Reply:
    headers = {"authorization": f"Bearer {TOKEN}"}
    return play.door("POST", f"/bench/v1/worlds/{play.world.id}/sheets", headers=headers, body=body)


def made(play: Scene, state: str = "issued", **body: Any) -> dict[str, Any]:
    answer = asked(play, state=state, client="essai", **body)
    assert answer.status == 201, answer.body
    return dict(answer.json())


def with_token(
    play: Scene, sheet: dict[str, Any], who: str, method: str, path: str, body: Any = None, **more: str
) -> Reply:
    headers = {"authorization": f"Bearer {sheet['tokens'][who]}", **more}
    return play.call("anonymous", method, path, body, headers=headers)


def others(sheet: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in sheet["care_sheet"]["sections"] if one["type"] != "prescriber"]


def everything(play: Scene) -> Any:
    where = f"/worlds/{play.world.id}"
    return play.door.bench("GET", f"{where}/state"), play.door.bench("GET", f"{where}/audit/verification")["head"]


@pytest.mark.parametrize("name", STATES)
def test_a_state_is_what_the_table_says_of_it(play: Scene, name: str) -> None:
    state, sheet = STATES[name], made(play, name, may_advance=True)
    found = sheet["care_sheet"]
    assert (sheet["state"], found["status"]) == (name, state.sheet)
    assert {line["state"] for section in others(sheet) for line in section["lines"]} == {state.line}
    claims = [claim["status"] for claim in found["claims"] if claim["section"] != "prescriber"]
    assert claims == ([] if state.claim is None else [state.claim])
    assert bool(sheet["advanced_s"]) is bool(state.until)
    assert bool(others(sheet)[0]["lease"]) is (name in ("held", "cancellation-requested"))
    assert found == play.world.state(sheet["number"]) | {"sections": found["sections"]}
    must(with_token(play, sheet, "prescriber", "GET", f"/v1/care-sheets/{sheet['number']}"))
    must(with_token(play, sheet, "patient", "GET", f"/v1/care-sheets/{sheet['number']}"))


def test_all_together_reach_every_state_of_the_two_tables() -> None:
    assert {state.line for state in STATES.values()} == {state.value for state in LineState}
    passed_through = {LineStatus.RECEIVED, LineStatus.CHECKED}  # within the transaction of the visit
    statuses = {status.value for status in set(LineStatus) - passed_through}
    assert {state.claim for state in STATES.values() if state.claim} - {"withdrawn"} == statuses


@pytest.mark.parametrize("name", [name for name, state in STATES.items() if state.until])
def test_the_clock_never_moves_unless_asked(play: Scene, name: str) -> None:
    before = everything(play)
    assert asked(play, state=name).slug == "clock-must-advance"
    assert everything(play) == before and play.instant() == NOW
    assert made(play, name, may_advance=True)["now"] == play.instant() > NOW


def test_what_is_handed_over_lets_each_go_on(play: Scene) -> None:
    sheet = made(play, "held")
    held = others(sheet)[0]
    lease = {"if-match": held["etag"], "fse-lease": held["lease"]["id"], **play.key()}
    path = f"/v1/care-sheets/{sheet['number']}/sections/pharmacy/executions"
    done = must(
        with_token(play, sheet, "pharmacy", "POST", path, {"performed_at": NOW, "lines": [delivered()]}, **lease)
    )
    assert done["status"] == "executed"
    told = must(with_token(play, sheet, "software", "GET", "/v1/events"))["items"]
    assert [event["type"] for event in told if event["data"].get("number") == sheet["number"]] == [
        "care-sheet.executed"
    ]

    sheet = made(play)
    assert must(play.resolve({"qr": {"payload": sheet["scan"]}}))["number"] == sheet["number"]
    typed = {"number": sheet["number"], "backup_code": sheet["backup_code"]}
    assert must(play.call("pharmacy", "POST", "/v1/resolutions", typed))["number"] == sheet["number"]
    where, headers = f"/v1/care-sheets/{sheet['number']}/cancellation", {"if-match": sheet["etag"], **play.key()}
    assert (
        must(with_token(play, sheet, "prescriber", "POST", where, {"reason": "Erreur"}, **headers))["status"]
        == "cancelled"
    )


def test_a_sheet_is_of_whom_and_for_what_is_asked(play: Scene) -> None:
    three = [PRESCRIBER, PHARMACY, BIOLOGY]
    sheet = made(play, "executed", prescriber="specialist", patient="100000009/0", sections=three)["care_sheet"]
    assert (sheet["author"], sheet["beneficiary"]["registration_number"]) == ("100000029", "100000009")
    assert {claim["section"] for claim in sheet["claims"]} == {"prescriber", "pharmacy", "biology"}
    half = [{"type": "pharmacy", "lines": [medicine(quantity="1"), medicine("6118999000025", quantity="3")]}]
    lines = made(play, "partially-executed", sections=half)["care_sheet"]["sections"][0]["lines"]
    assert [(line["state"], line["remaining"]) for line in lines] == [("open", "1"), ("partial", "2")]
    lines = made(play, "owed", sections=half)["care_sheet"]["sections"][0]["lines"]
    assert [(line["state"], line["remaining"]) for line in lines] == [("owed", "1"), ("owed", "2")]


def test_the_counter_never_hands_over_what_is_out_of_stock(play: Scene) -> None:
    lines = [medicine(), medicine("6118999000841"), medicine("6118999000049")]
    sheet = made(play, "executed", sections=[{"type": "pharmacy", "lines": lines}])["care_sheet"]
    assert [line["state"] for line in sheet["sections"][0]["lines"]] == ["executed", "not_executed", "not_executed"]
    said = [line.get("reason") for line in sheet["executions"][0]["lines"]]
    assert said == [None, "out-of-stock", "substitution-refused"]


@pytest.mark.parametrize(
    ("body", "slug"),
    [
        ({"state": "surprise"}, "invalid-payload"),
        ({"sections": [{"type": "pharmacy", "lines": [{"ean13": 7}]}]}, "invalid-payload"),
        ({"prescriber": "pharmacy"}, "invalid-payload"),
        ({"patient": "gp"}, "invalid-payload"),
        ({"patient": "nobody"}, "not-found"),
        ({"client": "inconnu"}, "not-found"),
        ({"patient": "rights-closed"}, "rights-closed"),
        ({"prescriber": "suspended"}, "professional-suspended"),
        ({"sections": [{"type": "pharmacy", "lines": [medicine("6118999009998")]}]}, "unknown-code"),
        ({"state": "held", "sections": [PRESCRIBER]}, "state-unreachable"),
        ({"state": "awaiting-document", "sections": [PHARMACY]}, "state-unreachable"),
        ({"state": "approval-requested", "sections": [PHARMACY]}, "state-unreachable"),
        ({"state": "partially-executed", "sections": [BIOLOGY]}, "state-unreachable"),
    ],
    ids=str,
)
def test_what_cannot_be_made_is_said_and_nothing_is_made(play: Scene, body: dict[str, Any], slug: str) -> None:
    before = everything(play)
    assert asked(play, **body).slug == slug
    assert everything(play) == before


def test_rights_that_are_closed_can_be_acknowledged(play: Scene) -> None:
    assert made(play, patient="rights-closed", rights_acknowledged=True)["care_sheet"]["status"] == "issued"


def test_the_same_seed_makes_the_same_sheet(play: Scene) -> None:
    twin = Scene(play.door)
    one, other = made(play, "executed"), made(twin, "executed")
    for name in ("number", "scan", "backup_code", "etag", "care_sheet"):
        assert one[name] == other[name], name
    assert made(play, "executed")["number"] != one["number"]


def test_a_sheet_made_is_a_sheet_like_any_other(play: Scene) -> None:
    """The trail of what the factory does is the trail of the same calls over HTTP."""
    factory, by_hand = Scene(play.door), Scene(play.door)
    number = made(factory, "executed")["number"]
    sheet = by_hand.issue()
    must(by_hand.execute(by_hand.hold(sheet)))

    def facts(scene: Scene, subject: str) -> list[Any]:
        found = scene.door.bench("GET", f"/worlds/{scene.world.id}/audit", query=f"subject={subject}")["entries"]
        return [(entry["event"], entry["actor"]) for entry in found]

    assert facts(factory, number) == facts(by_hand, sheet["number"])
    assert play.door.bench("GET", f"/worlds/{factory.world.id}/audit/verification")["sound"]
    factory.world.advance(DAY_S)


def test_a_sheet_is_of_the_instant_when_it_was_asked_for(play: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """That which the trace of the world keeps of it: a second may end before the sheet is made."""

    begun: list[str] = []

    def slow(world: Any, wanted: Any) -> None:
        begun.append(to_text(world.now()))
        world.clock = WorldClock(world.clock.mode, world.now() + timedelta(seconds=5), real_now())

    monkeypatch.setattr(service, "_check", slow)
    assert made(play)["care_sheet"]["issued_at"] == begun[0]
    (kept,) = play.door.bench("GET", f"/worlds/{play.world.id}/operations")["operations"]
    assert kept["at"] == begun[0]
