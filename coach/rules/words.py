"""French for what the platform and the bench name with a word of their own."""

from __future__ import annotations

from datetime import date

import fixtures

FAULTS = {
    "before-authentication": "panne avant que la demande soit lue",
    "before-commit": "panne avant l'enregistrement",
    "after-commit": "panne après l'enregistrement",
    "mid-body": "réponse coupée au milieu",
    "slow-drip": "réponse au compte-gouttes",
    "connection-reset": "connexion coupée",
    "server-errors": "erreur du serveur",
    "html": "une page HTML pour réponse",
}
DELIVERIES = {
    "timeout": "délai dépassé",
    "connection": "connexion impossible",
    "url-refused": "adresse refusée",
    "client-suspended": "logiciel suspendu",
}


def problem(slug: str) -> str:
    """The title of a refusal; the slug itself when the catalogue does not know it."""
    entry = fixtures.problems().get(slug)
    return slug if entry is None else entry.title["fr"]


def day(text: str) -> str:
    """``2027-07-01`` as 01/07/2027; anything else as it is."""
    try:
        return f"{date.fromisoformat(text):%d/%m/%Y}"
    except ValueError:
        return text
