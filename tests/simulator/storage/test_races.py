"""Races of FSE_RACE_ROUNDS rounds (200): one winner, no 500, nothing doubled; with PostgreSQL, on two processes."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterator
from typing import Any

import pytest

from tests.simulator.storage.scene import ROUNDS, Race, Scene, scene


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with scene(tmp_path_factory.mktemp("races")) as opened:
        yield opened


@pytest.fixture
def race() -> Iterator[Race]:
    made = Race()
    yield made
    made.close()


def issued(place: Scene, rounds: int = ROUNDS) -> list[dict[str, Any]]:
    gp = place.counter("gp")
    answers = [gp.issue() for _ in range(rounds)]
    assert {answer.status_code for answer in answers} == {201}
    return [answer.json() for answer in answers]


def sound(answers: Tally[str]) -> None:
    assert not [slug for slug in answers if slug.startswith("5")], answers


def told(answer: Any) -> str:
    """``201`` or ``423 section-held``."""
    return f"{answer.status_code} {'' if answer.is_success else answer.json()['code']}".strip()


def at_pharmacy(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The prescriber's own acts have their execution and their claim too."""
    return [row for row in rows if row["section"] == "pharmacy"]


def executed_once(place: Scene, sheets: list[dict[str, Any]]) -> None:
    """Each sheet has one execution, its two boxes delivered once."""
    state = place.state()
    for sheet in sheets:
        found = state[sheet["number"]]
        assert len(at_pharmacy(found["executions"])) == len(at_pharmacy(found["claims"])) == 1
        line = next(s for s in found["sections"] if s["type"] == "pharmacy")["lines"][0]
        assert (line["state"], line["remaining"]) == ("executed", "0")


def test_two_pharmacies_on_one_section(place: Scene, race: Race) -> None:
    one, other = place.counter("pharmacy"), place.counter("pharmacy-b", 1)
    sheets, seen = issued(place), Tally[str]()
    for sheet in sheets:
        visits = race.run(lambda s=sheet: one.visit(s), lambda s=sheet: other.visit(s))
        executions = [told(answer) for visit in visits for answer in visit[1:]]
        assert executions.count("201") == 1, (executions, [told(visit[0]) for visit in visits])
        seen.update(told(answer) for visit in visits for answer in visit)
    sound(seen)
    executed_once(place, sheets)


def test_two_counters_of_one_pharmacy_share_its_lease_and_deliver_once(place: Scene, race: Race) -> None:
    one, other = place.counter("pharmacy"), place.counter("pharmacy", 1)
    sheets, seen = issued(place), Tally[str]()
    for sheet in sheets:
        held = [answer.json() for answer in race.run(lambda s=sheet: one.hold(s), lambda s=sheet: other.hold(s))]
        assert held[0]["lease"]["id"] == held[1]["lease"]["id"]
        answers = race.run(lambda h=held: one.execute(h[0]), lambda h=held: other.execute(h[1]))
        assert sorted(told(answer) for answer in answers)[0] == "201"
        seen.update(told(answer) for answer in answers)
    sound(seen)
    assert seen["201"] == len(sheets) and sum(seen.values()) == 2 * len(sheets)
    executed_once(place, sheets)


def test_the_same_key_twice_at_once(place: Scene, race: Race) -> None:
    one, other = place.counter("gp"), place.counter("gp", 1)
    before, seen = len(place.state()), Tally[str]()
    for number in range(ROUNDS):
        key = f"deux-fois-{number}"
        answers = race.run(lambda k=key: one.issue(k), lambda k=key: other.issue(k))
        made = [answer for answer in answers if answer.is_success]
        seen.update("replayed" if a.headers.get("idempotent-replayed") else told(a) for a in answers)
        assert len({answer.content for answer in made}) == 1
    sound(seen)
    assert set(seen) <= {"201", "replayed", "409 idempotency-in-flight"} and seen["201"] == ROUNDS
    assert len(place.state()) == before + ROUNDS


@pytest.mark.parametrize("held_first", [True, False])
def test_cancel_against_execute(place: Scene, race: Race, held_first: bool) -> None:
    gp, pharmacy = place.counter("gp"), place.counter("pharmacy", 1)
    sheets, seen = issued(place, ROUNDS // 2), Tally[str]()
    for sheet in sheets:
        if held_first:
            held = pharmacy.hold(sheet).json()
            cancelled, visit = race.run(lambda s=sheet: gp.cancel(s), lambda h=held: [pharmacy.execute(h)])
        else:
            cancelled, visit = race.run(lambda s=sheet: gp.cancel(s), lambda s=sheet: pharmacy.visit(s)[1:])
        done = [told(answer) for answer in visit] == ["201"]
        found = place.bench.state(place.world["id"], sheet["number"])["care_sheets"][0]
        line = next(s for s in found["sections"] if s["type"] == "pharmacy")["lines"][0]
        # The holder wins; without him, the author does.
        assert line["state"] == ("executed" if done else "cancelled"), (told(cancelled), [told(a) for a in visit])
        assert len(at_pharmacy(found["executions"])) == int(done)
        assert done or (cancelled.is_success and not held_first)
        seen.update([f"cancel {told(cancelled)}", *(f"execute {told(answer)}" for answer in visit)])
    assert not [slug for slug in seen if " 5" in slug], seen
