"""Checks a set of rules, alone or beside the ones that it would join. Pure: no file, no clock.

A subject is known when a rule of the project has it: nothing asks for any other one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from simulator.rules import references
from simulator.rules.faults import Fault, listed, near
from simulator.rules.periods import together
from simulator.rules.units import UNITS, readable
from simulator.rules.words import BADGES
from simulator.rules.written import Sheet, Written

_ID = re.compile(r"RGL-[A-Z0-9]+(?:-[A-Z0-9]+)*")


@dataclass(frozen=True)
class Known:
    """What the simulator knows: the unit of each subject, its methods, key letters, reasons of refusal, acts."""

    units: Mapping[str, str]
    methods: Mapping[str, frozenset[str]]
    letters: frozenset[str]
    reasons: frozenset[str]
    acts: frozenset[str]


def known(project: Iterable[Sheet], acts: Mapping[str, str], reasons: Iterable[str]) -> Known:
    """The vocabulary of the project's rules; `acts`: the nomenclature of acts, each with its key letter."""
    units: dict[str, str] = {}
    methods: dict[str, set[str]] = {}
    for rule in (rule for sheet in project for rule in sheet.rules):
        units.setdefault(rule.get("subject"), rule.get("unit"))
        if rule.get("unit") == "method":
            methods.setdefault(rule.get("subject"), set()).add(rule.get("value"))
    priced = {subject.removeprefix("tariff.") for subject in units if subject.startswith("tariff.")}
    return Known(
        units,
        {k: frozenset(v) for k, v in methods.items()},
        frozenset({*acts.values(), *priced}),
        frozenset(reasons),
        frozenset(acts),
    )


def check(sheets: Sequence[Sheet], project: Sequence[Sheet], words: Known, *, alone: bool) -> list[Fault]:
    """Every fault of `sheets`, by file and line.

    A sheet of the project whose file has the name of one of `sheets` is replaced by it. `alone`: the project's
    rules are not looked at, only its words and tariff sets.
    """
    names = {_name(sheet) for sheet in sheets}
    kept = [sheet for sheet in project if _name(sheet) not in names]
    wanted, own = references.wanted(project), references.days(sheets if alone else [*kept, *sheets])
    before = references.days(project)
    sheets, kept = (references.resolved(some, before | own) for some in (sheets, kept))
    faults = [fault for sheet in sheets for fault in sheet.faults]
    sets = {one.id: one.get("extends") for sheet in (*kept, *sheets) for one in sheet.tariff_sets}
    for sheet in sheets:
        faults += [fault for one in sheet.tariff_sets for fault in _tariff_set(one, sets)]
        faults += [fault for rule in sheet.rules for fault in _rule(rule, words, sets)]
    faults += _same_ids(sheets, kept if not alone else [])
    beside, former = ([], []) if alone else (_rules(kept), _rules(references.resolved(project, before)))
    faults += references.apart(_rules(sheets), beside, wanted, own)
    faults += together(_rules(sheets), beside, former, sets, sheets[0].file if sheets else "")
    return sorted(set(faults))


def _name(sheet: Sheet) -> str:
    return re.split(r"[/\\]", sheet.file)[-1]


def _rules(sheets: Iterable[Sheet]) -> list[Written]:
    return [rule for sheet in sheets for rule in sheet.rules]


def _rule(rule: Written, words: Known, sets: Mapping[str, str]) -> Iterator[Fault]:
    if rule.get("id") and not _ID.fullmatch(rule.id):
        expected = "« RGL- », puis majuscules, chiffres et traits d'union"
        yield rule.fault("malformed-id", "id", f"« {rule.id} »", expected, "écrire par exemple RGL-TAUX-PRIVE")
    yield from _fidelity(rule)
    if rule.dated and rule.end is not None and rule.end < rule.start:
        received = f"du {rule.start} au {rule.end}"
        yield rule.fault(
            "reversed-dates", "valid_until", received, "une fin le jour du début, ou après", "les échanger"
        )
    wanted = rule.get("tariff_set")
    if wanted and wanted not in sets:
        yield rule.fault("unknown-tariff-set", "tariff_set", f"« {wanted} »", *_one_of_sets(wanted, sets))
    if rule.get("subject"):
        yield from _subject(rule, words)


def _fidelity(rule: Written) -> Iterator[Fault]:
    fidelity = rule.get("fidelity")
    if fidelity and fidelity not in BADGES:
        remedy = near(fidelity, BADGES, "choisir ; « hypothesis » si rien ne la fonde")
        yield rule.fault("unknown-fidelity", "fidelity", f"« {fidelity} »", f"l'un de {listed(BADGES)}", remedy)
    elif fidelity != "hypothesis" and re.search("synthétique|hypothèse", rule.get("source"), re.I):
        expected = "« hypothesis » : sa source dit que le projet l'a supposée"
        yield rule.fault("overstated-fidelity", "fidelity", f"« {fidelity} »", expected, "écrire hypothesis")


