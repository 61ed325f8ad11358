"""The page of events: their types, how they travel, when a delivery is tried again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import fixtures
from simulator.events import model
from simulator.reference.blocks import Block, Bullets, Code, Heading, Page, Table, Text

TYPES: Mapping[str, str] = {
    "care-sheet.executed": "une section a été exécutée, en tout ou partie, ou passée au papier",
    "care-sheet.cancelled": "des lignes ont été annulées",
    "care-sheet.cancellation-requested": "l'auteur demande l'annulation d'une section prise",
    "care-sheet.replaced": "une autre feuille la remplace",
    "care-sheet.reissued": "le QR a été réédité ; l'ancien répond 410",
    "execution.amended": "une exécution a été rectifiée",
    "execution.withdrawn": "une exécution a été retirée",
    "late-execution.to-reconcile": "une saisie en retard n'a pas pu être rapprochée tout entière",
    "prior-approval.decided": "la CNSS a accordé ou refusé un accord préalable",
    "claim.decided": "ce qui attendait d'une demande de remboursement est décidé",
    "claim.paid": "tout ce qui est à payer d'une demande est payé",
    "keys.rotated": "une clé de la plateforme a tourné : relire les clés publiées",
}


def page(document: Mapping[str, Any]) -> Page:
    """`evenements`."""
    rules = {rule.subject: rule for rule in fixtures.rules()}
    rows = [(f"`{name}`", TYPES.get(name, "—")) for name in model.TYPES]
    blocks: list[Block] = [
        Text(
            "Un logiciel apprend ce qui arrive aux feuilles auxquelles il a pris part. Un événement est **mince** : "
            "il dit quelle feuille et quelle révision, jamais un contenu ; on relit ensuite, avec son jeton."
        ),
        Text(
            "`data.revision` est celle de la **section** quand `data.section` est présent, celle de la **feuille** "
            "sinon. Une saisie en retard rapprochée en partie donne deux événements : `care-sheet.executed`, puis "
            "`late-execution.to-reconcile`, de la même exécution."
        ),
        Table(("Type", "Ce qui est arrivé"), rows),
        Heading(2, "Deux chemins, les mêmes identifiants"),
        Bullets(
            [
                "**Lire** : `GET /v1/events?after=…`, avec le jeton du logiciel ; l'ordre est celui des faits.",
                "**Recevoir** : un abonnement, et la plateforme envoie chaque événement à son adresse.",
            ]
        ),
        Text(
            "Un webhook peut arriver deux fois, ou après un plus récent : l'identifiant fait foi. Ce qui manque se "
            "relit par le premier chemin, ou se redemande par `redeliver-events`."
        ),
        Heading(2, "La signature d'un webhook"),
        Text(
            "[Standard Webhooks](https://www.standardwebhooks.com/) : `webhook-id` (l'identifiant de l'événement), "
            "`webhook-timestamp` (temps réel, que le destinataire compare à son heure) et `webhook-signature` "
            "(HMAC-SHA-256 par le secret `whsec_…`, donné une fois, à la création). `timestamp`, dans le corps, est "
            "l'heure du monde."
        ),
        *_example(document),
        Heading(2, "Nouveaux essais"),
        Text(
            f"Une réponse 2xx vaut livraison. {rules['webhook.retries'].label_fr} (à l'horloge du monde). "
            f"Une réponse 410 désactive l'abonnement. {rules['webhook.subscriptions'].label_fr}."
        ),
    ]
    return Page("evenements", "Les événements", blocks)


def _example(document: Mapping[str, Any]) -> list[Block]:
    operation = document["paths"].get("/v1/events", {}).get("get", {})
    content = operation.get("responses", {}).get("200", {}).get("content", {}).get("application/json", {})
    shown: dict[str, Any] = next(iter(content.get("examples", {}).values()), {"value": {}})
    items = shown["value"].get("items")
    if not items:
        return []
    return [Code("json", json.dumps(items[0], ensure_ascii=False, indent=2), folded="Le corps d'un événement")]
