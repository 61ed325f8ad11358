"""An adversary who reads everything that can be read, at any time, and solves exactly for a small group of patients.

He is stronger than any real one: he knows which records each published number is made of, and all that he does not
know is what they hold. Record i holds SCALE**i boxes, so a published number tells its own coefficients.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import combinations

SCALE = 1000
Row = list[Fraction]


def coefficients(number: int, many: int) -> Row:
    """How often each of `many` records is counted in a published number (from -499 to 500)."""
    found: Row = []
    for _ in range(many):
        digit = (number + SCALE // 2 - 1) % SCALE - (SCALE // 2 - 1)
        found.append(Fraction(digit))
        number = (number - digit) // SCALE
    assert number == 0, "a published number is a sum of records"
    return found


def reduced(rows: Iterable[Sequence[Fraction]]) -> list[Row]:
    """Row echelon form over the rationals, without the rows of zeros."""
    left, done = [list(row) for row in rows], []
    for column in range(len(left[0]) if left else 0):
        pivot = next((row for row in left if row[column]), None)
        if pivot is None:
            continue
        left.remove(pivot)
        done.append(pivot)
        for row in left:
            if row[column]:
                factor = row[column] / pivot[column]
                row[:] = [x - factor * y for x, y in zip(row, pivot, strict=True)]
        left = [row for row in left if any(row)]
    return done


def isolated(numbers: Iterable[int], owners: Sequence[str], k: int) -> set[str] | None:
    """Fewer than k patients whom some linear combination of the numbers is about, and about nobody else; or None.

    `owners`: the patient of each record. A combination lives within the records of a group exactly when forgetting
    these records makes the numbers less independent than they are: tried on every group, so nothing is missed.
    """
    people = sorted(set(owners))
    basis = reduced(coefficients(number, len(owners)) for number in sorted(set(numbers)))
    for group in combinations(people, min(k - 1, len(people))):
        others = [place for place, owner in enumerate(owners) if owner not in group]
        if len(reduced([[row[place] for place in others] for row in basis])) < len(basis):
            return set(group)
    return None


def numbers_of(readings: Iterable[Mapping[object, int]]) -> set[int]:
    """Every number of every reading."""
    return {number for reading in readings for number in reading.values()}
