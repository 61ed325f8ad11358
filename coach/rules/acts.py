"""What a care software does with sheets: rights, scans, leases, warnings, dates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from coach.exchange import Exchange, instant
from coach.rules import words
from coach.traffic import Found, Traffic

_Key = TypeVar("_Key")
_LATER_AN_ERROR, _OFTEN = 3, 5
_BY_EYE_S = 300.0
_QUESTIONS = ("estimate-care-sheet", "check-rights")
_IMPOSSIBLE = ("impossible-date", "/performed_at")
_ON_THE_SPOT = {
    "wrong-check-digit": "La clé de contrôle du numéro est fausse",
    "forged-scan": "La signature du QR est fausse",
    "unreadable-scan": "Ce texte n'est pas un QR FSE1",
}


def rights_not_checked(seen: Traffic) -> Iterator[Found]:
    """A sheet issued without a check of the rights of that person on that day."""
    checked: set[tuple[Any, ...]] = set()
    for each in seen.of("check-rights", "issue-care-sheet"):
        if not each.accepted:
            continue
        whom = each.whom
        if each.operation == "check-rights":
            checked.add((*whom, each.sent.get("date_of_care")))
        elif (*whom, each.sent.get("date_of_care")) not in checked:
            yield Found("Aucun contrôle des droits de cette personne, ce jour-là, avant l'émission.", each)


def scan_not_checked(seen: Traffic) -> Iterator[Found]:
    """A reading that the workstation could have refused by itself."""
    for each in seen.exchanges:
        if each.problem in _ON_THE_SPOT:
            yield Found(f"{_ON_THE_SPOT[each.problem]} : le poste pouvait le dire seul.", each)


def resolved_twice(seen: Traffic) -> Iterator[Found]:
    """A resolution without `hold`, then one with it, of the same sheet by the same person, soon after."""
    looked: dict[tuple[str, str], Exchange] = {}
    for each in seen.of("resolve-care-sheet"):
        if not each.accepted:
            continue
        what = each.person, str(each.answer.get("number"))
        if not each.sent.get("hold"):
            looked[what] = each
        elif (before := looked.pop(what, None)) is not None and each.at - before.ended < _BY_EYE_S:
            yield Found(f"La feuille avait été résolue sans réserver (échange n° {before.seq}).", each, (before,))


def lease_abandoned(seen: Traffic) -> Iterator[Found]:
    """A section held, on which nothing was done, and that nobody released before the lease ran out."""
    held: dict[tuple[str, str], tuple[float, Exchange]] = {}
    for each in seen.exchanges:
        for key, (until, taken) in list(held.items()):
            if each.world_at >= until:
                del held[key]
                yield _abandoned(taken)
        lease = _lease(each) if each.accepted else None
        if lease is not None:
            number, kind, until = lease
            held[number, kind] = until, each
        elif each.section and each.operation != "read-lease" and (each.accepted or each.recorded):
            # a lease that was extended in an answer that nobody had ends nobody knows when
            held.pop((each.subject, each.section), None)
    for until, taken in held.values():
        if seen.now >= until:
            yield _abandoned(taken)


def _lease(each: Exchange) -> tuple[str, str, float] | None:
    """(number, section, end in world time) of the lease that this exchange took or extended."""
    if each.operation == "resolve-care-sheet" and each.sent.get("hold"):
        lease, number = each.answer.get("lease"), str(each.answer.get("number"))
    elif each.operation == "extend-lease":
        lease, number = each.answer, each.subject
    else:
        return None
    until = instant(lease.get("expires_at")) if isinstance(lease, dict) else None
    section = each.answer.get("section")
    kind = section.get("type") if isinstance(section, dict) else each.section
    return None if until is None else (number, str(kind), until)


def _abandoned(taken: Exchange) -> Found:
    return Found("La section réservée n'a été ni exécutée ni libérée avant la fin du bail.", taken)


def warnings_ignored(seen: Traffic) -> Iterator[Found]:
    """The same warning about the same thing: five times of one sheet, or of one patient and day; three times running of
    what a software leaves out of one kind of request, when it will be an error one day.
    """
    told: dict[tuple[str, ...], tuple[Exchange, int]] = {}
    left_out: dict[tuple[str, str], dict[str, tuple[Exchange, int]]] = {}
    for each in seen.exchanges:
        if not each.accepted or each.method == "GET" or each.operation in _QUESTIONS:
            continue
        if each.replied("idempotent-replayed"):
            continue
        warnings = _warnings(each)
        later = {str(one.get("code")): one["becomes_error_on"] for one in warnings if one.get("becomes_error_on")}
        before = left_out.get((each.operation, each.section), {})
        now = {code: _counted(before, code, each) for code in later}
        left_out[each.operation, each.section] = now
        for code, (first, times) in now.items():
            if times >= _LATER_AN_ERROR:
                said, since = (
                    next(_said(one) for one in warnings if str(one.get("code")) == code),
                    words.day(str(later[code])),
                )
                yield Found(f"« {said} », {times} fois ; ce sera une erreur le {since}.", each, (first,))
        for thing in dict.fromkeys(_thing(each, one) for one in warnings if not one.get("becomes_error_on")):
            first, times = told[thing] = _counted(told, thing, each)
            if times >= _OFTEN:
                yield Found(f"« {thing[1] or thing[0]} », {times} fois.", each, (first,))


def _counted(met: Mapping[_Key, tuple[Exchange, int]], what: _Key, each: Exchange) -> tuple[Exchange, int]:
    """The first exchange that met it, and how many did, with this one."""
    first, times = met.get(what, (each, 0))
    return first, times + 1


def _warnings(each: Exchange) -> list[dict[str, Any]]:
    told = each.answer.get("warnings")
    return [warning for warning in told if isinstance(warning, dict)] if isinstance(told, list) else []


def _said(warning: dict[str, Any]) -> str:
    return str(warning.get("message") or warning.get("code"))


def _thing(each: Exchange, warning: dict[str, Any]) -> tuple[str, ...]:
    """The warning, word for word, and the sheet that it is about, else the patient and the day."""
    whom = *each.whom, str(each.sent.get("date_of_care"))
    return str(warning.get("code")), str(warning.get("message") or ""), *((each.subject,) if each.subject else whom)


def platform_time_ignored(seen: Traffic) -> Iterator[Found]:
    """An act dated in the platform's future, or before its sheet."""
    for each in seen.exchanges:
        errors = each.answer.get("errors") if each.status == 422 else None
        for error in errors if isinstance(errors, list) else ():
            if isinstance(error, dict) and (error.get("code"), error.get("pointer")) == _IMPOSSIBLE:
                yield Found(str(error.get("detail") or "« performed_at » est impossible."), each)
