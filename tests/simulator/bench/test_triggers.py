"""Every type of event can be sent to a software: thin, about something that exists, and said to come from the bench."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.events.model import TYPES
from simulator.events.schemas import EventAnswer
from tests.simulator.catalogue.scene import Scene
from tests.simulator.lifecycle.door import TOKEN, Reply

EXECUTION = {"execution.amended", "execution.withdrawn"}


def asked(play: Scene, **body: Any) -> Reply:
    headers = {"authorization": f"Bearer {TOKEN}"}
    return play.door("POST", f"/bench/v1/worlds/{play.world.id}/events", headers=headers, body=body)


def feed(play: Scene, client: str = "essai") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = play.call("software", "GET", "/v1/events?limit=100", client=client).json()["items"]
    return found


@pytest.mark.parametrize("type", TYPES)
def test_an_event_of_each_type_reaches_the_feed_of_its_software_alone(play: Scene, type: str) -> None:
    state = "approval-requested" if type == "prior-approval.decided" else "executed"
    sheet = play.bench("/sheets", {"state": state, "client": "essai"})
    before = feed(play), feed(play, "essai-2")
    sent = asked(play, type=type, client="essai")
    assert sent.status == 201, sent.body
    event = {name: value for name, value in sent.json().items() if name != "client_id"}
    assert feed(play) == [*before[0], event] and feed(play, "essai-2") == before[1]
    EventAnswer.model_validate_json(sent.body.replace(b'"client_id":"essai",', b""))
    assert event["data"]["triggered_by"] == "bench"
    assert type == "keys.rotated" or event["data"]["number"] == sheet["number"]
    assert play.world.state(sheet["number"]) == sheet["care_sheet"] | {
        "sections": play.world.state(sheet["number"])["sections"]
    }


def test_it_is_about_the_sheet_that_is_named_and_the_last_one_otherwise(play: Scene) -> None:
    first = play.bench("/sheets", {"state": "executed"})["number"]
    for _ in range(5):  # at the same instant: the clock of this world is frozen
        last = play.bench("/sheets", {"state": "issued"})["number"]
        assert asked(play, type="care-sheet.reissued").json()["data"]["number"] == last
    named = asked(play, type="execution.withdrawn", number=first).json()["data"]
    assert named["number"] == first and named["execution"] in str(play.world.state(first))
    claim = play.world.state(first)["claims"][-1]
    assert asked(play, type="claim.paid", claim=claim["id"]).json()["data"]["claim"] == claim["id"]


@pytest.mark.parametrize(
    ("body", "slug"),
    [
        ({"type": "care-sheet.born"}, "invalid-payload"),
        ({"type": "care-sheet.executed", "number": "2604817390552494"}, "not-found"),
        ({"type": "execution.amended"}, "not-found"),
        ({"type": "prior-approval.decided"}, "not-found"),
        ({"type": "claim.paid", "claim": "clm-7q2m5xk3wz4n6b2d"}, "not-found"),
        ({"type": "keys.rotated", "client": "inconnu"}, "not-found"),
    ],
    ids=str,
)
def test_nothing_is_told_about_what_is_not_there(play: Scene, body: dict[str, Any], slug: str) -> None:
    play.bench("/sheets", {"state": "issued"})
    before = feed(play)
    assert asked(play, **body).slug == slug
    assert feed(play) == before
