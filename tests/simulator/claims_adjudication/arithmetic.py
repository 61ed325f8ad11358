"""A tiny reader of arithmetic written by hand, on exact fractions; it knows nothing of the simulator.

    base 17.50 × 15 = 262.50 ; CNSS 12.55 × 0.70 = 8.785 → 8.79

Equations are separated by ``;``. Each has a name, products, sums and differences (left to right, × first), one ``÷``,
``min(a, b)``, its exact value, and after ``→`` that value rounded half up to the centime.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from math import floor

_NUMBER = r"\d+(?:\.\d+)?"
_EQUATION = re.compile(rf"(\w+) (.+) = ({_NUMBER})(?: → ({_NUMBER}))?")
_MIN = re.compile(rf"min\(({_NUMBER}), ({_NUMBER})\)")


@dataclass(frozen=True)
class Equation:
    """What is written: `operands` as texts in their order, `result` the rounded one when there is one."""

    name: str
    expression: str
    operands: tuple[str, ...]
    result: str


def read(text: str) -> list[Equation]:
    """The equations of a text. Raises ValueError for one that is false or that cannot be read."""
    return [_equation(part.strip()) for part in text.split(";")]


def _equation(part: str) -> Equation:
    found = _EQUATION.fullmatch(part)
    if found is None:
        raise ValueError(f"cannot be read: {part!r}")
    name, expression, exact, rounded = found.groups()
    value = _value(expression)
    if value != Fraction(exact):
        raise ValueError(f"false: {part!r} makes {float(value)}")
    centimes = Fraction(floor(value * 100 + Fraction(1, 2)), 100)
    if Fraction(rounded or exact) != centimes or (rounded is not None and value == centimes):
        raise ValueError(f"rounded wrongly: {part!r} makes {float(centimes)}")
    return Equation(name, expression, tuple(re.findall(_NUMBER, expression)), rounded or exact)


def _value(expression: str) -> Fraction:
    if least := _MIN.fullmatch(expression):
        return min(Fraction(least[1]), Fraction(least[2]))
    total, sign = Fraction(0), 1
    for part in re.split(r" ([−+]) ", expression):
        if part in ("−", "+"):
            sign = 1 if part == "+" else -1
        else:
            total += sign * _product(part)
    return total


def _product(text: str) -> Fraction:
    made = Fraction(1)
    if " ÷ " in text:
        dividend, divisor = text.split(" ÷ ")
        return _product(dividend) / _product(divisor)
    for factor in text.split(" × "):
        if not re.fullmatch(_NUMBER, factor):
            raise ValueError(f"not a number: {factor!r}")
        made *= Fraction(factor)
    return made
