"""Checks a set of rules, alone or beside the ones that it would join. Pure: no file, no clock.

A subject is known when a rule of the project has it, or when it is asked for by key letter or by condition.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from simulator.rules import atc, references
from simulator.rules.faults import Fault, listed, near
from simulator.rules.payable import payable
from simulator.rules.periods import together
from simulator.rules.units import UNITS, readable
from simulator.rules.words import BADGES
from simulator.rules.written import Sheet, Written

BY_LETTER = (
    ("tariff.", "", "MAD"),
    ("ceiling.", "", "MAD"),
    ("ceiling.", ".period", "years"),
    ("age-limit.", "", "years"),
)
"""What is asked for by key letter: the beginning and the end of its subject, its unit."""
_ID = re.compile(r"RGL-[A-Z0-9]+(?:-[A-Z0-9]+)*")


@dataclass(frozen=True)
class Known:
    """What the simulator knows: the unit of each subject, its methods, key letters, reasons of refusal, acts."""

    units: Mapping[str, str]
    methods: Mapping[str, frozenset[str]]
    letters: frozenset[str]
    reasons: frozenset[str]
    acts: frozenset[str]


def known(
    project: Iterable[Sheet], acts: Mapping[str, str], reasons: Iterable[str], conditions: Iterable[str]
) -> Known:
    """The vocabulary of the project's rules; `acts`: the nomenclature of acts, each with its key letter.

    Adjudication asks for a ceiling and an age limit of every letter, and for what relates to every condition, whether
    the project has a rule for it or not.
    """
    units: dict[str, str] = {}
    methods: dict[str, set[str]] = {}
    for rule in (rule for sheet in project for rule in sheet.rules):
        units.setdefault(rule.get("subject"), rule.get("unit"))
        if rule.get("unit") == "method":
            methods.setdefault(rule.get("subject"), set()).add(rule.get("value"))
    priced = {subject.removeprefix("tariff.") for subject in units if subject.startswith("tariff.")}
    letters = frozenset({*acts.values(), *priced})
    units |= {f"{family}{letter}{end}": unit for family, end, unit in BY_LETTER for letter in letters}
    units |= {f"related.{code}": "codes" for code in conditions}
    return Known(
        units,
        {k: frozenset(v) for k, v in methods.items()},
        letters,
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
    faults += _without_period(_rules(sheets), _rules(project), words)
    faults += _same_ids(sheets, kept if not alone else [])
    beside, former = ([], []) if alone else (_rules(kept), _rules(references.resolved(project, before)))
    faults += references.apart(_rules(sheets), beside, wanted, own)
    faults += together(_rules(sheets), beside, former, sets, sheets[0].file if sheets else "")
    faults += payable(_rules(sheets), beside, sets)
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
    letter = _letter(subject)
    if letter is not None:
        if letter not in words.letters:
            expected = f"l'une de {listed(sorted(words.letters))}"
            remedy = near(letter, words.letters, "l'ajouter d'abord à fixtures/nomenclature/acts.csv")
            yield rule.fault("unknown-letter", "subject", f"« {letter} »", expected, remedy)
            return
        if subject.startswith("tariff.") and not rule.get("tariff_set"):
            expected = "le jeu auquel ce tarif appartient"
            yield rule.fault("missing-tariff-set", "subject", "un tarif commun", expected, "ajouter « tariff_set: … »")
    elif subject not in words.units:
        expected = "un sujet que le simulateur demande (les voir : fse rules)"
        otherwise = "l'ôter ; un calcul nouveau demande d'abord du code"
        if subject.startswith("related."):
            otherwise = "ajouter d'abord l'affection à fixtures/nomenclature/conditions.yaml"
        remedy = near(subject, words.units, otherwise)
        yield rule.fault("unknown-subject", "subject", f"« {subject} »", expected, remedy)
        return
    yield from _value(rule, words.units[subject], words)


def _letter(subject: str) -> str | None:
    """The key letter that a subject names, if it is asked for by letter."""
    family, dot, rest = subject.partition(".")
    ends = {end for start, end, _ in BY_LETTER if start == f"{family}{dot}"}
    if not ends:
        return None
    return rest.removesuffix(".period") if ".period" in ends else rest


def _without_period(rules: Sequence[Written], beside: Iterable[Written], words: Known) -> Iterator[Fault]:
    """A ceiling is counted over a period: without one, nothing of its letter could be decided."""
    written = {rule.get("subject") for rule in (*rules, *beside)}
    ceilings = {f"ceiling.{letter}" for letter in words.letters}
    for rule in rules:
        subject = rule.get("subject")
        if subject in ceilings and f"{subject}.period" not in written:
            expected, remedy = f"une règle de {subject}.period, en années", "écrire aussi la règle de sa période"
            yield rule.fault("missing-period", "subject", f"« {subject} »", expected, remedy)


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
            if code.startswith("atc:"):
                if not atc.exists(code.removeprefix("atc:")):
                    yield rule.fault(
                        "unknown-code", "value", f"« {code} »", atc.EXPECTED, "corriger la classe, ou l'ôter"
                    )
            elif code not in names:
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
