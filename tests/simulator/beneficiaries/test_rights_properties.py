"""What holds of the rights of anybody on any day, whatever the facts."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import fixtures
from fixtures import Affiliation, Beneficiary, Studies
from simulator.beneficiaries.entitlement import add_months, decide, of_rights, stretches
from simulator.beneficiaries.model import rights_on
from simulator.beneficiaries.service import rules

ONE_DAY = timedelta(days=1)
quick = settings(max_examples=100, deadline=None)
RULES = rules()
REGIMES = ("salaried", "tns", "tadamon", "achamil", "domestic", "public", "student")
days = st.dates(date(2015, 1, 1), date(2032, 12, 31))
# Near a turn of the rules as often as anywhere: the eve and the day of the law, and around.
asked = st.one_of(days, st.dates(date(2027, 2, 26), date(2027, 3, 3)))


@st.composite
def spans(draw: st.DrawFn) -> tuple[date, date | None]:
    start = draw(days)
    return start, draw(st.none() | st.integers(0, 1500).map(lambda more: start + timedelta(days=more)))


@st.composite
def affiliations(draw: st.DrawFn, relation: str) -> Affiliation:
    start, end = draw(spans())
    endings = ["end-of-work"]
    if relation != "insured":
        endings.append("death-of-insured")
    if relation == "spouse":
        endings.append("divorce")
    ended_by = draw(st.none() | st.sampled_from(endings)) if end else None
    return Affiliation(draw(st.sampled_from(REGIMES)), start, end, ended_by)  # type: ignore[arg-type]


@st.composite
def people(draw: st.DrawFn) -> Beneficiary:
    relation: Any = draw(st.sampled_from(["insured", "spouse", "child"]))
    born = draw(st.dates(date(1990, 1, 1), date(2028, 12, 31)))
    return replace(
        fixtures.beneficiary("salaried"),
        relation=relation,
        birth_date=born,
        death_date=draw(st.none() | st.integers(0, 15000).map(lambda more: born + timedelta(days=more))),
        affiliations=tuple(draw(st.lists(affiliations(relation), min_size=1, max_size=4))),
        studying=tuple(Studies(*span) for span in draw(st.lists(spans(), max_size=2))),
        provisional=relation == "child" and draw(st.booleans()),
        married_on=draw(st.none() | st.dates(born + ONE_DAY, date(2060, 1, 1))) if relation == "child" else None,
    )


def is_open(person: Beneficiary, day: date) -> bool:
    return rights_on(person, day, RULES).open


@quick
@given(people(), asked)
def test_never_open_before_birth_or_after_death(person: Beneficiary, day: date) -> None:
    told = rights_on(person, day, RULES)
    if day < person.birth_date:
        assert (told.open, told.reason) == (False, "rights-closed")
    elif person.death_date and day > person.death_date:
        assert (told.open, told.reason) == (False, "deceased")
    assert not is_open(person, person.birth_date - ONE_DAY)
    assert not (person.death_date and is_open(person, person.death_date + ONE_DAY))


@quick
@given(people(), st.data(), asked)
def test_one_more_affiliation_never_closes_a_day(person: Beneficiary, data: st.DataObject, day: date) -> None:
    more = data.draw(affiliations(person.relation))
    richer = replace(person, affiliations=(*person.affiliations, more))
    assert is_open(richer, day) >= is_open(person, day)
    assert is_open(richer, day) == (is_open(person, day) or is_open(replace(person, affiliations=(more,)), day))


@quick
@given(people(), asked)
def test_studying_more_never_closes_a_day(person: Beneficiary, day: date) -> None:
    assert is_open(replace(person, studying=(Studies(date(2000, 1, 1)),)), day) >= is_open(person, day)


@quick
@given(people(), asked)
def test_a_day_depends_on_facts_known_by_then(person: Beneficiary, day: date) -> None:
    """Tomorrow's affiliations, ends, studies, marriages and deaths change nothing of today's answer."""
    begun = tuple(one for one in person.affiliations if one.start <= day)
    if not begun:
        return
    known = replace(
        person,
        death_date=person.death_date if person.death_date and person.death_date <= day else None,
        married_on=person.married_on if person.married_on and person.married_on <= day else None,
        affiliations=tuple(
            one if one.end and one.end <= day else replace(one, end=None, ended_by=None) for one in begun
        ),
        studying=tuple(
            one if one.end and one.end <= day else replace(one, end=None) for one in person.studying if one.start <= day
        ),
    )
    now, then = decide(known, day, RULES), decide(person, day, RULES)
    assert (now.open, now.regime, now.rule, now.code) == (then.open, then.regime, then.rule, then.code)


@quick
@given(people(), asked)
def test_the_stretches_say_what_the_day_says(person: Beneficiary, day: date) -> None:
    told, decided = rights_on(person, day, RULES), decide(person, day, RULES)
    assert (told.open, told.regime, told.rule, told.why) == (decided.open, decided.regime, decided.rule, decided.why)
    ends = [one.until for one in stretches(person, RULES)]
    assert ends[-1] is None and None not in ends[:-1]
    assert ends[:-1] == sorted(set(ends[:-1]), key=lambda end: end or date.max)


@quick
@given(people(), asked)
def test_open_rights_are_unbroken_from_their_first_to_their_last_day(person: Beneficiary, day: date) -> None:
    told = rights_on(person, day, RULES)
    if not told.open:
        assert told.open_from > day or told.open_until is None or told.open_until < day
        return
    assert told.open_from <= day and (told.open_until is None or day <= told.open_until)
    if told.maintained_until:
        assert day <= told.maintained_until
    for inside in (told.open_from, told.open_until or date(2200, 1, 1)):
        assert (rights_on(person, inside, RULES).open, rights_on(person, inside, RULES).regime) == (True, told.regime)
    before = rights_on(person, told.open_from - ONE_DAY, RULES)
    assert not (before.open and before.regime == told.regime)
    if told.open_until:
        after = rights_on(person, told.open_until + ONE_DAY, RULES)
        assert not (after.open and after.regime == told.regime)


@quick
@given(people(), asked, st.integers(1, 36))
def test_a_longer_maintenance_never_closes_a_day(person: Beneficiary, day: date, more: int) -> None:
    longer = of_rights(
        replace(one, value=str(one.integer + more)) if one.unit == "months" else one for one in fixtures.rules()
    )
    assert rights_on(person, day, longer).open >= is_open(person, day)


@quick
@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 48))
def test_months_keep_the_day_of_the_month_or_end_it(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day == day.day or (later.day < day.day and (later + ONE_DAY).day == 1)
