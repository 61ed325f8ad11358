"""What a person's facts and the dated rules say of every day, worked out once as a few stretches of days.

Pure. A day is judged on each affiliation begun by then: open while it runs, then while rights are maintained;
an affiliation that runs goes before a maintained one, the earlier before the later. A child is besides bounded
by his age, his marriage and, without a number, a delay after his birth; everybody by birth and death. Source:
announced regimes of the AMO, law 54-23 (press); fidelity: that of each rule (fixtures/rules/rights.yaml,
law-54-23.yaml).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from msgspec import Struct

from fixtures.dated import DatedRules
from fixtures.model import Affiliation, Beneficiary, Regime, Rule

ONE_DAY = timedelta(days=1)
NOT_STUDYING, STUDYING = "child.age-limit.not-studying", "child.age-limit.studying"
NEWBORN = "rights.newborn"
ENDINGS = {
    "end-of-work": "la fin du travail",
    "divorce": "le divorce",
    "death-of-insured": "le décès de l'assuré",
}


def of_rights(rules: Iterable[Rule]) -> DatedRules:
    """Those that speak of rights: keep one set, what is worked out of it is remembered with it."""
    prefixes = ("rights.", "child.", "scheme.")
    return DatedRules(one for one in rules if one.subject.startswith(prefixes) or one.subject.endswith("-scheme.ends"))


class Decision(NamedTuple):
    """What holds on a day. `rule`: id of the rule that decided. `why`: in French, None in the plain case.
    `code`: why closed, for a program. `maintained_until`: last day of maintained rights, even past."""

    open: bool
    regime: Regime
    rule: str
    code: str | None = None
    why: str | None = None
    maintained_until: date | None = None
    managed_by: str | None = None


class Stretch(Struct, frozen=True):
    """Days decided alike, from the day after the stretch before to `until` included (None: for ever).

    `open_from`, `open_until`: first and last day of the unbroken rights in this regime; of those last known
    before (else of the first to come) when closed.
    """

    until: date | None
    decision: Decision
    open_from: date
    open_until: date | None


@lru_cache(maxsize=65536)
def stretches(person: Beneficiary, rules: DatedRules) -> tuple[Stretch, ...]:
    """Every day of a person, in order and without a hole. Remembered: ask with the same objects."""
    days = [date.min, *_turns(person, rules)]
    told = [(day, decide(person, day, rules)) for day in days]
    runs = _runs(told)
    merged = [next(group)[0] for _, group in groupby(told, key=lambda one: one[1])]
    ends = [*(day - ONE_DAY for day in merged[1:]), None]
    decisions = [key for key, _ in groupby(told, key=lambda one: one[1])]
    found = []
    for start, until, decision in zip(merged, ends, decisions, strict=True):
        known = [run for run in runs if run[0] <= start] or runs[:1] or [(person.affiliations[0].start, None)]
        found.append(Stretch(until, decision, *known[-1]))
    return tuple(found)


def decide(person: Beneficiary, day: date, rules: DatedRules) -> Decision:
    """One day, from the facts and the rules alone."""
    begun = sorted((a for a in person.affiliations if a.start <= day), key=lambda one: one.start)
    last = begun[-1] if begun else min(person.affiliations, key=lambda one: one.start)
    if day < person.birth_date:
        why = f"Les droits commencent au plus tôt à la naissance, le {person.birth_date:%d/%m/%Y}."
        return Decision(False, last.regime, rules.name("rights.birth"), "rights-closed", why)
    if person.death_date and day > person.death_date:
        why = f"Décès le {person.death_date:%d/%m/%Y} : les droits sont fermés depuis le lendemain."
        return Decision(False, last.regime, rules.name("rights.death"), "deceased", why)
    if not begun:
        why = "Aucune affiliation n'a commencé à cette date."
        return Decision(False, last.regime, rules.name("rights.affiliation"), "rights-closed", why)
    judged = [_judge(person, one, day, rules) for one in begun]
    running = [one for one in judged if one.open and one.maintained_until is None]
    # Else the rights that last longest, still maintained or the last to have ended.
    lasting = sorted(zip(begun, judged, strict=True), key=lambda pair: (pair[1].open, _end(*pair)))
    chosen = running[0] if running else lasting[-1][1]
    manager = rules.find(f"scheme.manager.{chosen.regime}", day)
    return chosen._replace(managed_by=manager.value if manager else None)


def _end(one: Affiliation, decision: Decision) -> date:
    """Last day of what this affiliation opened, age and scheme apart."""
    return decision.maintained_until or one.end or date.max


def _judge(person: Beneficiary, one: Affiliation, day: date, rules: DatedRules) -> Decision:
    """A day after the beginning of this affiliation, on it alone; birth and death are judged before."""
    rule, why = rules.name("rights.affiliation"), None
    if person.relation == "child":
        allowed, rule, why = _child(person, day, rules)
        if not allowed:
            return Decision(False, one.regime, rule, "rights-closed", why)
    elif person.relation == "spouse":
        rule = rules.name("rights.spouse")
    ends = rules.find(f"{one.regime}-scheme.ends", day)
    if ends and day > ends.day:
        return Decision(False, one.regime, ends.id, "rights-closed", f"Ce régime a pris fin le {ends.day:%d/%m/%Y}.")
    if one.end is None or day <= one.end:
        return Decision(True, one.regime, rule, why=why)
    maintenance = rules.find(f"rights.maintenance.{one.ended_by}", one.end)
    if maintenance is None:
        why = f"L'affiliation a pris fin le {one.end:%d/%m/%Y}, sans maintien des droits."
        return Decision(False, one.regime, rules.name("rights.affiliation"), "rights-closed", why)
    until = add_months(one.end, maintenance.integer)
    since = f"{maintenance.integer} mois après {ENDINGS[one.ended_by or '']} ({one.end:%d/%m/%Y})"
    if day > until:
        why = f"Les droits, maintenus {since}, ont pris fin le {until:%d/%m/%Y}."
        return Decision(False, one.regime, maintenance.id, "rights-closed", why, until)
    if person.relation == "child":
        until = _while_child(person, day, until, rules)
    why = f"Droits maintenus jusqu'au {until:%d/%m/%Y} : {since}."
    return Decision(True, one.regime, maintenance.id, None, why, until)


def _child(person: Beneficiary, day: date, rules: DatedRules) -> tuple[bool, str, str | None]:
    """Is a child covered as such that day? With the id of the rule, and why in French."""
    if person.married_on and day > person.married_on:
        why = f"Mariage le {person.married_on:%d/%m/%Y} : les droits d'enfant sont fermés depuis le lendemain."
        return False, rules.name("child.marriage"), why
    delay = rules.find(NEWBORN, person.birth_date) if person.provisional else None
    if delay is not None:
        last = person.birth_date + timedelta(days=delay.integer)
        if day > last:
            why = f"Enfant né le {person.birth_date:%d/%m/%Y}, toujours sans numéro après {delay.integer} jours"
            return False, delay.id, f"{why} : ses droits ont pris fin le {last:%d/%m/%Y}."
        return True, delay.id, f"Nouveau-né rattaché au numéro de sa mère, à régulariser d'ici au {last:%d/%m/%Y}."
    return _age(person, day, rules)


def _age(person: Beneficiary, day: date, rules: DatedRules) -> tuple[bool, str, str | None]:
    """Is a child young enough that day? With the id of the rule, and why in French."""
    young, learning = rules.find(NOT_STUDYING, day), rules.find(STUDYING, day)
    studies = person.studies_on(day)
    if young and day < birthday(person.birth_date, young.integer):
        return True, young.id, None
    rule, who = (learning, "qui étudie") if studies else (young, "qui n'étudie pas")
    if rule is None:
        return False, rules.name("rights.affiliation"), "Aucune règle d'âge n'est connue à cette date."
    reached = birthday(person.birth_date, rule.integer)
    if day < reached:
        return True, rule.id, f"Enfant {who} : couvert jusqu'à ses {rule.integer} ans, le {reached:%d/%m/%Y}."
    return False, rule.id, f"Un enfant {who} n'est plus couvert à {rule.integer} ans, atteints le {reached:%d/%m/%Y}."


def _while_child(person: Beneficiary, day: date, until: date, rules: DatedRules) -> date:
    """The last day, `until` at most, of a child who is covered as such on `day`."""
    later = [turn for turn in _turns(person, rules) if day < turn <= until]
    return next((turn - ONE_DAY for turn in later if not _child(person, turn, rules)[0]), until)


def add_months(day: date, months: int) -> date:
    """Same day of the month that many months later, or the last day of that month (31 August + 6 = 28 February)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def birthday(born: date, age: int) -> date:
    """The day somebody turns that age; born on 29 February, 1 March of a common year."""
    year = born.year + age
    if (born.month, born.day) == (2, 29) and monthrange(year, 2)[1] == 28:
        return date(year, 3, 1)
    return born.replace(year=year)


