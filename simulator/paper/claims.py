"""Use case: a claim that comes on paper, decided by the same arithmetic once it is checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace as changed

from fixtures.model import Beneficiary, Establishment
from simulator.audit import store as audit
from simulator.beneficiaries.service import register, rights_on
from simulator.care_sheets.model import derived_id
from simulator.care_sheets.units import COUNTED
from simulator.claims import store as claims
from simulator.claims.circumstances import decide_all
from simulator.claims.counters import Where
from simulator.claims.delays import days_after
from simulator.claims.model import Claim, ClaimLine
from simulator.claims.notices import subject
from simulator.claims.service import rights_context
from simulator.claims.states import LineStatus
from simulator.claims.terms import ChargedLine, Filing
from simulator.executions import content
from simulator.executions.schemas import ExecutedLine
from simulator.kit import clock
from simulator.kit.answer import Answer, Json
from simulator.kit.call import Call
from simulator.kit.problems import Problem, invalid
from simulator.kit.storage import Tx
from simulator.paper import asking, duplicates, moving, references, resemblance, store
from simulator.paper.claim_schemas import PaperAct, PaperClaimRequest, PaperLine, PaperMedicine
from simulator.paper.store import Care
from simulator.worlds import store as worlds


def register_claim(tx: Tx, call: Call, body: PaperClaimRequest) -> Answer:
    """Receive a paper claim: its reference, its lines, the lines of a care sheet that it moves to paper.

    It is keyed and checked some days later (rule paper.check), by the agenda. Raises Problem, in this order:
    professional-suspended, role-not-allowed, invalid-payload (establishment, section, days), unknown-beneficiary,
    paper-reference-used, those of `moving`, invalid-payload (codes).
    """
    place = asking.place_of(call, body)
    asking.require_possible(call, body)
    who = body.beneficiary
    person = register(call.world).find(who.registration_number, who.dependant_rank, pointer="/beneficiary")
    asked, moved = asking.sheet_named(tx, call, body, place.id)
    if moved is not None:
        body = body.model_copy(update={"paper_reference": moved})
    prescribed: Mapping[int, Json] = {}
    if asked is not None:
        sheet, section = moving.sheet_of(tx, call, body, asked, place.id)
        prescribed = moving.rest(tx, call, body, sheet, section, place.id, fallen_back=moved is not None)
    elif any(line.line is not None for line in body.lines):
        detail = "Une ligne se nomme avec la feuille qui la porte (« care_sheet »)."
        raise invalid("/care_sheet", "missing", detail)
    number = "" if asked is None else asked.number
    if moved is None:
        where = {"number": number, "section": body.section, "establishment": place.id}
        references.take(tx, call, body.paper_reference, "claim", **where)
    charged, warnings = _charged(tx, call, body, prescribed)
    cares = _cares(body, charged, place.id, number, prescribed)
    lines = _compared(tx, call, body, _decided(tx, call, body, person, place, charged, cares), cares)
    claim = Claim(
        id=_id(call, body),
        number=number,
        section=body.section,
        establishment=place.id,
        date_of_care=body.date_of_care,
        received_at=call.now,
        lines=tuple(lines),
        beneficiary=(who.registration_number, who.dependant_rank),
        origin="paper",
        reference=body.paper_reference,
    )
    told = claims.save(tx, call.world, claim)
    said = [store.Said(one, body.long_term_condition) for one in charged]
    store.insert(tx, call.world.id, body.paper_reference, call.actor.client_id, zip(cares, said, strict=True))
    worlds.note_paper(tx, call.world)
    data = {"claim": claim.id, "section": body.section, "paper_reference": body.paper_reference, "lines": len(lines)}
    audit.append(tx, call, "paper-claim-registered", subject(claim), data)
    for line in lines:
        if line.hold is not None:
            message = f"Ligne {line.line.line} : le même soin est déjà demandé ; un contrôle tranchera."
            warnings.append({"code": "possible-duplicate", "message": message})
    return _answer(call, claim, told(), warnings)


def _answer(call: Call, claim: Claim, told: bytes, warnings: Sequence[Json]) -> Answer:
    answer: Json = {
        "id": claim.id,
        "paper_reference": claim.reference,
        "number": claim.number,
        "section": claim.section,
        "establishment": claim.establishment,
        "received_at": clock.to_text(claim.received_at),
        "check_on": clock.day(_check_at(call)).isoformat(),
        "warnings": list(warnings),
    }
    if not claim.number:
        del answer["number"]
    return Answer(answer, parts={} if call.actor.role == "agent" else {"claim": told})


def _check_at(call: Call) -> datetime:
    """When what is received now is checked."""
    return days_after(call.now, "paper.check", call.world.tariff_set)


def _cares(
    body: PaperClaimRequest, charged: Sequence[ChargedLine], place: str, number: str, prescribed: Mapping[int, Json]
) -> list[Care]:
    who = body.beneficiary
    return [
        Care(
            (who.registration_number, who.dependant_rank),
            place,
            body.section,
            said.date_of_care or body.date_of_care,
            duplicates.code(one),
            prescribed.get(said.line or 0, {}).get("ean13", ""),
            number if said.line is not None else "",
            said.line or 0,
        )
        for one, said in zip(charged, body.lines, strict=True)
    ]


def _charged(
    tx: Tx, call: Call, body: PaperClaimRequest, prescribed: Mapping[int, Json]
) -> tuple[list[ChargedLine], list[Json]]:
    """What each line claims, by its rank on the paper, and what to warn of. Raises Problem invalid-payload."""
    found: list[ChargedLine] = []
    warnings: list[Json] = []
    errors: list[dict[str, str]] = []
    for rank, said in enumerate(body.lines, start=1):
        done = _done(rank, said)
        asked = prescribed.get(said.line or 0) or {"label": getattr(said, "label", done.ean13 or done.act_code)}
        one, remarks = content.charged(tx, call.world.nomenclature, body.section, asked, done)
        found.append(one)
        warnings += remarks
        if said.line is None and one.kind != "outside-list":
            asked = {**asked, "unit": COUNTED.get(body.section)}
        if wrong := content.misfit(call.world.nomenclature, body.section, asked, done, one):
            errors.append({"pointer": f"/lines/{rank - 1}/{wrong[0]}", "code": wrong[1], "detail": wrong[2]})
    if errors:
        raise Problem("invalid-payload", errors[0]["detail"], errors=errors)
    return found, warnings


def _done(rank: int, said: PaperLine) -> ExecutedLine:
    return ExecutedLine(
        line=rank,
        outcome="executed",
        quantity=said.quantity,
        ean13=said.ean13 if isinstance(said, PaperMedicine) else None,
        act_code=said.act_code if isinstance(said, PaperAct) else None,
        charged=said.charged,
    )


def _decided(
    tx: Tx,
    call: Call,
    body: PaperClaimRequest,
    person: Beneficiary,
    place: Establishment,
    charged: Sequence[ChargedLine],
    cares: Sequence[Care],
) -> list[ClaimLine]:
    """What each line is worth, in their order: each day of care is decided as a visit of that day."""
    ended = body.treatment_ended_on
    filing = Filing(clock.day(call.now), ended or body.date_of_care, ended is not None)
    where = Where(f"paper:{body.paper_reference}", body.section, place.id)
    found: dict[int, ClaimLine] = {}
    for day in sorted({care.day for care in cares}):
        mine = [one for one, care in zip(charged, cares, strict=True) if care.day == day]
        context = rights_context(rights_on(person, day), place.sector, body.long_term_condition)
        visit = derived_id(call.world.keys.platform_secret, "pap", body.paper_reference, day.isoformat())
        decided = decide_all(tx, call.world, person, mine, context, day, visit, where, filing)
        found |= {one.line.line: one for one in decided}
    return [found[one.line] for one in charged]


def _compared(
    tx: Tx, call: Call, body: PaperClaimRequest, lines: Sequence[ClaimLine], cares: Sequence[Care]
) -> list[ClaimLine]:
    """The lines as they are received, to be checked; those that look like care claimed already say which claim."""
    found: list[ClaimLine] = []
    for rank, (line, care) in enumerate(zip(lines, cares, strict=True), start=1):
        one = changed(line, status=LineStatus.RECEIVED, since=call.now, due=_check_at(call))
        if duplicates.may_be_paid(one):
            above = (
                other
                for other, before in zip(found, cares, strict=False)
                if resemblance.alike(tx, call.world, care, before)
            )
            if any(duplicates.may_be_paid(other) for other in above):
                twin: str | None = _id(call, body)
            else:
                twin = duplicates.twin(tx, call.world, care, call.now, below=(body.paper_reference, rank))
            one = one if twin is None else changed(one, hold=duplicates.hold(call.world, twin, call.now))
        found.append(one)
    return found


def _id(call: Call, body: PaperClaimRequest) -> str:
    return derived_id(call.world.keys.platform_secret, "clm", "paper", body.paper_reference)
