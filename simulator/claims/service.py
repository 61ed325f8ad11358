"""Use cases on claims: opening or growing one (called by issuance and execution), reading one's own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Literal

from msgspec import Struct

import fixtures
from fixtures.model import Beneficiary
from simulator.audit import store as audit
from simulator.beneficiaries.model import Rights
from simulator.beneficiaries.service import register, rights_on
from simulator.care_sheets.model import Sheet, derived_id
from simulator.claims import awaiting, counters, holds, store
from simulator.claims.circumstances import decide_all, filing
from simulator.claims.model import Claim, ClaimLine
from simulator.claims.rules import rule_set
from simulator.claims.settled import require_unordered
from simulator.claims.terms import ChargedLine, HeldCondition, RightsContext
from simulator.kit import clock, pages
from simulator.kit.answer import Answer, Json
from simulator.kit.call import Call
from simulator.kit.once import Once
from simulator.kit.problems import Problem
from simulator.kit.storage import Tx
from simulator.paper import duplicates
from simulator.professionals.service import directory

Sector = Literal["private", "public"]
ONE_SHEET = {"type": "string", "description": "Those of one sheet.", "pattern": "^[0-9 ]{16,19}$"}


class Recorded(Struct, frozen=True):
    """A claim as it stands: its id, its answer (JSON), and the lines just decided."""

    id: str
    json: Once[bytes]
    added: tuple[ClaimLine, ...]


def record(
    tx: Tx,
    call: Call,
    sheet: Sheet,
    section: str,
    execution: str,
    charged: Sequence[ChargedLine],
    day: date,
    filed: date | None = None,
) -> Recorded:
    """Decide the lines of one execution and add them to the establishment's claim, opening it if need be.

    `day`: date of care of this execution; `filed`: the day it was first received, today unless told (an amendment).
    """
    place = directory(call.world).active(call.actor.inpe).establishment
    person = _beneficiary(call, sheet)
    context = rights_context(rights_on(person, day), place.sector, sheet.content.get("long_term_condition"))
    late = filing(sheet.sections[section], charged, day, filed or clock.day(call.now), rule_set(call.world.tariff_set))
    where = counters.Where(sheet.number, section, place.id)
    decided = decide_all(tx, call.world, person, charged, context, day, execution, where, late)
    before = any(other != execution for other in sheet.sections[section].executions)
    known = store.find(tx, call.world.id, sheet.number, section, place.id) if before else None
    claim = known or Claim(
        id=derived_id(call.world.keys.platform_secret, "clm", sheet.number, section, place.id),
        number=sheet.number,
        section=section,
        establishment=place.id,
        date_of_care=day,
        received_at=call.now,
        lines=(),
        beneficiary=sheet.beneficiary,
    )
    twins = duplicates.compared(tx, call, sheet, section, place.id, decided, charged)
    acts = [awaiting.act(one) for one in charged] if section not in holds.NEVER_ASKED else None
    added = holds.visited(tx, call.world, claim, decided, call.now, twins, acts)
    return Recorded(claim.id, store.save(tx, call.world, claim.with_lines(added)), added)


def take_back(tx: Tx, call: Call, sheet: Sheet, section: str, establishment: str, execution: str) -> Recorded | None:
    """Take an execution out of the establishment's claim; None when it had claimed nothing.

    The claim stays, `withdrawn` once nothing is left of it. What replaces an amended execution is recorded
    after, by `record`. Raises Problem claim-settled once a payment was ordered of it.
    """
    claim = store.find(tx, call.world.id, sheet.number, section, establishment)
    if claim is None:
        return None
    left = claim.without(execution)
    if left == claim:
        return None
    require_unordered(call, claim, execution)
    if any(item.execution == execution and item.line.counted for item in claim.lines):
        counters.take_back(tx, call.world, sheet.beneficiary, execution, call.now)
    awaiting.taken_back(tx, call.world.id, claim, execution)
    return Recorded(claim.id, store.save(tx, call.world, left), ())


def _beneficiary(call: Call, sheet: Sheet) -> Beneficiary:
    who = sheet.content["beneficiary"]
    return register(call.world).find(who["registration_number"], who["dependant_rank"])


def rights_context(rights: Rights, sector: Sector, declared: Literal["ALD", "ALC"] | None) -> RightsContext:
    """The beneficiary's rights of a day, as adjudication looks at them; `declared` by the sheet.

    A claim tells of them what the rights check tells, no more and no less: who reads a claim may ask that, or is
    the patient, or the insured of a child (a test of tests/simulator/disclosure keeps it so).
    """
    return RightsContext(
        open=rights.open,
        regime=rights.regime,
        sector=sector,
        conditions=tuple(HeldCondition(c.kind, c.label, c.rate, _code(c.label)) for c in rights.conditions),
        declared=declared,
        deceased=rights.reason == "deceased",
        why=rights.why or "",
        ruled=fixtures.named_rules().get(rights.rule) if rights.why else None,
    )


def _code(label: str) -> str:
    known = fixtures.conditions().get(label)
    return known.code if known else ""


def read(tx: Tx, call: Call) -> Answer:
    """A claim of the caller's establishment. Raises Problem not-found for any other."""
    establishment = directory(call.world).active(call.actor.inpe).establishment.id
    found = store.by_id(tx, call.world.id, establishment, call.path["id"])
    return told(tx, call, found)


def told(tx: Tx, call: Call, claim: Json | None) -> Answer:
    """A claim that the caller may read; audited. Raises Problem not-found without one."""
    if claim is None:
        raise unknown_claim()
    told = {"claim": claim["id"], "section": claim["section"]}
    audit.append(tx, call, "claim-read", _subject(tx, call, claim), told)
    return Answer(claim)


def unknown_claim() -> Problem:
    """Unknown or not yours: the two are told apart by nobody."""
    return Problem("not-found", "Aucune demande de remboursement de cet identifiant ne vous est accessible.")


def _subject(tx: Tx, call: Call, claim: Json) -> str:
    """What the audit says that a claim is about: its sheet, else its beneficiary."""
    return claim.get("number") or audit.beneficiary(*store.whose(tx, call.world.id, claim))


def asked_sheet(call: Call) -> str | None:
    """The sheet whose claims alone are asked for. Raises Problem invalid-payload."""
    number = call.query.get("number")
    if number is None:
        return None
    if not re.fullmatch(r"[0-9 ]{16,19}", number):
        raise pages.bad_parameter("number", "« number » est un numéro de FSE : seize chiffres, espaces permis.")
    return number.replace(" ", "")


def search(tx: Tx, call: Call) -> Answer:
    """The establishment's claims: of one sheet (`number`), or page by page (`cursor`, `limit` ≤ 100)."""
    establishment = directory(call.world).active(call.actor.inpe).establishment.id
    number, cursor, limit = asked_sheet(call), *pages.asked(call.query)
    if number is not None:
        found: Sequence[Json] = [store.parse(x) for x in store.of_sheet(tx, call.world.id, number, establishment)]
        following = None
    else:
        rows = store.page(tx, call.world.id, establishment, cursor, limit + 1)
        found, following = pages.cut(rows, limit, lambda claim: str(claim["id"]))
    numbers = [_subject(tx, call, claim) for claim in found]
    audit.append_each(tx, call, "claims-listed", numbers, establishment, {"establishment": establishment})
    return Answer(pages.body(found, following))
