"""Use cases: resolve (and hold) a sheet; extend, read, release one's own lease."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from msgspec import Struct

import fixtures
from simulator.audit import store as audit
from simulator.care_sheets import store as sheets
from simulator.care_sheets import views
from simulator.care_sheets.model import Section, Sheet, derived_id, unknown_sheet
from simulator.codes.recovery import Diagnostic
from simulator.kit import clock
from simulator.kit.answer import Answer, Json
from simulator.kit.call import Call
from simulator.kit.problems import Problem, pointed
from simulator.kit.storage import Tx
from simulator.paper import phases
from simulator.professionals import words
from simulator.professionals.model import SECTIONS
from simulator.professionals.service import directory
from simulator.resolutions import proofs
from simulator.resolutions.answers import ResolutionRequest, ScanResolution
from simulator.resolutions.model import Action, Effect, Lease, decide
from simulator.resolutions.schemas import shown


def resolve(tx: Tx, call: Call, body: ResolutionRequest) -> Callable[[], Answer]:
    """From the paper to the executor's own section; `hold` takes the lease in the same exchange.

    Raises Problem, in this order: those of the proof (see `proofs`), sheet-cancelled, sheet-replaced,
    sheet-expired, role-not-allowed, no-section-for-role, section-to-choose, not-deployed-yet (to hold), section-held,
    nothing-open (to hold).
    """
    executor = directory(call.world).active(call.actor.inpe)
    proof = body.root
    proved = (
        proofs.by_scan(tx, call, proof.scan) if isinstance(proof, ScanResolution) else proofs.by_code(tx, call, proof)
    )
    sheet, place = proved.sheet, executor.establishment.id
    sheet.require_live(sheet.sections[kind] for kind in SECTIONS.get(executor.role, ()) if kind in sheet.sections)
    section = own_section(sheet, executor.role, proof.section)
    if proof.hold:
        phases.require_open(call, executor.establishment.province, sheet.content["care_setting"])
    effect = decide(section.lease, place, Action.HOLD if proof.hold else Action.READ, call.now, closing=section.closing)
    if proof.hold and not section.open_to(place):
        raise Problem("nothing-open", "Plus rien n'est à exécuter ici.", current_state=section.status)
    data = {"section": section.type, "hold": bool(proof.hold)}
    after = _apply(call, effect, sheet, section, place)
    if after is section:
        audit.append(tx, call, "care-sheet-resolved", sheet.number, data)
    else:
        sheets.save(tx, call, sheet, sheet.with_section(after), "care-sheet-resolved", data)
    return lambda: _answer(sheet, after, section.revision, place, proved.diagnostics)


def _answer(sheet: Sheet, held: Section, revision: int, place: str, diagnostics: Sequence[Diagnostic]) -> Answer:
    answer: Json = {
        "number": sheet.number,
        "status": held.status,
        "revision": revision,
        "issued_at": clock.to_text(sheet.issued_at),
        "valid_until": sheet.valid_until.isoformat(),
        "section": views.section(sheet, held, reader=place),
        "prescriber": sheet.content["prescriber"],
        "beneficiary": sheet.content["beneficiary"],
        **views.transcribed(sheet),
    }
    if held.lease is not None:
        answer["lease"] = shown(held.lease)
    answer["reading"] = {"diagnostics": [{"code": d.code, "message": d.message} for d in diagnostics]}
    answer["warnings"] = views.holder_warnings(held)
    return Answer(answer, revision=revision)


def own_section(sheet: Sheet, role: str, wanted: str | None) -> Section:
    """The section that a role executes on a sheet: the one it names, or the only one there is for it.

    Raises Problem role-not-allowed, no-section-for-role, section-to-choose.
    """
    possible = SECTIONS.get(role, ())
    if wanted is not None and wanted not in possible:
        raise Problem("role-not-allowed", _for_others(wanted))
    found = [sheet.sections[kind] for kind in possible if kind in sheet.sections and wanted in (None, kind)]
    if not found:
        asked = words.listed((wanted,) if wanted else possible)
        raise Problem("no-section-for-role", f"La feuille ne contient pas de section {asked}.")
    if len(found) > 1:
        kinds = [section.type for section in found]
        names = words.listed(kinds, last="et")
        detail = f"La feuille contient plusieurs sections pour votre établissement : {names}."
        raise pointed("section-to-choose", "/section", detail, sections=kinds)
    return found[0]


def _for_others(kind: str) -> str:
    return f"La section « {words.name(kind)} » s'adresse à d'autres professionnels."


def _apply(call: Call, effect: Effect, sheet: Sheet, section: Section, place: str) -> Section:
    """The section as the lease table says; the same object when nothing changes."""
    if effect in (Effect.FREE_IT, Effect.CLOSE_IT):
        return section.freed()
    if effect not in (Effect.GRANT, Effect.RENEW):
        return section
    until = call.now + timedelta(seconds=fixtures.rule("section.lease", clock.day(call.now)).integer)
    if effect is Effect.RENEW and section.lease is not None:
        identifier, taker = section.lease.id, section.lease.inpe
    else:
        secret, rank = call.world.keys.platform_secret, str(section.leases)
        identifier, taker = derived_id(secret, "lea", sheet.number, section.type, rank), call.actor.inpe or ""
    return section.held_by(Lease(identifier, section.type, place, taker, until))


def extend_lease(tx: Tx, call: Call) -> Answer:
    """The lease, renewed for its whole duration.

    Raises Problem role-not-allowed, not-found, sheet-…, lease-lost, cancellation-requested.
    """
    visit = require_visited(tx, call)
    visit.sheet.require_live([visit.section])
    effect = visit.decide(Action.EXTEND, call)
    after = _apply(call, effect, visit.sheet, visit.section, visit.place)
    assert after.lease is not None
    data = {"section": after.type, "lease": after.lease.id}
    sheets.save(tx, call, visit.sheet, visit.sheet.with_section(after), "lease-extended", data)
    return Answer(shown(after.lease))


def read_lease(tx: Tx, call: Call) -> Answer:
    """The establishment's own live lease. Raises Problem role-not-allowed, not-found, lease-lost when it has ended."""
    visit = require_visited(tx, call)
    visit.decide(Action.EXECUTE, call)
    assert visit.section.lease is not None
    return Answer(shown(visit.section.lease))


