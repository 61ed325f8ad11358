"""One sentence in French for each access that the audit trail recorded.

`SENTENCES` and `NOT_SHOWN` together hold every event of the trail; a test compares them with the code. A template
is what follows « a » or « avez »; {sheet} is « votre feuille 2604 … », {part} its section when the entry names one,
{rights} « vos droits », {about} whom it is for,
{thing} the sheet or the rights, {sheets} and {claims} « de vos feuilles » and « de vos
remboursements », {why} the reason of a refusal (see `refusals`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from simulator.codes.number import grouped
from simulator.kit.clock import CASABLANCA
from simulator.patients.people import Who
from simulator.patients.refusals import reason
from simulator.professionals.words import SECTIONS

SENTENCES: Mapping[str, str] = {
    "care-sheet-issued": "émis {sheet}",
    "prescription-transcribed": "fait {sheet} d'une ordonnance papier",
    "care-sheet-read": "lu {part}",
    "care-sheet-printed": "tiré l'ordonnance de {sheet}",
    "care-sheet-qr-drawn": "tiré le QR de {sheet}",
    "care-sheet-resolved": "lu {part}, l'ordonnance en main",
    "answer-replayed": "reçu une seconde fois une réponse déjà donnée sur {sheet}",
    "care-sheet-cancelled": "annulé {part}",
    "cancellation-requested": "demandé l'annulation de {sheet}, qu'un établissement tient",
    "care-sheet-replaced": "remplacé {sheet} par une autre",
    "care-sheet-reissued": "fait refaire le QR de {sheet}",
    "execution-amended": "corrigé ce qui a été enregistré pour {part}",
    "execution-withdrawn": "retiré ce qui avait été enregistré pour {part}",
    "late-execution-recorded": "enregistré après une panne ce qui a été fait pour {part}",
    "late-execution-to-reconcile": "enregistré après une panne, en partie à vérifier, ce qui a été fait pour {part}",
    "section-moved-to-paper": "poursuivi sur papier {part}",
    "execution-read": "relu ce qui a été enregistré pour {sheet}",
    "receipt-read": "relu le reçu d'une exécution de {sheet}",
    "lease-extended": "gardé {part} réservée",
    "lease-released": "libéré {part}",
    "section-executed": "enregistré ce qui a été fait pour {part}",
    "paper-claim-registered": "enregistré une demande de remboursement sur papier {about}",
    "claim-read": "lu une demande de remboursement de {sheet}",
    "claims-listed": "lu la liste de ses demandes de remboursement, où figure {sheet}",
    "late-executions-listed": "lu la liste de ses saisies après une panne, où figure {sheet}",
    "prior-approval-requested": "demandé un accord préalable pour {part}",
    "prior-approval-cancelled": "retiré une demande d'accord préalable pour {part}",
    "prior-approval-granted": "donné son accord préalable pour {part}",
    "prior-approval-refused": "refusé son accord préalable pour {part}",
    "prior-approval-read": "lu une demande d'accord préalable pour {part}",
    "prior-approvals-listed": "lu les demandes d'accord préalable pour {sheet}",
    "claim-document-sent": "transmis à la CNSS une pièce {about}",
    "claim-decided": "décidé d'un remboursement qui attendait {about}",
    "claim-contested": "contesté une décision de remboursement {about}",
    "claim-rechecked": "réexaminé un remboursement contesté {about}",
    "birth-declared": "déclaré une naissance {about}",
    "affiliation-registered": "enregistré une affiliation {about}",
    "statement-read": "lu un décompte",
    "statements-listed": "lu la liste des décomptes",
    "rights-checked": "vérifié {rights}",
    "patient-care-sheets-listed": "consulté la liste {sheets}",
    "patient-claims-listed": "consulté la liste {claims}",
    "refused": "tenté d'accéder à {thing} : refusé ({why})",
}
NOT_SHOWN: Mapping[str, str] = {
    "care-sheet-carried-over": "Tables of a newer version: nobody read anything.",
    "patient-accesses-listed": "Opening this very list would fill it with itself.",
    "indicators-read": "Sums over regions and periods, of many patients: about nobody.",
    "subscription-created": "About a software, not about a patient.",
    "subscription-deleted": "About a software, not about a patient.",
    "statement-ordered": "The platform pays: the statement itself says so, and nobody read anything.",
    "events-redelivered": "Sent again to the software that had it already: numbers and revisions, no care.",
    **dict.fromkeys(
        (
            "professional-suspended",
            "professional-reinstated",
            "client-suspended",
            "client-reinstated",
            "client-revoked",
            "token-revoked",
            "token-key-revoked",
            "qr-key-revoked",
            "keys-rotated",
        ),
        "The platform's own administration: no patient's data.",
    ),
}
"""Event → why a patient does not find it in his list of accesses."""

_MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin", "juillet"),
    *("août", "septembre", "octobre", "novembre", "décembre"),
)


def sentence(at: datetime, who: Who, event: str, number: str | None, data: Mapping[str, Any], whose: str | None) -> str:
    """``Le 23 novembre 2026 à 10 h 05, la pharmacie Al Amal (Nadia Chraibi) a lu la section pharmacie de …``

    `number`: the sheet, None when the entry is about the person. `whose`: None for the reader's own data, else the
    dependant's name. Raises KeyError for an event of neither table, or a refusal not told.
    """
    of = "" if whose is None else f" {_of(whose)}"
    sheet = "" if number is None else f"{'la' if of else 'votre'} feuille {grouped(number)}{of}"
    kind = SECTIONS.get(data.get("section", ""))
    rights = f"les droits{of}" if of else "vos droits"
    said = SENTENCES[event].format(
        sheet=sheet,
        part=f"{kind} de {sheet}" if kind and sheet else sheet,
        rights=rights,
        thing=sheet or rights,
        about=f"pour {sheet}" if sheet else f"pour {whose}" if whose else "en votre nom",
        sheets=f"des feuilles{of}" if of else "de vos feuilles",
        claims=f"des remboursements{of}" if of else "de vos remboursements",
        why=reason(data["problem"], me=who.me) if event == "refused" else "",
    )
    return f"Le {moment(at)}, {who.sentence} {'avez' if who.me else 'a'} {said}."


def moment(at: datetime) -> str:
    """Day and time in Morocco: ``1er décembre 2026 à 9 h 05``."""
    local = at.astimezone(CASABLANCA)
    day = "1er" if local.day == 1 else str(local.day)
    return f"{day} {_MONTHS[local.month - 1]} {local.year} à {local.hour} h {local.minute:02}"


def _of(name: str) -> str:
    return f"d'{name}" if name[:1] in "AEIOUÀÂÉÈÊÎÔ" else f"de {name}"
