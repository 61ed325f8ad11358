"""Refusals of documents, contestations, and what the CNSS decides of a claim."""

from __future__ import annotations

import base64
from typing import Any

from tests.simulator.catalogue.registry import reaches
from tests.simulator.catalogue.scene import DAY_S, Scene, act, must
from tests.simulator.lifecycle.door import TOKEN, Reply

PDF = base64.b64encode(b"%PDF-1.4\n%%EOF\n").decode()
DEVICES = {"type": "devices", "lines": [act("DM-VERRE", "2", unit="unit")]}


def invoice(**changes: Any) -> dict[str, Any]:
    return {"kind": "invoice", "media_type": "application/pdf", "content": PDF, **changes}


def glasses(play: Scene, charged: str = "1200.00") -> dict[str, Any]:
    """The claim of two lenses, held for its invoice above 1 000 dirhams."""
    line = {"line": 1, "outcome": "executed", "quantity": "2", "act_code": "DM-VERRE", "charged": charged}
    done = must(play.execute(play.hold(play.issue(DEVICES), "devices"), line, actor="devices"))
    return dict(done["claim"])


def send(play: Scene, claim: dict[str, Any], actor: str = "devices", **changes: Any) -> Reply:
    return play.post(actor, f"/v1/claims/{claim['id']}/documents", invoice(**changes))


def decide(play: Scene, claim: dict[str, Any], decision: str, **more: Any) -> Reply:
    """The bench's decision about the lines of a claim, as it answers."""
    body = {"claim": claim["id"], "decision": decision, **more}
    path = f"/bench/v1/worlds/{play.world.id}/decisions"
    return play.door("POST", path, headers={"authorization": f"Bearer {TOKEN}"}, body=body)


@reaches("document-not-asked")
def a_document_that_nobody_asked_for(play: Scene) -> Reply:
    return send(play, glasses(play), kind="report")


@reaches("nothing-to-decide")
def of_a_claim_that_waits_for_nothing(play: Scene) -> Reply:
    return decide(play, glasses(play, "900.00"), "granted")


def contest(play: Scene, claim: dict[str, Any], actor: str = "devices", **body: Any) -> Reply:
    return play.post(actor, f"/v1/claims/{claim['id']}/contestation", {"reason": "Erreur", **body})


@reaches("already-contested")
def a_second_contestation(play: Scene) -> Reply:
    claim = glasses(play, "900.00")
    must(contest(play, claim))
    return contest(play, claim)


@reaches("not-contestable")
def what_is_not_decided(play: Scene) -> Reply:
    return contest(play, glasses(play))


@reaches("contestation-too-late")
def after_the_delay(play: Scene) -> Reply:
    claim = glasses(play)
    must(decide(play, claim, "refused"))
    play.world.advance(61 * DAY_S)
    return contest(play, claim)