def _subject(rule: Written, words: Known) -> Iterator[Fault]:
    subject = rule.get("subject")
    letter = subject.removeprefix("tariff.") if subject.startswith("tariff.") else None
    if letter is not None:
        if letter not in words.letters:
            expected = f"l'une de {listed(sorted(words.letters))}"
            remedy = near(letter, words.letters, "l'ajouter d'abord à fixtures/nomenclature/acts.csv")
            yield rule.fault("unknown-letter", "subject", f"« {letter} »", expected, remedy)
            return
        if not rule.get("tariff_set"):
            expected = "le jeu auquel ce tarif appartient"
            yield rule.fault("missing-tariff-set", "subject", "un tarif commun", expected, "ajouter « tariff_set: … »")
    elif subject not in words.units:
        expected = "un sujet que le simulateur demande (les voir : fse rules)"
        remedy = near(subject, words.units, "l'ôter ; un calcul nouveau demande d'abord du code")
        yield rule.fault("unknown-subject", "subject", f"« {subject} »", expected, remedy)
        return
    yield from _value(rule, "MAD" if letter is not None else words.units[subject], words)


def _value(rule: Written, wanted: str, words: Known) -> Iterator[Fault]:
    unit, value, subject = rule.get("unit"), rule.get("value"), rule.get("subject")
    if unit and unit != wanted:
        expected = f"« {wanted} », l'unité de {subject} : {UNITS[wanted].expected}" if wanted in UNITS else wanted
        yield rule.fault("wrong-unit", "unit", f"« {unit} »", expected, f"écrire unit: {wanted}")
        return
    if not unit or not value:
        return
    if "value" in rule.refs:
        return  # a day of another rule: see `references`
    if not readable(value, unit):
        expected = UNITS[unit].expected if unit in UNITS else "une unité connue"
        yield rule.fault("unreadable-value", "value", f'"{value}"', expected, "récrire la valeur ainsi")
    elif unit == "method" and value not in words.methods.get(subject, frozenset()):
        expected = f"un calcul que le simulateur sait faire : {listed(sorted(words.methods.get(subject, ())))}"
        remedy = near(value, words.methods.get(subject, ()), "reprendre ce nom ; un calcul nouveau demande du code")
        yield rule.fault("unknown-code", "value", f'"{value}"', expected, remedy)
    elif unit == "reason" and not (value in words.reasons and value == subject.partition(".")[2]):
        expected = f"« {subject.partition('.')[2]} », le motif que nomme le sujet"
        yield rule.fault("unknown-code", "value", f'"{value}"', expected, "reprendre ce motif")
    elif unit == "codes":
        names = {*(f"act:{act}" for act in words.acts), *(f"letter:{letter}" for letter in words.letters)}
        for code in value.split():
            if not code.startswith("atc:") and code not in names:
                expected = "un acte ou une lettre de fixtures/nomenclature/acts.csv"
                yield rule.fault("unknown-code", "value", f"« {code} »", expected, near(code, names, "l'ôter"))


def _tariff_set(one: Written, sets: Mapping[str, str]) -> Iterator[Fault]:
    yield from _fidelity(one)
    parent = one.get("extends")
    if parent and parent not in sets:
        yield one.fault("unknown-tariff-set", "extends", f"« {parent} »", *_one_of_sets(parent, sets))
    seen = [one.id]
    while parent and parent not in seen:
        seen.append(parent)
        parent = sets.get(parent, "")
    if parent == one.id:
        received = " prolonge ".join([*seen, one.id])
        yield one.fault(
            "looping-tariff-set", "extends", received, "un premier jeu, sans « extends »", "ôter un extends"
        )


def _one_of_sets(typed: str, sets: Mapping[str, str]) -> tuple[str, str]:
    return f"l'un de {listed(sorted(sets))}", near(typed, sets, "le déclarer sous « tariff_sets: »")


def _same_ids(sheets: Sequence[Sheet], beside: Sequence[Sheet]) -> Iterator[Fault]:
    for kind in ("rules", "tariff_sets"):
        taken: dict[str, Written] = {}
        for sheet in (*beside, *sheets):
            for one in getattr(sheet, kind):
                first = taken.setdefault(one.id, one)
                if one.id and first is not one and sheet in sheets:
                    received = f"« {one.id} », déjà dans {first.file}, ligne {first.lines.get('id', first.line)}"
                    yield one.fault("duplicate-id", "id", received, "un identifiant par règle", "en choisir un autre")
