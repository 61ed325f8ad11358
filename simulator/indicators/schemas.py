"""Wire shapes of the indicators."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from simulator.kit.wire import Day, Wire

Period = Annotated[str, Field(pattern=r"^20[0-9]{2}(-W[0-5][0-9]|-M[01][0-9])?$", examples=["2026-W47"])]
Ratio = Annotated[str, Field(pattern=r"^-?[0-9]{1,12}\.[0-9]{4}$", examples=["0.1250"])]
By = Literal["week", "month", "year"]


class CellAnswer(Wire):
    """One cell of the grid. `boxes` is left out, with what follows from it, where the cell is suppressed.

    `total`, `share`: of the outside-list indicator; `per_1000`, `change`: of the comparison.
    """

    region: str = Field(pattern="^(MA|[01][0-9])$", examples=["04"])
    period: Period
    group: str = Field(pattern="^([A-Z]|[A-Z][0-9]{2}[A-Z]?|all|listed|outside|unclassified)$", examples=["J01"])
    provisional: bool
    suppressed: bool
    boxes: int | None = None
    total: int | None = None
    share: Ratio | None = None
    per_1000: Ratio | None = None
    change: Ratio | None = None


class IndicatorAnswer(Wire):
    """An indicator, with all that it takes to read it; cells by region, then group, then period."""

    indicator: Literal["antibiotics", "treatments", "outside-list", "comparison"]
    title: str
    definition: str
    method: str
    unit: Literal["boxes"]
    by: By
    first_period: Period
    last_period: Period
    first_day: Day
    last_day: Day
    threshold: int = Field(ge=1)
    rule: str = Field(examples=["RGL-SEUIL-ANONYMAT"])
    as_of: Day
    fidelity: Literal["official", "deduced", "hypothesis"]
    source: str
    cells: list[CellAnswer]
