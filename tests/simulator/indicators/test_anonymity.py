"""Nobody isolates fewer than k patients: every query, every moment, every linear combination of what they answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.indicators import model
from simulator.indicators.grid import ANTIBIOTICS, Node, base, cells, week_of
from simulator.indicators.model import Fact, Publication, published
from tests.simulator.indicators.adversary import SCALE, isolated, numbers_of

K = 3
START = date(2026, 11, 23)
GROUPS = ("J01C", "J01F", "J05A", "N02B", "outside")
Reader = Callable[[Sequence[Fact], date], dict[Node, int]]


def read(facts: Sequence[Fact], today: date) -> dict[Node, int]:
    """What is published."""
    return published([fact for fact in facts if fact.day < today], today, lambda _: K)


def true_totals(facts: Sequence[Fact], today: date) -> dict[Node, int]:
    """Without complementary suppression: every cell of k patients or more shows its true total."""
    taken_back = {fact.target for fact in facts}
    people: dict[Node, set[str]] = {}
    sums: dict[Node, int] = {}
    for fact in facts:
        if fact.day >= today or fact.execution in taken_back:
            continue
        for group, boxes in fact.boxes.items():
            for cell in cells(base(fact.region, fact.week, group)):
                people.setdefault(cell, set()).add(fact.patient)
                sums[cell] = sums.get(cell, 0) + boxes
    return {cell: boxes for cell, boxes in sums.items() if len(people[cell]) >= K}


def moments(facts: Sequence[Fact]) -> list[date]:
    """Every day on which something may have changed, and long after."""
    first, last = facts[0].day, facts[-1].day
    return [first + timedelta(days=n) for n in range((last - first).days + 45)]


def attacked(facts: Sequence[Fact], reader: Reader = read) -> set[str] | None:
    """Whom an adversary isolates who reads every cell on every day."""
    owners = [fact.patient for fact in facts for _ in fact.boxes]
    return isolated(numbers_of(reader(facts, today) for today in moments(facts)), owners, K)


def story(visits: Sequence[tuple[int, str, str, int, Sequence[str], int | None]]) -> list[Fact]:
    """Facts from (days since the last one, patient, region, days of delay, groups, rank of the one taken back)."""
    facts: list[Fact] = []
    day, rank, standing = START, 0, {}
    for wait, patient, region, delay, groups, target in visits:
        day += timedelta(days=wait)
        old = standing.pop(target, None) if target is not None else None
        boxes = {}
        for group in dict.fromkeys(groups):
            boxes[group] = SCALE**rank
            rank += 1
        one = Fact(
            day=day,
            execution=f"exe-{len(facts)}",
            target=old.execution if old else None,
            patient=old.patient if old else patient,
            region=old.region if old else region,
            week=old.week if old else week_of(day - timedelta(days=delay)),
            boxes=boxes,
        )
        if one.boxes:
            standing[len(facts)] = one
        facts.append(one)
    return facts


VISIT = st.tuples(
    st.sampled_from([0, 0, 0, 0, 1, 3, 8]),
    st.sampled_from("ABCDEFGH"),
    st.sampled_from(["04", "04", "04", "06"]),
    st.sampled_from([0, 0, 0, 9]),
    st.lists(st.sampled_from(GROUPS), min_size=0, max_size=2),
    st.none() | st.integers(0, 12),
)
STORIES = st.lists(VISIT, min_size=6, max_size=22).map(story).filter(lambda facts: any(one.boxes for one in facts))


@settings(max_examples=150, deadline=None)
@given(STORIES)
def test_no_combination_of_what_is_read_isolates_fewer_than_k(facts: list[Fact]) -> None:
    assert attacked(facts) is None


@settings(max_examples=100, deadline=None)
@given(STORIES)
def test_what_is_published_does_not_depend_on_when_it_is_read(facts: list[Fact]) -> None:
    """A reader every day sees numbers of the very lots that one reader at the end sees."""
    end = moments(facts)[-1]
    daily = Publication(lambda _: K)
    left = list(facts)
    for today in moments(facts):
        while left and left[0].day < today:
            daily.enter(left.pop(0))
        daily.advance(today)
    once = Publication(lambda _: K)
    for fact in facts:
        once.enter(fact)
    once.advance(end)
    assert daily.lots == once.lots


def visits(*people: str, day: int = 0, group: str = "J01C", region: str = "04") -> Iterator[Any]:
    for place, patient in enumerate(people):
        yield (day if place == 0 else 0, patient, region, 0, [group], None)


ONE_ALONE = story([*visits(*"ABCD"), *visits("E", group="J01F")])
ONE_MORE = story([*visits(*"ABC"), *visits("D", day=1), *visits("E", day=1, group="N02B")])
OVERLAP = story([*visits(*"ABC"), *visits("D", day=8), *visits(*"EFG", day=30)])


@pytest.mark.parametrize("facts", [ONE_ALONE, ONE_MORE, OVERLAP], ids=["total-minus-part", "before-after", "periods"])
def test_without_complementary_suppression_the_adversary_wins(facts: list[Fact]) -> None:
    assert attacked(facts) is None
    assert attacked(facts, true_totals) is not None


def everything(self: Publication, at: date) -> None:
    """A pool gives out all that it holds once its cell has been published, as a plain threshold would."""
    for node in sorted(self._touched):
        pool = self._pools[node]
        if node in self.lots or len(pool.waiting) >= K:
            self._publish(node, list(pool.waiting))
    self._touched.clear()


def rests_too(self: Publication, pool: Any, wide: Node) -> None:
    """A rest goes up and is published there whatever it is."""
    self._pools[wide].waiting = {}
    self._add(wide, sum(boxes for mine in pool.waiting.values() for boxes in mine.values()))
    pool.waiting = {}


@pytest.mark.parametrize(("name", "mutant"), [("_give_out", everything), ("_raise", rests_too)])
def test_each_half_of_the_rule_is_needed(monkeypatch: pytest.MonkeyPatch, name: str, mutant: Any) -> None:
    facts = ONE_MORE if name == "_give_out" else ONE_ALONE
    monkeypatch.setattr(model.Publication, name, mutant)
    assert attacked(facts) is not None


def test_corrections_wait_for_new_patients() -> None:
    """Four of five withdrawn: the number stays until k others come, then leaves with them."""
    facts = story([*visits(*"ABCDE"), *((7 if n == 0 else 0, "-", "04", 0, [], n) for n in range(4))])
    cell = Node("04", facts[0].week, ANTIBIOTICS)
    for today in moments(facts)[7:]:
        assert read(facts, today)[cell] == sum(SCALE**n for n in range(5))
    assert attacked(facts) is None
    more = story(
        [
            *visits(*"ABCDE"),
            *((7 if n == 0 else 0, "-", "04", 0, [], n) for n in range(4)),
            *((0, who, "04", 7, ["J01C"], None) for who in "FGH"),
        ]
    )
    standing = SCALE**4 + sum(SCALE**n for n in (5, 6, 7))
    assert read(more, moments(more)[-1])[cell] == standing
    assert attacked(more) is None


def test_a_closed_cell_of_k_patients_or_more_is_exact() -> None:
    facts = story([*visits(*"ABCDEFG"), *visits("H", day=2), *visits("A", day=1), *visits(*"BC", group="N02B")])
    after = read(facts, date(2026, 12, 31))
    antibiotics = [fact for fact in facts if "J01C" in fact.boxes]
    assert after[Node("04", "2026-W48", "J01C")] == sum(fact.boxes["J01C"] for fact in antibiotics)
    assert Node("04", "2026-M11", "N02B") not in after


def test_a_rest_is_told_where_enough_patients_share_it() -> None:
    """Two with J01C, two with J01F: the week's antibiotics show four patients, neither group shows any."""
    facts = story([*visits(*"AB"), *visits(*"CD", group="J01F")])
    after = read(facts, date(2026, 12, 31))
    assert after[Node("04", "2026-W48", "J01")] == sum(SCALE**n for n in range(4))
    assert Node("04", "2026-W48", "J01C") not in after and Node("04", "2026-M11", "J01F") not in after


def test_a_correction_is_taken_off_once() -> None:
    late = [(0, who, "04", 7, ["J01C"], None) for who in "FGHIJL"]
    late[3] = (1, *late[3][1:])
    facts = story([*visits(*"ABCDE"), (7, "-", "04", 0, [], 0), *late])
    standing = sum(SCALE**n for n in range(1, 11))
    assert read(facts, moments(facts)[-1])[Node("04", facts[0].week, ANTIBIOTICS)] == standing


def test_who_took_everything_back_is_nobody() -> None:
    facts = story([*visits(*"ABC"), (0, "-", "04", 0, [], 2)])
    assert read(facts, date(2027, 3, 1)) == {}
