"""Refusals of prior approvals."""

from __future__ import annotations

from typing import Any

from tests.simulator.catalogue.registry import reaches
from tests.simulator.catalogue.scene import BIOLOGY, PHYSIOTHERAPY, Scene, must
from tests.simulator.lifecycle.door import Reply

PATH = "/v1/prior-approvals"


def asked(sheet: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The body of a request for six sessions."""
    body = {"number": sheet["number"], "section": "physiotherapy", "line": 1, "quantity": "6", "motive": "Genou opéré"}
    return {**body, **changes}


def pending(play: Scene) -> Any:
    """A request that waits for its decision."""
    return must(play.post("gp", PATH, asked(play.issue(PHYSIOTHERAPY))))


def approve(play: Scene, sheet: dict[str, Any], section: str, quantity: int, line: int = 1) -> None:
    """A request of the author for so many of a line, granted at once."""
    one = must(play.post("gp", PATH, asked(sheet, section=section, line=line, quantity=str(quantity))))
    play.bench("/decisions", {"approval": one["id"], "decision": "granted"})


@reaches("approval-not-needed")
def for_an_act_that_needs_none(play: Scene) -> Reply:
    return play.post("gp", PATH, asked(play.issue(BIOLOGY), section="biology", quantity="1"))


@reaches("approval-live")
def twice_for_one_line(play: Scene) -> Reply:
    sheet = play.issue(PHYSIOTHERAPY)
    must(play.post("gp", PATH, asked(sheet)))
    return play.post("gp", PATH, asked(sheet))


@reaches("approval-closed")
def withdrawn_after_the_decision(play: Scene) -> Reply:
    found = pending(play)
    play.bench("/decisions", {"approval": found["id"], "decision": "granted"})
    return play.call("gp", "POST", f"{PATH}/{found['id']}/cancellation")
