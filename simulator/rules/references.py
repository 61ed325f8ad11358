"""Days that a rule takes from another one (``law-54-23.in-force``, ``eve of law-54-23.in-force``). Pure.

A rule is read with its references (`Written.refs`); `resolved` puts the days in their place, `apart` tells a rule
that writes a day of its own where the project's rules take it from another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from fixtures.dated import Reference, reference
from simulator.rules.faults import Fault, near
from simulator.rules.units import day_of
from simulator.rules.written import Sheet, Written

Key = tuple[str, str]
"""A subject and the tariff set of the rule, "" for a rule that is common to all."""
Wanted = Mapping[Key, Mapping[str, str]]
"""The references by field (`valid_from`, `valid_until`, `value`), as they are written."""


def days(sheets: Iterable[Sheet]) -> dict[str, date]:
    """The day that the rules of unit `date` give, by subject; of several, the one that began last."""
    found: dict[str, date] = {}
    for rule in sorted((rule for sheet in sheets for rule in sheet.rules), key=lambda rule: rule.start):
        day = day_of(rule.get("value")) if rule.get("unit") == "date" else None
        if day is not None:
            found[rule.get("subject")] = day
    return found


def wanted(sheets: Iterable[Sheet]) -> Wanted:
    """Which fields of which rules take their day from another one."""
    found: dict[Key, dict[str, str]] = {}
    for rule in (rule for sheet in sheets for rule in sheet.rules if rule.refs):
        found.setdefault(_key(rule), {}).update(rule.refs)
    return found


def resolved(sheets: Iterable[Sheet], known: Mapping[str, date]) -> list[Sheet]:
    """The same sheets with days in place of references; one to nowhere is a fault of its sheet."""
    found = []
    for sheet in sheets:
        copy = Sheet(sheet.file, [], sheet.tariff_sets, [*sheet.faults])
        copy.rules.extend(_resolved(rule, known, copy) for rule in sheet.rules)
        found.append(copy)
    return found


def apart(
    mine: Sequence[Written], beside: Sequence[Written], wanted: Wanted, known: Mapping[str, date]
) -> Iterator[Fault]:
    """Rules of `mine`, resolved, whose own day is not the one that the project's rules of their subject refer to.

    A rule of the subject may begin or end on any other day, once one of them does on the day referred to.
    """
    for key, fields in wanted.items():
        ours = [rule for rule in mine if _key(rule) == key and rule.dated]
        every = [*ours, *(rule for rule in beside if _key(rule) == key)]
        for name, text in fields.items():
            day = _day(reference(text), known)
            own = [rule for rule in ours if name not in rule.refs and _of(rule, name) is not None]
            if day is None or not own:
                continue
            if name == "value":
                wrong = [rule for rule in own if _of(rule, name) != day]
            elif any(_of(rule, name) == day for rule in every):
                wrong = []
            else:
                wrong = [min(own, key=lambda rule: abs((_of(rule, name) or day) - day))]
            for rule in wrong:
                expected = f"{day}, d'après « {text} » : un seul jour, pour tout ce qui en dépend"
                remedy = f"écrire {name}: {text}"
                yield rule.fault("dates-apart", name, f"{name}: {_of(rule, name)}", expected, remedy)


def _resolved(rule: Written, known: Mapping[str, date], sheet: Sheet) -> Written:
    changes: dict[str, Any] = {}
    for name, text in rule.refs.items():
        told = reference(text)
        day = _day(told, known)
        if told is None or day is None:
            subject = told.subject if told else text
            expected = "le sujet d'une règle dont l'unité est « date », ou « eve of » ce sujet (sa veille)"
            remedy = near(subject, known, "écrire le jour lui-même")
            sheet.faults.append(rule.fault("unknown-reference", name, f"« {subject} »", expected, remedy))
            changes["dated"] = False
        elif name == "value":
            changes["texts"] = {**rule.texts, "value": day.isoformat()}
        else:
            changes["start" if name == "valid_from" else "end"] = day
    return replace(rule, **changes) if changes else rule


def _day(told: Reference | None, known: Mapping[str, date]) -> date | None:
    day = known.get(told.subject) if told else None
    return told.on(day) if told and day else None


def _of(rule: Written, name: str) -> date | None:
    if name == "value":
        return day_of(rule.get("value"))
    return rule.start if name == "valid_from" else rule.end


def _key(rule: Written) -> Key:
    return rule.get("subject"), rule.get("tariff_set")
