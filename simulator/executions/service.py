"""Use cases: record what was done at a visit, all lines in one atomic call; read it back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from simulator.care_sheets import views
from simulator.care_sheets.model import Section, Sheet, require_if_match
from simulator.care_sheets.states import Transition
from simulator.claims.terms import ChargedLine
from simulator.executions import recording, store
from simulator.executions.content import charged_lines
from simulator.executions.model import Deed, Moved, Prescribed, Visit, apply
from simulator.executions.schemas import DeedLine, ExecutedLine, ExecutionRequest, NotExecutedLine
from simulator.executions.third_party import require_attested
from simulator.kit import clock
from simulator.kit.answer import Answer, Json
from simulator.kit.call import Call
from simulator.kit.money import quantity_text
from simulator.kit.once import Once
from simulator.kit.problems import Problem
from simulator.kit.storage import Tx
from simulator.paper import phases
from simulator.professionals.service import directory
from simulator.resolutions import model as holding
from simulator.resolutions.service import Visit as Come
from simulator.resolutions.service import require_visited

_TRANSITIONS = {
    "executed": Transition.EXECUTE,
    "owed": Transition.OWE,
    "given_back": Transition.GIVE_BACK,
    "not_executed": Transition.DECLINE,
}


def execute(tx: Tx, call: Call, body: ExecutionRequest) -> Callable[[], Answer]:
    """Record a visit. Nothing is written unless every line is accepted.

    Raises Problem, in this order: precondition-required, lease-required, role-not-allowed, not-found,
    sheet-cancelled, sheet-replaced, sheet-expired, not-deployed-yet, precondition-failed (see `require_current`),
    nothing-open, lease-lost, invalid-payload (performed_at, a line twice, no product named), then those of
    `model.apply`.
    """
    if_match = require_if_match(call.headers)
    presented = lease_header(call)
    visit = require_visited(tx, call)
    visit.sheet.require_live([visit.section])
    here = directory(call.world).active(call.actor.inpe).establishment
    phases.require_open(call, here.province, visit.sheet.content["care_setting"])
    require_current(tx, call, visit, if_match)
    require_lease(call, visit.sheet, visit.section, presented, visit.place)
    recording.require_possible_instant(call, visit.sheet, body.performed_at)
    prescribed = content_of(visit.sheet, visit.section.type)
    require_readable(body.lines, prescribed)
    comer = Visit(visit.place, cancelling=visit.section.cancelling)
    moved = apply(visit.section, rules_of(prescribed), [deed(line) for line in body.lines], comer)
    due, warnings = charges(tx, call, visit.section.type, prescribed, body.lines)
    require_attested(call, visit.sheet, body.lines, due, clock.day(body.performed_at))
    act = recording.Act(
        sheet=visit.sheet,
        section=visit.section,
        place=visit.place,
        kind="execution",
        event="section-executed",
        performed_at=body.performed_at,
        moved=moved,
        told=Once(lambda: told(body.lines, moved, prescribed)),
        charged=due,
    )
    warnings = [*warnings, *views.holder_warnings(visit.section)]
    written = recording.record(tx, call, act)
    return lambda: recording.answer(call, act, written, warnings)


def require_current(tx: Tx, call: Call, visit: Come, if_match: str) -> None:
    """The revision is judged for who holds the section or executed something there: he may read it.

    Whoever else has held it learns that he holds it no more (`require_lease`), by no revision, right or wrong, what
    others have done since. Raises Problem precondition-failed.
    """
    done = (store.find(tx, call.world.id, id) for id in visit.section.executions)
    if visit.holds or any(one is not None and one.establishment == visit.place for one in done):
        visit.section.require_revision(if_match)


def lease_header(call: Call) -> str:
    """The FSE-Lease header. Raises Problem lease-required."""
    presented = call.headers.get("fse-lease", "").strip()
    if not presented:
        raise Problem("lease-required", "L'en-tête FSE-Lease doit porter la réservation de la section.")
    return presented


def require_lease(call: Call, sheet: Sheet, section: Section, presented: str, place: str) -> None:
    """Raises Problem nothing-open, lease-lost unless the establishment holds the section with this lease."""
    if not section.open_to(place):
        raise Problem("nothing-open", "Plus rien n'est à exécuter ici.", current_state=section.status)
    current = section.lease
    holding.decide(current, place, holding.Action.EXECUTE, call.now, closing=section.closing)
    if current is None or current.id != presented:
        raise holding.refusal("lease-lost", current, call.now)


def content_of(sheet: Sheet, kind: str) -> dict[int, Json]:
    """The prescribed lines of a section by number."""
    return {line["line"]: line for line in sheet.prescribed(kind)}


def rules_of(prescribed: dict[int, Json]) -> dict[int, Prescribed]:
    """What the substitution rule looks at, by line."""
    return {number: Prescribed.of(line) for number, line in prescribed.items()}


def require_readable(lines: Sequence[DeedLine], prescribed: dict[int, Json]) -> None:
    """Raises Problem invalid-payload for a line given twice, or a medicine handed over without its code."""
    errors: list[dict[str, str]] = []
    seen: set[int] = set()
    for place, line in enumerate(lines):
        if line.line in seen:
            detail = f"La ligne {line.line} est donnée deux fois."
            errors.append({"pointer": f"/lines/{place}/line", "code": "duplicate-line", "detail": detail})
        seen.add(line.line)
        asked = prescribed.get(line.line, {})
        if isinstance(line, ExecutedLine) and "ean13" in asked and line.ean13 is None:
            detail = "Le produit délivré doit être nommé par son code."
            errors.append({"pointer": f"/lines/{place}/ean13", "code": "missing", "detail": detail})
    if errors:
        raise Problem("invalid-payload", errors[0]["detail"], errors=errors)


def deed(line: DeedLine) -> Deed:
    """One line of a request, for the model."""
    transition = _TRANSITIONS[line.outcome]
    if not isinstance(line, ExecutedLine):
        return Deed(line.line, transition)
    return Deed(
        line=line.line,
        transition=transition,
        quantity=line.quantity,
        delivered=line.ean13 or line.act_code,
        agreed=line.substitution is not None,
        session=line.session,
        owes_rest=bool(line.owed),
    )


def told(lines: Sequence[DeedLine], moved: Sequence[Moved], prescribed: dict[int, Json]) -> list[tuple[Json, Json]]:
    """For each line, what is kept of what was said, and what is answered beside its state."""
    pairs: list[tuple[Json, Json]] = []
    for line, one in zip(lines, moved, strict=True):
        said: Json = {"line": line.line, "outcome": line.outcome}
        if isinstance(line, ExecutedLine):
            said["quantity"] = quantity_text(line.quantity)
            if prescribed[line.line].get("unit") == "session":
                said["session"] = {"index": int(one.after.executed), "of": int(one.after.ordered)}
        elif isinstance(line, NotExecutedLine):
            said["reason"] = line.reason
        pairs.append((_kept(line), said))
    return pairs


def _kept(line: DeedLine) -> Json:
    """What a line said, for JSON; what it left out is left out."""
    kept = {name: value for name, value in line.__dict__.items() if value is not None}
    if "substitution" in kept:
        kept["substitution"] = kept["substitution"].model_dump()
    return kept


def charges(
    tx: Tx,
    call: Call,
    kind: str,
    prescribed: Mapping[int, Json],
    lines: Sequence[DeedLine],
    places: Sequence[str] = (),
) -> tuple[list[ChargedLine], list[Json]]:
    """The lines to claim and what to warn of (see `content`). Raises Problem invalid-payload, as `content` says."""
    return charged_lines(tx, call.world.nomenclature, kind, prescribed, lines, clock.day(call.now), places)
