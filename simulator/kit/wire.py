"""The wire's base model and types: strict, closed, snake_case JSON.

Python side: `Money`, `Sum`, `Quantity`, `Count`, `Rate` are Decimal, `Instant` an aware UTC datetime, `Day` a date.
Wire side: all of them strings (``"56.00"``, ``"2"``, ``"0.70"``, ``2026-11-22T09:00:00Z``).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import PydanticCustomError, core_schema

from simulator.kit import clock, money

MALFORMED = "malformed"
"""Code of the error of a value that has not the form of its type."""


class Wire(BaseModel):
    """Base of every wire shape: no coercion, no unknown member."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, use_enum_values=True, serialize_by_alias=True)


def _formed(schema: core_schema.CoreSchema, expected: str) -> core_schema.CoreSchema:
    """The same values; whatever else is refused in one sentence that says what is expected."""
    return core_schema.custom_error_schema(schema, MALFORMED, custom_error_message=f"Attendu : {expected}.")


class Form:
    """Says in French what a patterned string looks like; stands last in an `Annotated`."""

    def __init__(self, expected: str) -> None:
        self.expected = expected

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return _formed(handler(source), self.expected)


class _Text:
    """A Python value whose wire form is a patterned string; `expected` completes « Attendu : »."""

    def __init__(
        self,
        kind: type,
        pattern: str,
        parse: Callable[[str], Any],
        render: Callable[[Any], str],
        *,
        length: int,
        example: str,
        description: str,
        expected: str,
        format: str | None = None,
        read: str | None = None,
        last: Any = None,
    ) -> None:
        """`read`: a wider pattern, of what is understood but refused, after `last`, for what it says."""
        self.read, self.last = read or pattern, last
        self.kind, self.pattern, self.parse, self.render = kind, pattern, parse, render
        self.length, self.expected = length, expected
        self.schema = {
            "type": "string",
            "pattern": pattern,
            "description": description,
            "examples": [example],
        }
        if format:
            self.schema["format"] = format

    def _after(self, text: str) -> Any:
        try:
            return self.parse(text)
        except ValueError as error:
            raise PydanticCustomError("value_error", "{reason}", {"reason": str(error)}) from None

    def _in_time(self, value: Any) -> Any:
        if value > self.last:
            raise PydanticCustomError("too-far", "{reason}", {"reason": clock.TOO_FAR})
        return value

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        patterned = core_schema.str_schema(strict=True, pattern=self.read, max_length=self.length)
        text = _formed(core_schema.no_info_after_validator_function(self._after, patterned), self.expected)
        if self.last is not None:
            text = core_schema.no_info_after_validator_function(self._in_time, text)
        python = core_schema.union_schema([core_schema.is_instance_schema(self.kind), text])
        return core_schema.json_or_python_schema(
            json_schema=text,
            python_schema=python,
            serialization=core_schema.plain_serializer_function_ser_schema(
                self.render, return_schema=core_schema.str_schema()
            ),
        )

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return dict(self.schema)


def _parse_instant(text: str) -> datetime:
    """Seven decimals are those of .NET; what is finer than a microsecond is cut off."""
    return datetime.fromisoformat(text).astimezone(UTC)


_INSTANT = (
    r"-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    r"T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,7})?Z$"
)
_DAY = r"-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"

Money = Annotated[
    Decimal,
    _Text(
        Decimal,
        money.MONEY_PATTERN,
        Decimal,
        money.money_text,
        length=12,
        example="56.00",
        description="Amount in MAD, two decimals.",
        expected='un montant comme "75.00" (point, deux décimales, entre guillemets)',
    ),
]
Sum = Annotated[
    Decimal,
    _Text(
        Decimal,
        r"^(0|[1-9][0-9]{0,14})\.[0-9]{2}$",
        Decimal,
        money.money_text,
        length=18,
        example="56.00",
        description="Computed amount in MAD, two decimals: a price times a quantity, or a sum.",
        expected='un montant comme "75.00" (point, deux décimales, entre guillemets)',
    ),
]
Quantity = Annotated[
    Decimal,
    _Text(
        Decimal,
        money.QUANTITY_PATTERN,
        Decimal,
        money.quantity_text,
        length=10,
        example="2",
        description="Decimal quantity, at most three decimals.",
        expected='une quantité comme "2" ou "0.5" (point, trois décimales au plus, entre guillemets)',
    ),
]
Count = Annotated[
    Decimal,
    _Text(
        Decimal,
        r"^[1-9][0-9]?$",
        Decimal,
        money.quantity_text,
        length=2,
        example="10",
        description="Whole quantity, from 1 to 99.",
        expected='une quantité entière comme "10", de 1 à 99, entre guillemets',
    ),
]
Rate = Annotated[
    Decimal,
    _Text(
        Decimal,
        money.RATE_PATTERN,
        Decimal,
        str,
        length=6,
        example="0.70",
        description="Rate between 0 and 1.",
        expected='un taux comme "0.70", de 0 à 1, entre guillemets',
    ),
]
Instant = Annotated[
    datetime,
    _Text(
        datetime,
        f"^20[0-9]{{2}}{_INSTANT}",
        _parse_instant,
        clock.to_text,
        length=28,
        example="2026-11-23T09:00:00Z",
        description="Instant in UTC.",
        expected="2026-11-23T09:00:00Z (UTC, terminé par Z, au plus 7 décimales)",
        format="date-time",
        read=f"^[2-9][0-9]{{3}}{_INSTANT}",
        last=datetime(2100, 1, 1, tzinfo=UTC) - timedelta(microseconds=1),
    ),
]
Day = Annotated[
    date,
    _Text(
        date,
        f"^(19|20)[0-9]{{2}}{_DAY}",
        date.fromisoformat,
        date.isoformat,
        length=10,
        example="2026-11-23",
        description="Day in Africa/Casablanca.",
        expected="2026-11-23",
        format="date",
        read=f"^(19[0-9]{{2}}|[2-9][0-9]{{3}}){_DAY}",
        last=date(2099, 12, 31),
    ),
]

Ean13 = Annotated[str, Field(pattern=r"^[0-9]{13}$", examples=["6118000000013"]), Form("un code EAN de 13 chiffres")]
Inpe = Annotated[str, Field(pattern=r"^[0-9]{9}$", examples=["100000011"]), Form("un INPE de 9 chiffres")]
RegistrationNumber = Annotated[
    str,
    Field(pattern=r"^[0-9]{9}$", examples=["100000001"]),
    Form("un numéro d'immatriculation de 9 chiffres, entre guillemets"),
]


class Warning(Wire):
    """A remark in a 2xx answer; from the day of `becomes_error_on` the same request is refused."""

    code: str
    message: str
    becomes_error_on: Day | None = None
