"""Use case: contest what was decided of some lines of a claim. They are decided again some days later."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from msgspec.structs import replace as changed

import fixtures
from simulator.audit import store as audit
from simulator.claims import store as claims
from simulator.claims.delays import days_after
from simulator.claims.model import Claim, ClaimLine
from simulator.claims.notices import subject
from simulator.claims.states import LineStatus, Move, after
from simulator.kit import clock
from simulator.kit.answer import Answer
from simulator.kit.call import Call, WorldLike
from simulator.kit.problems import Problem, pointed
from simulator.kit.storage import Tx
from simulator.reviews import store
from simulator.reviews.own import own
from simulator.reviews.recheck import CONTESTED, RECHECK
from simulator.reviews.schemas import ContestationRequest

DELAY = "contestation.delay"


def contest(tx: Tx, call: Call, body: ContestationRequest) -> Answer:
    """Contest the lines that are named, or all that can be; all of them, or nothing.

    Raises Problem, in this order: professional-suspended, not-found, line-unknown, already-contested,
    not-contestable, contestation-too-late.
    """
    claim = own(tx, call)
    chosen = _named(claim, body) if body.lines else _possible(call, claim)
    for line in chosen:
        require_contestable(call.world, claim, line, call.now)
    due = days_after(call.now, RECHECK, call.world.tariff_set)
    lines = [changed(line.moved(Move.CONTEST, call.now), due=due) if line in chosen else line for line in claim.lines]
    text = claims.save(tx, call.world, changed(claim, lines=tuple(lines)))
    names = " ".join(f"{line.execution}/{line.line.line}" for line in chosen)
    who = call.actor.person
    store.insert(tx, call.world.id, store.contestations, claim.id, call.now, who, lines=names, reason=body.reason)
    data = {"claim": claim.id, "section": claim.section, "lines": len(chosen)}
    audit.append(tx, call, "claim-contested", subject(claim), data)
    return Answer(claims.parse(text()))


def require_contestable(world: WorldLike, claim: Claim, line: ClaimLine, now: datetime) -> None:
    """Raises Problem already-contested, not-contestable, contestation-too-late."""
    where = f"Ligne {line.line.line} :"
    if CONTESTED in line.cleared or line.status is LineStatus.CONTESTED:
        detail = f"{where} elle a déjà été contestée ; une ligne ne l'est qu'une fois."
        raise Problem("already-contested", detail, current_state=line.status)
    if after(line.status, Move.CONTEST) is None:
        detail = f"{where} elle n'est pas décidée, ou son paiement est en cours."
        raise Problem("not-contestable", detail, current_state=line.status)
    last = last_day(world, claim, line)
    if clock.day(now) > last:
        detail = f"{where} elle pouvait être contestée jusqu'au {last:%d/%m/%Y}."
        raise Problem("contestation-too-late", detail, current_state=line.status)


def last_day(world: WorldLike, claim: Claim, line: ClaimLine) -> date:
    """The last day, in Morocco, on which it may be contested: so many after it was decided, or paid."""
    since = clock.day(line.since or claim.received_at)
    return since + timedelta(days=fixtures.rule(DELAY, since, world.tariff_set).integer)


def _named(claim: Claim, body: ContestationRequest) -> list[ClaimLine]:
    chosen: list[ClaimLine] = []
    for place, said in enumerate(body.lines or ()):
        found = [one for one in claim.lines if (one.execution, one.line.line) == (said.execution, said.line)]
        if not found:
            detail = f"La demande n'a pas de ligne {said.line} de cette exécution."
            raise pointed("line-unknown", f"/lines/{place}", detail)
        chosen += [one for one in found if one not in chosen]
    return chosen


def _possible(call: Call, claim: Claim) -> list[ClaimLine]:
    """The lines that can be contested; the first one, to be refused, when none can."""
    found = []
    for line in claim.lines:
        try:
            require_contestable(call.world, claim, line, call.now)
        except Problem:
            continue
        found.append(line)
    if not found and not claim.lines:
        raise Problem("not-contestable", "La demande est retirée : rien n'y est décidé.", current_state=claim.status)
    return found or list(claim.lines[:1])
