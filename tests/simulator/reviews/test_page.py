"""`fse explain` of a line that waits, is contested, was rechecked or paid: what it waits for, until when, how much."""

from __future__ import annotations

from typing import Any

from simulator.claims.page import page
from tests.simulator.catalogue.reviews import contest, decide, glasses, send
from tests.simulator.catalogue.scene import DAY_S, Scene, must


def told(play: Scene, claim: dict[str, Any], actor: str = "devices") -> str:
    """The page on one line, its spaces made one."""
    text = page(must(play.call(actor, "GET", f"/v1/claims/{claim['id']}")))
    assert all(len(one) <= 80 for one in text.splitlines())
    return " ".join(text.split())


def test_what_is_awaited_and_until_when(play: Scene) -> None:
    claim = glasses(play, "6000.00")
    must(send(play, claim))
    assert "EN ATTENTE" in told(play, claim)
    must(decide(play, claim, "refused"))
    must(contest(play, claim))
    assert "En attente contestée, réexamen le 08/12/2026" in told(play, claim)
    must(decide(play, claim, "granted"))
    said = told(play, claim)
    assert "État réexaminée, paiement à ordonner le 29/11/2026" in said
    assert "Réexamen contestée le 23/11/2026 ; la décision change : 0,00 →" in said
    play.world.advance(6 * DAY_S)
    assert "ordonnés le 29/11/2026 (stm-" in told(play, claim)
    play.world.advance(2 * DAY_S)
    assert "payés le 01/12/2026 (stm-" in told(play, claim)


def test_a_paper_claim_that_waits(play: Scene) -> None:
    must(play.claim_on_paper())
    (paper,) = play.door.bench("GET", f"/worlds/{play.world.id}/state")["paper_claims"]
    assert "En attente reçue, contrôle le" in told(play, paper, "pharmacy")


def test_a_document_that_never_came(play: Scene) -> None:
    claim = glasses(play)
    play.world.advance(30 * DAY_S)
    assert "Refus pièce demandée jamais reçue (facture)" in told(play, claim)