def _turns(person: Beneficiary, rules: DatedRules) -> list[date]:
    """Every day on which a decision may change, in order."""
    found = {person.birth_date}
    found.update(one.start for one in person.affiliations)
    found.update(one.start for one in person.studying)
    last_days = [
        person.death_date,
        person.married_on,
        *(one.end for one in person.affiliations),
        *(one.end for one in person.studying),
    ]
    for one in person.affiliations:
        if one.end and one.ended_by:
            known = rules.by_subject.get(f"rights.maintenance.{one.ended_by}", ())
            last_days += [add_months(one.end, rule.integer) for rule in known]
    for subject, dated in rules.by_subject.items():
        for rule in dated:
            found.add(rule.valid_from)
            last_days.append(rule.valid_until)
            if subject in (NOT_STUDYING, STUDYING):
                found.add(birthday(person.birth_date, rule.integer))
            elif subject.endswith("-scheme.ends"):
                last_days.append(rule.day)
            elif subject == NEWBORN and person.provisional:
                last_days.append(person.birth_date + timedelta(days=rule.integer))
    found.update(day + ONE_DAY for day in last_days if day and day < date.max)
    return sorted(found - {date.min})


def _runs(told: list[tuple[date, Decision]]) -> list[tuple[date, date | None]]:
    """First and last day of each unbroken opening in one regime."""
    runs: list[tuple[date, date | None]] = []
    for (_, is_open), group in groupby(told, key=lambda one: (one[1].regime, one[1].open)):
        first = next(group)[0]
        if runs and runs[-1][1] is None:
            runs[-1] = (runs[-1][0], first - ONE_DAY)
        if is_open:
            runs.append((first, None))
    return runs