def release_lease(tx: Tx, call: Call) -> None:
    """Free the section, and cancel what its author wanted cancelled; a lease that has ended changes nothing.

    Raises Problem role-not-allowed, not-found.
    """
    visit = require_visited(tx, call)
    after = _apply(call, visit.decide(Action.RELEASE, call), visit.sheet, visit.section, visit.place)
    if after is not visit.section:
        data = {"section": after.type}
        sheets.save(tx, call, visit.sheet, visit.sheet.with_section(after), "lease-released", data)


class Visit(Struct, frozen=True):
    """A sheet, its section that an establishment holds or has held, and that establishment."""

    sheet: Sheet
    section: Section
    place: str

    @property
    def holds(self) -> bool:
        """It holds the section now."""
        lease = self.section.lease
        return lease is not None and lease.establishment == self.place

    def decide(self, action: Action, call: Call) -> Effect:
        """What the lease table says. Raises Problem."""
        return decide(self.section.lease, self.place, action, call.now, closing=self.section.closing)


def require_visited(
    tx: Tx, call: Call, *, number: str | None = None, kind: str | None = None, on: date | None = None
) -> Visit:
    """The section of the path (or the one named), when the caller's establishment holds it or has held it.

    `on`: see `sheets.find`. Raises Problem professional-suspended, role-not-allowed (another profession's section),
    not-found: for those who never held the section the sheet does not exist. A resolution without `hold` writes
    nothing, so who only read the section is not told that his lease is lost.
    """
    executor = directory(call.world).active(call.actor.inpe)
    kind = kind or call.path["type"]
    if kind not in words.NAMES:
        raise Problem("not-found", f"Ce type de section n'existe pas. Une valeur parmi : {', '.join(words.NAMES)}.")
    if kind not in SECTIONS.get(executor.role, ()):
        raise Problem("role-not-allowed", _for_others(kind))
    sheet = sheets.find(tx, call.world.id, number or call.path["number"], call.now, on=on)
    section = sheet.sections.get(kind) if sheet else None
    place = executor.establishment.id
    if sheet is None or section is None or place not in section.visitors:
        raise unknown_sheet()
    return Visit(sheet, section, place)
