"""« Étant donné » : who, what is prescribed, and the one thing that an adverse case changes.

Given steps only write the case's symbolic stimuli; `conformance.steps.when` makes them concrete. The twins of
adverse cases are compared on these very stimuli.
"""

from __future__ import annotations

from typing import Any

from pytest_bdd import given, parsers

from conformance.steps.case import GP, OTHER_PHARMACY, PHARMACY, SUSPENDED, Case

#: Words of the scenarios → persona of the fixtures: registration number and rank.
PEOPLE: dict[str, dict[str, Any]] = {
    "un assuré salarié": {"registration_number": "100000001", "dependant_rank": 0},
    "une enfant de huit ans": {"registration_number": "100000001", "dependant_rank": 2},
    "un assuré aux droits fermés": {"registration_number": "100000008", "dependant_rank": 0},
    "une personne inconnue de la CNSS": {"registration_number": "999999999", "dependant_rank": 0},
}
#: Words of the scenarios → what changes on the code presented.
ALTERATIONS = {
    "la signature du QR est altérée": "signature",
    "le QR cite une clé que la plateforme ne publie pas": "unknown-key",
    "le QR présenté contient une page hostile": "hostile",
    "la clé de contrôle du numéro est fausse": "check-digit",
    "le code de secours est faux": "backup-code",
}
#: Words of the scenarios → what happens on the platform before the software acts.
EVENTS = {
    "la feuille a expiré": "expired",
    "une autre pharmacie tient la feuille": "held-by-another",
    "le prescripteur a annulé la feuille": "cancelled",
    "une autre pharmacie a tout délivré": "already-executed",
    "le bail expire entre le scan et la délivrance": "lease-expired",
}


@given("la Dre Bennani, médecin généraliste à Kénitra")
def _prescriber(case: Case) -> None:
    case.stimuli |= {"professional": GP, "acts": [], "medicines": [], "acknowledge": False}


@given("la pharmacie Al Amal de Kénitra")
def _pharmacy(case: Case) -> None:
    case.stimuli |= {
        "professional": PHARMACY,
        "beneficiary": PEOPLE["un assuré salarié"],
        "sheet": {"medicines": []},
        "scan": {"way": None, "alteration": "none"},
        "event": "none",
        "visits": [],
        "claim": {"owner": PHARMACY},
    }


@given(parsers.parse("le patient est {person}"))
def _patient(case: Case, person: str) -> None:
    case.stimuli["beneficiary"] = PEOPLE[person]


@given(parsers.parse("une consultation facturée {charged} MAD"))
def _consultation(case: Case, charged: str) -> None:
    case.stimuli["acts"].append({"act_code": "C", "charged": charged.replace(",", ".")})


@given(parsers.parse("une ordonnance de {count:d} médicaments remboursables"))
def _medicines(case: Case, count: int) -> None:
    _prescribed(case).extend({"choice": "reimbursable", "rank": rank} for rank in range(count))


@given("une ordonnance d'un médicament remboursable")
def _medicine(case: Case) -> None:
    _medicines(case, 1)


@given("une ordonnance d'un produit hors liste, avec son motif")
def _outside(case: Case) -> None:
    _prescribed(case).append({"choice": "outside-list", "rank": 0})


def _prescribed(case: Case) -> list[dict[str, Any]]:
    where = case.stimuli.get("sheet", case.stimuli)
    return where["medicines"]  # type: ignore[no-any-return]


@given("le prescripteur est suspendu")
def _suspended(case: Case) -> None:
    case.stimuli["professional"] = SUSPENDED


@given("le premier médicament porte un code inconnu de la nomenclature")
def _unknown(case: Case) -> None:
    case.stimuli["medicines"][0]["choice"] = "unknown-code"


@given("le médecin confirme malgré l'avertissement")
def _acknowledged(case: Case) -> None:
    case.stimuli["acknowledge"] = True


@given(parsers.re("(?P<words>" + "|".join(ALTERATIONS) + ")"))
def _altered(case: Case, words: str) -> None:
    case.stimuli["scan"]["alteration"] = ALTERATIONS[words]


@given(parsers.re("(?P<words>" + "|".join(EVENTS) + ")"))
def _happened(case: Case, words: str) -> None:
    case.stimuli["event"] = EVENTS[words]


@given("le dossier est celui d'une autre pharmacie")
def _foreign_claim(case: Case) -> None:
    case.stimuli["claim"]["owner"] = OTHER_PHARMACY
