"""The wire's base model and types: strict, closed, snake_case JSON.

Python side: `Money`, `Sum`, `Quantity`, `Count`, `Rate` are Decimal, `Instant` an aware UTC datetime, `Day` a date.
Wire side: all of them strings (``"56.00"``, ``"2"``, ``"0.70"``, ``2026-11-22T09:00:00Z``).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import PydanticCustomError, core_schema

from simulator.kit import clock, money


class Wire(BaseModel):
    """Base of every wire shape: no coercion, no unknown member."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, use_enum_values=True, serialize_by_alias=True)


class _Text:
    """A Python value whose wire form is a patterned string."""

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
        format: str | None = None,
    ) -> None:
        self.kind, self.pattern, self.parse, self.render = kind, pattern, parse, render
        self.length = length
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

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        text = core_schema.no_info_after_validator_function(
            self._after,
            core_schema.str_schema(strict=True, pattern=self.pattern, max_length=self.length),
        )
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
    return datetime.fromisoformat(text).astimezone(UTC)


_INSTANT = (
    r"^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    r"T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?Z$"
)
_DAY = r"^(19|20)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"

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
    ),
]
Instant = Annotated[
    datetime,
    _Text(
        datetime,
        _INSTANT,
        _parse_instant,
        clock.to_text,
        length=27,
        example="2026-11-23T09:00:00Z",
        description="Instant in UTC.",
        format="date-time",
    ),
]
Day = Annotated[
    date,
    _Text(
        date,
        _DAY,
        date.fromisoformat,
        date.isoformat,
        length=10,
        example="2026-11-23",
        description="Day in Africa/Casablanca.",
        format="date",
    ),
]

Ean13 = Annotated[str, Field(pattern=r"^[0-9]{13}$", examples=["6118000000013"])]
Inpe = Annotated[str, Field(pattern=r"^[0-9]{9}$", examples=["100000011"])]
RegistrationNumber = Annotated[str, Field(pattern=r"^[0-9]{9}$", examples=["100000001"])]


class Warning(Wire):
    """A remark in a 2xx answer; from the day of `becomes_error_on` the same request is refused."""

    code: str
    message: str
    becomes_error_on: Day | None = None
