"""An operation of the bench, said once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from simulator.bench.guard import Refused
from simulator.kit.pages import bad_parameter
from simulator.kit.routing import Place
from simulator.worlds.service import Worlds

PREFIX = "/bench/v1"
MAX_PAGE = 500


@dataclass(frozen=True, eq=False)
class Operation(Place):
    """`call`: below `/bench/v1`. `service`: ``async def set_clock(asked, world, body)``, without `world` where the path
    names none and without `body` where there is none; what else the path names comes between the two, as texts. What it
    answers is sent as JSON, 204 for None.
    """

    name: str
    service: Callable[..., Awaitable[Any]]
    body: type[BaseModel] | None = None
    status: int = 200


@dataclass(frozen=True)
class Asked:
    """One call: the parameters of its query, its path below `/bench/v1`; `refused`: those that were turned away."""

    worlds: Worlds
    query: Mapping[str, str]
    path: str = ""
    refused: Refused = field(default_factory=Refused)

    def number(self, name: str, default: int, most: int) -> int:
        """A whole number. Raises Problem invalid-payload."""
        text = self.query.get(name, str(default))
        if not (text.isascii() and text.isdigit() and len(text) < 20) or int(text) > most:
            raise bad_parameter(name, f"« {name} » est un entier de 0 à {most}.")
        return int(text)

    def limit(self) -> int:
        """How many rows are asked for. Raises Problem invalid-payload."""
        return max(1, self.number("limit", 100, MAX_PAGE))
