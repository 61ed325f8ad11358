"""French words for the codes of the state tables. A code without a word is shown as it is, and a test says so."""

from __future__ import annotations

from collections.abc import Mapping

STATES: Mapping[str, str] = {
    "open": "ouverte",
    "partial": "partielle",
    "owed": "due",
    "executed": "exécutée",
    "not_executed": "non exécutée",
    "cancelled": "annulée",
    "expired": "périmée",
    "moved_to_paper": "sur papier",
}
SHEETS: Mapping[str, str] = {
    "issued": "émise",
    "in_progress": "en cours",
    "executed": "exécutée",
    "partly_executed": "exécutée en partie",
    "cancelled": "annulée",
    "expired": "périmée",
    "replaced": "remplacée",
}
TRANSITIONS: Mapping[str, str] = {
    "execute": "exécuter",
    "owe": "devoir le reste",
    "give_back": "libérer le dû",
    "decline": "ne pas exécuter",
    "move_to_paper": "passer au papier",
    "cancel": "annuler",
    "replace": "remplacer la feuille",
    "withdraw": "retirer l'exécution",
    "expire": "passer la validité",
}
ROLES: Mapping[str, str] = {
    "lease holder": "qui tient la section",
    "executor after an outage": "l'exécutant après une panne",
    "establishment that executed": "l'établissement qui a exécuté",
    "establishment of a paper claim": "l'établissement d'une demande sur papier",
    "author prescriber": "le prescripteur auteur",
    "clock": "l'horloge",
}
GUARDS: Mapping[str, str] = {
    "quantity = remainder": "la quantité est tout le reste",
    "0 < quantity < remainder": "la quantité est une partie du reste",
    "0 ≤ quantity < remainder": "la quantité est une partie du reste, ou rien",
    "owed by the asker": "le demandeur le doit",
    "nothing executed": "rien n'a été exécuté",
    "something executed": "une partie a été exécutée",
    "coded reason given": "un motif codé est donné",
    "no cancellation requested": "aucune annulation n'est demandée",
    "section not held": "la section est libre",
    "day > last day of validity": "le dernier jour de validité est passé",
    "its last execution is taken back": "sa dernière exécution est retirée",
    "was open before its last execution": "elle était ouverte avant sa dernière exécution",
    "was partial before its last execution": "elle était partielle avant sa dernière exécution",
    "was owed before its last execution": "elle était due avant sa dernière exécution",
}
STANDINGS: Mapping[str, str] = {
    "free": "libre",
    "ours": "à nous",
    "ours, cancellation requested": "à nous, annulation demandée",
    "theirs": "à un autre",
}
ACTIONS: Mapping[str, str] = {
    "read": "lire",
    "hold": "prendre",
    "extend": "prolonger",
    "release": "rendre",
    "execute": "exécuter",
    "amend or withdraw": "rectifier, retirer",
    "enter after an outage": "saisir après une panne",
    "cancel": "annuler (l'auteur)",
    "replace": "remplacer (l'auteur)",
}
EFFECTS: Mapping[str, str] = {
    "proceed": "permis",
    "grant a lease": "un bail est donné",
    "renew the lease": "le bail est prolongé",
    "free the section": "la section est rendue",
    "free the section, cancel what was to be cancelled": "la section est rendue, l'annulation a lieu",
    "request the cancellation": "l'annulation est demandée",
}
RETRY: Mapping[str, str] = {
    "never": "jamais : la même requête sera toujours refusée",
    "same-key": "renvoyer avec la même clé d'idempotence",
    "after": "attendre, puis renvoyer",
    "after-refresh": "relire (feuille, jeton, clés), corriger, renvoyer",
}
FIDELITY: Mapping[str, str] = {
    "official": "texte officiel",
    "deduced": "déduit d'annonces ou d'usages publics",
    "hypothesis": "hypothèse du banc",
}
APPROVALS: Mapping[str, str] = {
    "requested": "attend sa décision",
    "granted": "accordée",
    "refused": "refusée",
    "cancelled": "retirée",
    "expired": "accord passé de date",
    "grant": "accorder",
    "refuse": "refuser",
    "cancel": "retirer la demande",
    "expire": "passer la validité",
    "CNSS": "la CNSS",
    "who asked": "qui a demandé",
    "clock": "l'horloge",
}
"""Statuses of a prior approval, what happens to it, and by whom."""
WHO: Mapping[str, str] = {
    "agent": "agent CNSS",
    "claims:read": "professionnel",
    "events:read": "logiciel",
    "fse:agent": "agent CNSS",
    "indicators:read": "santé publique",
    "public-health": "santé publique",
    "fse:execute": "exécutant",
    "fse:issue": "prescripteur",
    "fse:read": "prescripteur, exécutant",
    "fse:resolve": "exécutant",
    "agent:reissue": "agent CNSS",
    "nomenclature:read": "tous",
    "patient:read": "patient",
    "patient:reissue": "patient",
    "receipts:read": "logiciel",
    "rights:read": "professionnel",
}


def said(words: Mapping[str, str], code: object) -> str:
    """The French word of a code, else the code."""
    return words.get(str(code), str(code))


CLAIM_STATUSES: Mapping[str, str] = {
    "received": "reçue",
    "checked": "contrôlée",
    "awaiting_document": "attend une pièce",
    "awaiting_prior_approval": "attend un accord préalable",
    "medical_review": "au contrôle médical",
    "contested": "contestée",
    "adjudicated": "décidée",
    "rechecked": "réexaminée",
    "ordered": "paiement ordonné",
    "paid": "payée",
}
CLAIM_MOVES: Mapping[str, str] = {
    "check": "contrôler",
    "ask_document": "demander une pièce",
    "await_approval": "attendre l'accord préalable",
    "review": "examiner",
    "release": "libérer",
    "decide": "décider",
    "order": "ordonner le paiement",
    "pay": "payer",
    "contest": "contester",
    "recheck": "réexaminer",
}
CLAIM_ROLES: Mapping[str, str] = {
    "platform": "la plateforme",
    "CNSS": "la CNSS",
    "clock": "l'horloge",
    "executor": "l'établissement",
    "patient": "le patient",
}
