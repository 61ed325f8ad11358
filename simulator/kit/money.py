"""Amounts in dirhams (MAD) and quantities: exact decimals, text on the wire and in the database."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

CENTIME = Decimal("0.01")
ZERO = Decimal("0.00")
MONEY_PATTERN = r"^(0|[1-9][0-9]{0,8})\.[0-9]{2}$"
QUANTITY_PATTERN = r"^(0|[1-9][0-9]{0,5})(\.[0-9]{1,3})?$"
RATE_PATTERN = r"^(0\.[0-9]{2,4}|1\.0{2,4})$"
_MONEY = re.compile(MONEY_PATTERN)
_QUANTITY = re.compile(QUANTITY_PATTERN)


def money(text: str) -> Decimal:
    """``"56.00"`` → Decimal; raises ValueError for anything else."""
    if not _MONEY.fullmatch(text):
        raise ValueError(f"not an amount: {text!r}")
    return Decimal(text)


def centimes(amount: Decimal) -> Decimal:
    """Rounded half up to the centime (the rule of a claim line)."""
    return amount.quantize(CENTIME, rounding=ROUND_HALF_UP)


def money_text(amount: Decimal) -> str:
    """``"56.00"``; raises ValueError when the amount has more than two decimals."""
    text = str(amount)
    if text[-3:-2] == ".":
        return text
    rounded = amount.quantize(CENTIME)
    if rounded != amount:
        raise ValueError(f"an amount of fractions of a centime: {amount}")
    return str(rounded)


def quantity(text: str) -> Decimal:
    """``"2"``, ``"0.5"`` → Decimal (at most three decimals); raises ValueError."""
    if not _QUANTITY.fullmatch(text):
        raise ValueError(f"not a quantity: {text!r}")
    return Decimal(text)


def quantity_text(value: Decimal) -> str:
    """Canonical text without needless zeros: ``2``, ``0.5``."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
