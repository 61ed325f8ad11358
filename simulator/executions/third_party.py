"""Third-party payment in a pharmacy: a costly medicine of the list, with an attestation that the CNSS gave the patient.

The patient then pays his own share, the CNSS pays the pharmacy. Source: press for the principle; list (rule
``third-party.medicines``) and attestations: hypothesis.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from simulator.beneficiaries.service import register
from simulator.care_sheets.model import Sheet
from simulator.claims.conditions import link
from simulator.claims.rules import rule_set
from simulator.claims.terms import ChargedLine
from simulator.executions.schemas import DeedLine, ExecutedLine
from simulator.kit.call import Call
from simulator.kit.problems import Problem

FIELD = "third_party_attestation"


def require_attested(
    call: Call, sheet: Sheet, lines: Sequence[DeedLine], charged: Sequence[ChargedLine], day: date
) -> None:
    """Every attestation named in a visit of that day holds: this patient's, for this product, on this day.

    Raises Problem invalid-payload (third-party-not-listed, attestation-unknown, attestation-other-product,
    attestation-not-valid).
    """
    named = [
        (place, line)
        for place, line in enumerate(lines)
        if isinstance(line, ExecutedLine) and line.third_party_attestation is not None
    ]
    if not named:
        return
    due = {line.line: line for line in charged}
    errors = []
    for place, line in named:
        wrong = _wrong(call, sheet, due[line.line], line.third_party_attestation or "", day)
        if wrong is not None:
            code, detail = wrong
            errors.append(
                {"pointer": f"/lines/{place}/{FIELD}", "code": code, "detail": f"Ligne {line.line} : {detail}"}
            )
    if errors:
        raise Problem("invalid-payload", errors[0]["detail"], errors=errors)


def _wrong(call: Call, sheet: Sheet, line: ChargedLine, number: str, day: date) -> tuple[str, str] | None:
    """What is wrong with an attestation, with what to do about it; None when it holds."""
    otherwise = "ôter l'attestation : le patient paie tout et se fait rembourser"
    rule = rule_set(call.world.tariff_set).find("third-party.medicines", day)
    if rule is None or line.kind != "medicine" or line.atc is None or link(line, rule.value.split()) is None:
        return "third-party-not-listed", f"ce produit n'est pas de la liste du tiers payant ; {otherwise}."
    person = register(call.world).find(*sheet.beneficiary)
    found = next((one for one in person.attestations if one.number == number), None)
    if found is None:
        return (
            "attestation-unknown",
            f"la CNSS n'a pas donné cette attestation à ce patient ; la relire, ou {otherwise}.",
        )
    if found.ean13 != line.code:
        return "attestation-other-product", f"l'attestation vaut pour le produit {found.ean13} ; {otherwise}."
    if not found.covers(day):
        period = f"du {found.valid_from:%d/%m/%Y} au {found.valid_until:%d/%m/%Y}"
        return (
            "attestation-not-valid",
            f"l'attestation vaut {period} ; le patient en demande une autre, ou {otherwise}.",
        )
    return None
