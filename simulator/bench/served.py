"""The operations of the bench as FastAPI routes, one for each row; what a service is given are its dependencies."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import cache
from inspect import Parameter, Signature
from typing import Any

from fastapi import Depends, FastAPI, Path, Request, Response
from pydantic import BaseModel

from simulator.bench import kept, names
from simulator.bench.guard import Guard, Refused
from simulator.bench.operation import PREFIX, Asked, Operation
from simulator.kit.outside import json_answer
from simulator.kit.pages import bad_parameter
from simulator.kit.payload import parse
from simulator.reference import bench_openapi
from simulator.reference.bench import texts
from simulator.worlds import receiving
from simulator.worlds.model import World
from simulator.worlds.patience import Patience
from simulator.worlds.service import Worlds

PARTS = re.compile(r"{(?!world})(\w+)}")
"""What a path names below a world: handed to the service as texts, after the world."""


def serve(app: FastAPI, operations: Sequence[Operation], worlds: Worlds, guard: Guard) -> None:
    """Add the operations to the application, behind the guard, and the document that describes them."""

    async def named(world: str) -> World:
        found = await worlds.find(world)
        await worlds.settle(found, found.now())
        return found

    patience = Patience(receiving.TIMEOUT_S)
    for each in operations:
        needs: dict[str, Any] = {
            "asked": Depends(_asked(worlds, guard.refused, texts()["operations"][each.name].get("query", {})))
        }
        if "{world}" in each.path:
            needs["world"] = Depends(named)
        needs |= {name: Path() for name in PARTS.findall(each.path)}
        if each.body is not None:
            needs["body"] = Depends(_sent(each.body, patience))
        app.add_api_route(
            PREFIX + each.path,
            _endpoint(each, needs),
            methods=[each.method],
            operation_id=each.name,
            status_code=each.status,
            dependencies=[Depends(guard)],
        )
    served = [route for route in app.routes if getattr(route, "operation_id", None)]

    @cache
    def document() -> dict[str, Any]:
        return bench_openapi.document(served, operations, worlds.base)

    @app.get(f"{PREFIX}/openapi.json", dependencies=[Depends(guard)])
    async def openapi() -> Response:
        return json_answer(document())


def _asked(worlds: Worlds, refused: Refused, known: Mapping[str, str]) -> Callable[[Request], Awaitable[Asked]]:
    """The call; a parameter that the operation does not know is refused, or a misspelt filter would take everything."""

    async def asked(request: Request) -> Asked:
        for name in request.query_params:
            if name not in known:
                said = f"« {name} » n'est pas un paramètre de cette opération"
                raise bad_parameter(name, said + names.end(name, known))
        return Asked(worlds, request.query_params, request.url.path.removeprefix(PREFIX), refused)

    return asked


def _endpoint(operation: Operation, needs: dict[str, Any]) -> Callable[..., Awaitable[Response]]:
    """What FastAPI calls; its signature says what the row needs, in the order in which faults are told."""

    async def endpoint(**given: Any) -> Response:
        before = given["world"].now() if "world" in given else None
        answer = await operation.service(*(given[name] for name in needs))
        if before is not None and kept.wanted(operation):
            kept.keep(operation, answer, at=before, **given)
        return json_answer(answer, operation.status)

    parameters = [Parameter(name, Parameter.KEYWORD_ONLY, default=n, annotation=str) for name, n in needs.items()]
    endpoint.__signature__ = Signature(parameters, return_annotation=Response)  # type: ignore[attr-defined]
    return endpoint


def _sent(model: type[BaseModel], patience: Patience) -> Callable[[Request], Awaitable[BaseModel]]:
    """The body, as strictly as a world reads its own: FastAPI would accept a number where a text is asked for, and
    whatever size.
    """

    async def body(request: Request) -> BaseModel:
        return parse(model, request.headers, await receiving.body(request.headers, request.receive, patience))

    return body
