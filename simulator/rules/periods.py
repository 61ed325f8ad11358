"""The days that rules cover: two for one question, or none. Pure; days as ordinals, both ends included."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import combinations

from simulator.rules.faults import Fault
from simulator.rules.words import period
from simulator.rules.written import Written

_LAST = date.max.toordinal()
Span = tuple[int, int]
Key = tuple[str, str]
"""A subject and the tariff set of the rule, "" for a rule that is common to all."""


def together(
    mine: Sequence[Written],
    beside: Sequence[Written],
    former: Sequence[Written],
    sets: Mapping[str, str],
    file: str,
) -> Iterator[Fault]:
    """Overlaps and gaps of `mine` among the rules `beside` them.

    `former`: the rules before the change; a day that they covered is covered still. `sets`: each tariff set and
    the one that it extends. `file` is named when a subject has no rule left to point at.
    """
    ours, others, past = _grouped(mine), _grouped(beside), _grouped(former)
    for key, rules in ours.items():
        yield from _overlaps(rules, others.get(key, []))
    touched = {*ours, *(key for key in past if key not in others or len(others[key]) < len(past[key]))}
    for key in sorted(touched):
        own = [*ours.get(key, ()), *others.get(key, ())]
        wanted = [_span(rule) for rule in (*own, *past.get(key, ()))]
        covered = [_span(r) for k in _chain(key, sets) for r in (*ours.get(k, ()), *others.get(k, ()))]
        for hole in holes(covered, min(start for start, _ in wanted), max(end for _, end in wanted)):
            yield _gap(key, hole, ours.get(key, []), file)


def holes(covered: Iterable[Span], first: int, last: int) -> Iterator[Span]:
    """The days from `first` to `last` that no span covers, in order."""
    at = first
    for start, end in sorted(covered):
        if start > at:
            yield at, min(start - 1, last)
        at = max(at, end + 1)
        if at > last:
            return
    yield at, last


def _grouped(rules: Iterable[Written]) -> dict[Key, list[Written]]:
    """Rules by question, oldest first; those whose days cannot be read, or are reversed, are told elsewhere."""
    found: dict[Key, list[Written]] = {}
    for rule in sorted(rules, key=lambda rule: rule.start):
        if rule.dated and rule.get("subject") and (rule.end is None or rule.end >= rule.start):
            found.setdefault((rule.get("subject"), rule.get("tariff_set")), []).append(rule)
    return found


def _chain(key: Key, sets: Mapping[str, str]) -> list[Key]:
    """Where a day is looked for: the tariff set, those that it extends, the common rules."""
    subject, current = key
    names: list[str] = []
    while current and current not in names:
        names.append(current)
        current = sets.get(current, "")
    return [(subject, name) for name in (*names, "")]


def _span(rule: Written) -> Span:
    return rule.start.toordinal(), _LAST if rule.end is None else rule.end.toordinal()


def _overlaps(ours: Sequence[Written], others: Sequence[Written]) -> Iterator[Fault]:
    for one, other in (*combinations(ours, 2), *((other, one) for one in ours for other in others)):
        (start, end), (begins, ends) = _span(one), _span(other)
        if start > ends or begins > end:
            continue
        told = other if other in ours else one
        first = other if told is one else one
        place = f"{first.id} ({first.file}, ligne {first.line})"
        received = f"{period(told.start, told.end)}, comme {place}, {period(first.start, first.end)}"
        early, late = sorted((one, other), key=lambda rule: rule.start)
        eve = _day(late.start.toordinal() - 1)
        ended = early.start < late.start and f"terminer {early.id} la veille (valid_until: {eve})"
        remedy = f"{ended}, ou commencer après" if ended else "n'en garder qu'une, ou séparer leurs jours"
        yield told.fault("overlap", "valid_from", received, "une seule règle par sujet, jeu et jour", remedy)


def _gap(key: Key, hole: Span, ours: Sequence[Written], file: str) -> Fault:
    start, end = hole
    days = period(_day(start), None if end == _LAST else _day(end))
    received = f"aucune règle de {key[0]}{f' (jeu {key[1]})' if key[1] else ''} {days}"
    expected = "une règle chaque jour, du premier jour couvert au dernier"
    after = next((rule for rule in ours if rule.start.toordinal() > end), None)
    before = next((rule for rule in reversed(ours) if _span(rule)[1] < start), None)
    told = after or before
    remedy = f"ajouter une règle {days}"
    if before is not None:
        remedy = f"prolonger {before.id}, ou {remedy}"
    elif after is not None:
        remedy = f"commencer {after.id} le {_day(start)}, ou {remedy}"
    if told is None:
        return Fault(file, 1, "gap", "", received, expected, remedy)
    return told.fault("gap", "valid_from" if told is after else "valid_until", received, expected, remedy)


def _day(ordinal: int) -> date:
    return date.fromordinal(max(1, min(ordinal, _LAST)))
