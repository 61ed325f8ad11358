"""An operation of the bench, said once, and the path of every call to one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from starlette.requests import Request

from simulator.kit.answer import Whole
from simulator.kit.outside import json_answer
from simulator.kit.payload import parse
from simulator.kit.problems import Problem
from simulator.kit.routing import Place, Routes
from simulator.worlds.service import Worlds

PREFIX = "/bench/v1"
MAX_PAGE = 500


@dataclass(frozen=True, eq=False)
class Operation(Place):
    """`call`: below `/bench/v1`. `service`: ``async def set_clock(asked, world, body)``, without `world` where the path
    names none and without `body` where there is none; what it answers is sent as JSON, 204 for None.
    """

    name: str
    service: Callable[..., Awaitable[Any]]
    body: type[BaseModel] | None = None
    status: int = 200


@dataclass(frozen=True)
class Asked:
    """One call: the parameters of its query."""

    worlds: Worlds
    query: Mapping[str, str]

    def number(self, name: str, default: int, most: int) -> int:
        """A whole number. Raises Problem invalid-payload."""
        text = self.query.get(name, str(default))
        if not (text.isascii() and text.isdigit() and len(text) < 20) or int(text) > most:
            error = {"pointer": f"?{name}", "code": "int-type", "detail": f"Entier de 0 à {most}."}
            raise Problem("invalid-payload", f"« {name} » doit être un entier.", errors=[error])
        return int(text)

    def limit(self) -> int:
        """How many rows are asked for. Raises Problem invalid-payload."""
        return max(1, self.number("limit", 100, MAX_PAGE))


def answering(operations: Iterable[Operation], worlds: Worlds) -> Callable[[Request], Awaitable[Whole]]:
    """What answers the calls of the bench; raises Problems."""
    routes = Routes(operations)

    async def answer(request: Request) -> Whole:
        operation, path = routes.find(request.method, request.scope["path"].removeprefix(PREFIX))
        arguments: list[Any] = [Asked(worlds, request.query_params)]
        if "world" in path:
            world = await worlds.find(path["world"])
            await worlds.settle(world)
            arguments.append(world)
        if operation.body is not None:
            arguments.append(parse(operation.body, request.headers, await request.body()))
        return json_answer(await operation.service(*arguments), operation.status)

    return answer
