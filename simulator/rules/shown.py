"""Rules for a terminal of 80 columns, and for a program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from textwrap import wrap
from typing import Any

from fixtures import Rule
from simulator.rules.dated import History
from simulator.rules.faults import CODES, Fault
from simulator.rules.units import said
from simulator.rules.words import BADGES, by_family, period, title

WIDTH = 80


def as_json(rule: Rule) -> dict[str, Any]:
    """A rule with its days as ISO text."""
    end = rule.valid_until
    return asdict(rule) | {"valid_from": rule.valid_from.isoformat(), "valid_until": end and end.isoformat()}


def history_json(found: History, day: date) -> dict[str, Any]:
    """A rule and those of its subject; `replaces` and `replaced_by` are the nearest ones, by id."""
    return {
        "rule": as_json(found.rule),
        "on": day.isoformat(),
        "in_force": found.rule.in_force(day),
        "replaces": found.before[-1].id if found.before else None,
        "replaced_by": found.after[0].id if found.after else None,
        "before": [as_json(rule) for rule in found.before],
        "after": [as_json(rule) for rule in found.after],
        "elsewhere": [as_json(rule) for rule in found.elsewhere],
    }


def listing(rules: Sequence[Rule], day: date, tariff_set: str) -> list[str]:
    """The rules of a day, family by family."""
    count = f"{len(rules)} règle{'s' if len(rules) > 1 else ''} en vigueur le {day}"
    lines = paragraph(f"{count}, jeu de tarifs {tariff_set}.")
    guesses = sum(rule.fidelity == "hypothesis" for rule in rules)
    if guesses:
        lines += paragraph(
            f"Dont {guesses} HYPOTHÈSE{'S' if guesses > 1 else ''} de ce banc, à changer quand un texte les fixera."
        )
    for name, members in by_family(rules).items():
        lines += ["", title(name)]
        for rule in members:
            lines += _entry(rule)
    return lines


def _entry(rule: Rule) -> list[str]:
    lines = paragraph(f"{rule.id}  {said(rule.value, rule.unit)}  [{BADGES[rule.fidelity]}]", 2)
    lines += paragraph(rule.label_fr, 4)
    own = f", jeu {rule.tariff_set}" if rule.tariff_set else ""
    lines += paragraph(f"{rule.subject}{own}, {period(rule.valid_from, rule.valid_until)}", 4)
    return lines + paragraph(f"source : {rule.source}", 4)


def detail(found: History, day: date) -> list[str]:
    """One rule, what it replaces, what replaces it, and what other tariff sets say."""
    rule = found.rule
    now = "en vigueur" if rule.in_force(day) else "pas en vigueur"
    rows = [
        ("Sujet", rule.subject),
        ("Valeur", f'{said(rule.value, rule.unit)} (value "{rule.value}", unit {rule.unit})'),
        ("Période", f"{period(rule.valid_from, rule.valid_until)} ; {now} le {day}"),
        ("Jeu de tarifs", rule.tariff_set or "commun à tous"),
        ("Fidélité", f"{BADGES[rule.fidelity]} ({rule.fidelity})"),
        ("Source", rule.source),
        ("Texte", rule.legal_reference),
    ]
    lines = [rule.id, *paragraph(rule.label_fr, 2), ""]
    for name, text in rows:
        lines += paragraph(f"{name + ' :':<16}{text}", 2, 18)
    for heading, others, none in (
        ("Avant elle", found.before, "rien de connu."),
        ("Après elle", found.after, "rien de connu ; elle n'a pas de fin." if not rule.valid_until else "rien."),
        ("Dans un autre jeu de tarifs", found.elsewhere, ""),
    ):
        if others:
            lines += ["", f"{heading} :"]
            for other in others:
                lines += _entry(other)
        elif none:
            lines += ["", f"{heading} : {none}"]
    return lines


def told(faults: Sequence[Fault], count: int) -> list[str]:
    """The faults of a set of `count` rules, each with its place, what came, what was expected and what to do."""
    lines: list[str] = []
    for fault in faults:
        named = f"  {fault.rule}" if fault.rule else ""
        lines += [f"{fault.file}:{fault.line}", *paragraph(f"{CODES[fault.code]} [{fault.code}]{named}", 2)]
        for name, text in (("reçu", fault.received), ("attendu", fault.expected), ("à faire", fault.remedy)):
            lines += paragraph(f"{name + ' :':<10}{text}", 4, 14)
        lines.append("")
    rules = f"{count} règle{'s' if count > 1 else ''} lue{'s' if count > 1 else ''}"
    wrong = f"{len(faults)} faute{'s' if len(faults) > 1 else ''}" if faults else "aucune faute"
    return [*lines, f"{rules}, {wrong}."]


def paragraph(text: str, indent: int = 0, hanging: int | None = None) -> list[str]:
    """The text in lines of 80 columns; `hanging`: the indent of the lines after the first."""
    after = indent if hanging is None else hanging
    return wrap(text, WIDTH, initial_indent=" " * indent, subsequent_indent=" " * after, break_on_hyphens=False)
