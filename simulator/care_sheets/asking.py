"""What an issuance and its estimate judge alike: possible dates, sections once each, remarks."""

from __future__ import annotations

from datetime import date

from simulator.beneficiaries.model import Rights
from simulator.care_sheets.prescribing import Prescribed, require_sound_sections
from simulator.care_sheets.schemas import CareSheetRequest
from simulator.claims.terms import RuleSet
from simulator.kit.problems import invalid


def require_possible(body: CareSheetRequest, today: date, rules: RuleSet) -> None:
    """Raises Problem invalid-payload: a section type twice, half a box, care in the future or before the first rule."""
    require_sound_sections(body)
    code = detail = ""
    if body.date_of_care > today:
        code, detail = "future-date", "La date des soins est dans le futur."
    elif rules.find("share.patient", body.date_of_care) is None:
        code, detail = "date-without-rules", "Aucune règle de remboursement n'existe à cette date de soins."
    if detail:
        raise invalid("/date_of_care", code, detail)


def remarks(declared: str | None, rights: Rights, prescribed: Prescribed) -> list[tuple[str, str]]:
    """The warnings of an issuance as (code, French message): rights, content, a condition nobody recognised."""
    found = [*rights.warnings, *prescribed.warnings]
    if declared and declared not in {condition.kind for condition in rights.conditions}:
        message = f"Aucune {declared} n'est reconnue à ce bénéficiaire à la date des soins."
        found.append(("long-term-condition-not-recognised", message))
    return found
