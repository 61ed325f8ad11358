"""The lines of a care sheet that a paper claim names: on paper already (see `remainder`), or moved there with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from msgspec import Struct

from simulator.care_sheets import store as sheets
from simulator.care_sheets.model import Section, Sheet, unknown_sheet
from simulator.care_sheets.states import Line, LineState, Role, Transition
from simulator.executions import recording, service
from simulator.executions import store as executions
from simulator.executions.model import Deed, Prescribed, Visit, apply, substituted
from simulator.kit.answer import Json
from simulator.kit.call import Call
from simulator.kit.money import quantity_text
from simulator.kit.problems import Problem, invalid
from simulator.kit.storage import Tx
from simulator.paper import remainder
from simulator.paper.claim_schemas import PaperCareSheet, PaperClaimRequest
from simulator.resolutions import proofs
from simulator.resolutions.answers import TypedResolution
from simulator.resolutions.model import Action, decide

REASON = "Demande de remboursement sur papier"


class Named(Struct, frozen=True):
    """What is claimed of one line of the sheet: `places` in the request, and the quantity over all of them."""

    line: int
    places: tuple[int, ...]
    quantity: Decimal
    delivered: str | None


def sheet_of(tx: Tx, call: Call, body: PaperClaimRequest, asked: PaperCareSheet, place: str) -> tuple[Sheet, Section]:
    """The sheet and the section that the claim names, as they stand; its validity judged on the day of care.

    An executor has held the section, or shows the code printed on the paper; an agent of the CNSS has the paper.
    Raises Problem not-found, those of the code (see `proofs.by_code`), sheet-cancelled, sheet-replaced,
    sheet-expired, no-section-for-role, invalid-payload (another beneficiary, a day before the sheet).
    """
    if asked.backup_code is not None:
        proofs.by_code(tx, call, TypedResolution(number=asked.number, backup_code=asked.backup_code))
    call.concerns(asked.number)
    sheet = sheets.find(tx, call.world.id, asked.number, call.now, on=body.date_of_care)
    section = sheet.sections.get(body.section) if sheet else None
    known = section is not None and place in section.visitors
    if sheet is None or not (known or asked.backup_code is not None or call.actor.role == "agent"):
        raise unknown_sheet()
    if section is None:
        raise Problem("no-section-for-role", "Cette feuille n'a pas cette section.")
    if sheet.beneficiary != (body.beneficiary.registration_number, body.beneficiary.dependant_rank):
        raise invalid("/beneficiary", "other-beneficiary", "Cette feuille est celle d'un autre bénéficiaire.")
    sheet.require_live([section])
    if body.date_of_care < sheet.date_of_care:
        detail = f"Cette feuille est du {sheet.date_of_care:%d/%m/%Y} : rien ne s'en fait avant."
        raise invalid("/date_of_care", "impossible-date", detail)
    return sheet, section


def named(body: PaperClaimRequest) -> list[Named]:
    """The lines of the sheet that the claim names, each once, in the order of the request."""
    found: dict[int, Named] = {}
    for place, one in enumerate(body.lines):
        if one.line is None:
            continue
        code = getattr(one, "ean13", None) or getattr(one, "act_code", None)
        before = found.get(one.line) or Named(one.line, (), Decimal(0), code)
        found[one.line] = Named(one.line, (*before.places, place), before.quantity + one.quantity, code)
    return list(found.values())


def rest(
    tx: Tx, call: Call, body: PaperClaimRequest, sheet: Sheet, section: Section, place: str, *, fallen_back: bool
) -> Mapping[int, Json]:
    """Make the claim rest on the lines that it names, in the same transaction: what is still open moves to this paper.

    Answers the lines as they were prescribed. `fallen_back`: the reference is that of an earlier move to paper. Raises
    Problem already-recorded (executed electronically), over-remainder, substitution-not-allowed, section-held,
    line-terminal (closed, moved under a reference that was not claimed yet, or claimed whole), line-unknown, line-owed.
    """
    wanted, prescribed = named(body), service.content_of(sheet, section.type)
    done = executions.several(tx, call.world.id, section.executions)
    ours = remainder.under(done, body.paper_reference) if fallen_back else frozenset()
    shared = remainder.open_to_papers(tx, call.world.id, sheet.number, section, done)
    for one in wanted:
        line = section.line(one.line)
        if line is not None and (line.state is not LineState.MOVED_TO_PAPER or one.line in ours | shared):
            _require_claimable(tx, call, sheet, line, one, place)
    _require_as_prescribed([one for one in wanted if one.line in shared], service.rules_of(dict(prescribed)))
    fresh = [one for one in wanted if one.line not in ours | shared]
    if fresh:
        decide(section.lease, place, Action.LATE, call.now, closing=section.closing)
        _move(tx, call, body, sheet, section, place, fresh)
    return prescribed


def _require_as_prescribed(lines: Sequence[Named], rules: Mapping[int, Prescribed]) -> None:
    """Raises Problem substitution-not-allowed, as the move of these lines would have."""
    for one in lines:
        asked = rules[one.line]
        deed = Deed(one.line, Transition.MOVE_TO_PAPER, delivered=one.delivered)
        if asked.substitution_allowed or not substituted(asked, deed):
            continue
        slug = "substitution-not-allowed"
        detail = f"Ligne {one.line} : ce qui a été délivré ou fait n'est pas ce qui est prescrit."
        name = "ean13" if (one.delivered or "").isdigit() else "act_code"
        raise Problem(slug, detail, errors=_errors(one, slug, detail, name), current_state="moved_to_paper")


def _require_claimable(tx: Tx, call: Call, sheet: Sheet, line: Line, one: Named, place: str) -> None:
    """Raises Problem already-recorded, over-remainder."""
    if line.state is LineState.EXECUTED:
        done = executions.find(tx, call.world.id, line.last or "")
        detail = f"Ligne {line.number} : elle a été exécutée électroniquement."
        seen = done is not None and (done.establishment == place or call.actor.role == "agent")
        said = {"execution": done.id} if done is not None and seen else {}
        raise Problem("already-recorded", detail, errors=_errors(one, "already-recorded", detail), **said)  # type: ignore[arg-type]
    left = remainder.left(tx, call.world.id, sheet.number, line)
    if one.quantity > left:
        detail = (
            f"Ligne {line.number} : quantité {quantity_text(one.quantity)} demandée, il reste {quantity_text(left)}."
        )
        raise Problem("over-remainder", detail, errors=_errors(one, "over-remainder", detail), current_state=line.state)


def _errors(one: Named, code: str, detail: str, name: str = "line") -> Sequence[Mapping[str, str]]:
    return [{"pointer": f"/lines/{place}/{name}", "code": code, "detail": detail} for place in one.places]


def _replaced(pointer: str, lines: Sequence[Named]) -> str:
    """``/lines/0/ean13`` of the deeds, where it stands in the request."""
    _, _, rank, *field = pointer.split("/")
    return "/".join(["", "lines", str(lines[int(rank)].places[0]), *field])


def _move(
    tx: Tx, call: Call, body: PaperClaimRequest, sheet: Sheet, section: Section, place: str, lines: Sequence[Named]
) -> None:
    """Move these lines to this paper."""
    deeds = [Deed(one.line, Transition.MOVE_TO_PAPER, delivered=one.delivered) for one in lines]
    rules = service.rules_of(service.content_of(sheet, section.type))
    comer = Visit(place, Role.PAPER, cancelling=section.cancelling)
    try:
        moved = apply(section, rules, deeds, comer)
    except Problem as problem:
        problem.errors = [{**error, "pointer": _replaced(error["pointer"], lines)} for error in problem.errors]
        raise
    said: list[Json] = [{"line": one.after.number, "outcome": "moved_to_paper"} for one in moved]
    act = recording.Act(
        sheet=sheet,
        section=section.visited_by(place),
        place=place,
        kind="paper",
        event="section-moved-to-paper",
        performed_at=call.now,
        moved=moved,
        told=lambda: [(line, line) for line in said],
        content={"paper_reference": body.paper_reference, "reason": REASON},
    )
    recording.record(tx, call, act)
