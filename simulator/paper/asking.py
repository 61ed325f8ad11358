"""What a paper claim must be to be received: an establishment's own, of possible days, under a reference of its own."""

from __future__ import annotations

import fixtures
from simulator.claims import store as claims
from simulator.claims.circumstances import SESSIONS
from simulator.claims.rules import rule_set
from simulator.kit import clock
from simulator.kit.call import Call
from simulator.kit.problems import Problem, invalid
from simulator.kit.storage import Tx
from simulator.paper import references
from simulator.paper.claim_schemas import PaperCareSheet, PaperClaimRequest
from simulator.professionals import words
from simulator.professionals.model import SECTIONS
from simulator.professionals.service import directory


def place_of(call: Call, body: PaperClaimRequest) -> fixtures.Establishment:
    """Whose claim it is. Raises Problem professional-suspended, role-not-allowed, invalid-payload."""
    known = directory(call.world)
    who = known.active(call.actor.inpe)
    if call.actor.role == "agent":
        there = [one for one in known.people.values() if one.establishment.id == body.establishment]
        if not there:  # walks the directory: a clerk is not in a hurry
            raise invalid(
                "/establishment", "unknown-establishment", "Un agent dit de quel établissement vient le papier."
            )
        if not any(body.section in (*SECTIONS[one.role], one.role) for one in there):
            detail = f"Cet établissement ne fait pas d'actes de la section « {words.name(body.section)} »."
            raise invalid("/section", "other-profession", detail)
        return there[0].establishment
    if body.establishment not in (None, who.establishment.id):
        raise invalid("/establishment", "other-establishment", "Un exécutant demande pour son propre établissement.")
    if body.section not in SECTIONS[who.role]:
        raise Problem(
            "role-not-allowed", f"La section « {words.name(body.section)} » s'adresse à d'autres professionnels."
        )
    return who.establishment


def require_possible(call: Call, body: PaperClaimRequest) -> None:
    """Raises Problem invalid-payload: days in the future, before the first rule, out of order, or of no treatment."""
    today, first, last = clock.day(call.now), body.date_of_care, body.treatment_ended_on
    if first > today:
        raise invalid("/date_of_care", "future-date", "La date des soins est dans le futur.")
    if rule_set(call.world.tariff_set).find("share.patient", first) is None:
        raise invalid(
            "/date_of_care", "date-without-rules", "Aucune règle de remboursement n'existe à cette date de soins."
        )
    if last is not None and body.section != SESSIONS:
        detail = f"Seule la section « {words.name(SESSIONS)} » est un traitement continu, par séances : ôter ce champ."
        raise invalid("/treatment_ended_on", "not-a-treatment", detail)
    if last is not None and not first <= last <= today:
        detail = "La fin du traitement n'est ni avant le premier acte, ni dans le futur."
        raise invalid("/treatment_ended_on", "impossible-date", detail)
    for rank, line in enumerate(body.lines):
        if line.date_of_care is not None and not first <= line.date_of_care <= (last or today):
            detail = "Un acte ne se fait ni avant le premier jour des soins, ni après leur fin."
            raise invalid(f"/lines/{rank}/date_of_care", "impossible-date", detail)


def sheet_named(tx: Tx, call: Call, body: PaperClaimRequest, place: str) -> tuple[PaperCareSheet | None, str | None]:
    """The sheet that the claim rests on; the reference under which its lines were moved to that paper, if they were.

    Raises Problem paper-reference-used, invalid-payload (a line that does not say which one it is of the sheet).
    """
    found = references.find(tx, call.world.id, body.paper_reference)
    if found is None:
        return body.care_sheet, None
    elsewhere = (found.use, found.section, found.establishment) != ("fallback", body.section, place)
    if elsewhere or (body.care_sheet is not None and body.care_sheet.number != found.number):
        raise references.used(body.paper_reference)
    if claims.find(tx, call.world.id, f"paper:{found.written}", body.section, place) is not None:
        raise references.used(body.paper_reference)
    for rank, line in enumerate(body.lines):
        if line.line is None:
            detail = "Chaque ligne dit laquelle de la feuille est passée sur ce papier."
            raise invalid(f"/lines/{rank}/line", "missing", detail)
    return body.care_sheet or PaperCareSheet(number=found.number), found.written
