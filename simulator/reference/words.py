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
    "cancel": "annuler",
    "replace": "remplacer la feuille",
    "expire": "passer la validité",
    "move_to_paper": "passer au papier",
    "withdraw": "retirer l'exécution",
    "request_cancel": "demander l'annulation",
    "request": "demander l'annulation",
    "lapse": "annuler à la fin du bail",
}
ROLES: Mapping[str, str] = {
    "lease holder": "l'établissement qui tient la section",
    "author prescriber": "le prescripteur auteur",
    "clock": "l'horloge",
    "executor after an outage": "l'exécutant, après une panne",
    "late executor": "l'exécutant, après une panne",
    "same establishment": "l'établissement qui a exécuté",
    "owing establishment": "l'établissement qui doit",
}
GUARDS: Mapping[str, str] = {
    "quantity = remainder": "la quantité est tout le reste",
    "0 < quantity < remainder": "la quantité est une partie du reste",
    "coded reason given": "un motif codé est donné",
    "section not held": "la section est libre",
    "day > last day of validity": "le dernier jour de validité est passé",
}
STANDINGS: Mapping[str, str] = {
    "free": "libre",
    "ours": "à nous",
    "closing": "à nous, annulation demandée",
    "theirs": "à un autre",
}
ACTIONS: Mapping[str, str] = {
    "read": "lire",
    "hold": "prendre",
    "extend": "prolonger",
    "release": "rendre",
    "execute": "exécuter",
    "cancel": "annuler",
    "amend": "rectifier, retirer",
    "late": "saisir en retard",
    "replace": "remplacer",
    "move_to_paper": "passer au papier",
}
EFFECTS: Mapping[str, str] = {
    "proceed": "permis",
    "grant a lease": "un bail est donné",
    "renew the lease": "le bail est prolongé",
    "free the section": "la section est rendue",
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
WHO: Mapping[str, str] = {
    "agent": "agent CNSS",
    "claims:read": "professionnel",
    "events:read": "logiciel",
    "fse:agent": "agent CNSS",
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
