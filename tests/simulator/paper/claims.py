"""A claim on paper as tests say it: two boxes, the sheet that it names, and how its lines stand."""

from __future__ import annotations

from typing import Any

from tests.simulator.catalogue.scene import AMOXIRAM, AMOXIRAM_1G, Scene, medicine, must
from tests.simulator.lifecycle.door import Reply

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
