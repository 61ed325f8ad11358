"""The pages of a server that are in no world: its health, its documentation, what it publishes of its worlds."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request

from simulator import pages
from simulator.identity import discovery
from simulator.kit.answer import JSON, Whole
from simulator.kit.outside import json_answer
from simulator.kit.routing import Place, Routes, not_found
from simulator.settings import simulator_version
from simulator.worlds.service import Worlds


@dataclass(frozen=True, eq=False)
class Page(Place):
    """`answer` is given the parameters of the path."""

    answer: Callable[..., Awaitable[Whole]]


def answering(worlds: Worlds, openapi: Callable[[], bytes]) -> Callable[[Request], Awaitable[Whole]]:
    """What answers there; raises Problems."""

    async def health() -> Whole:
        return json_answer({"status": "ok", "simulator": simulator_version(), "unofficial": True})

    async def document() -> Whole:
        return Whole(200, {"content-type": JSON}, openapi())

    async def docs(page: str = "api") -> Whole:
        if (shown := pages.documentation(json.loads(openapi()), page)) is None:
            raise not_found()
        return Whole(200, {"content-type": "text/html; charset=utf-8"}, shown.encode())

    async def metadata(world: str) -> Whole:
        return json_answer(discovery.metadata(await worlds.find(world)))

    routes = Routes(
        [
            Page("GET /health", health),
            Page("GET /openapi.json", document),
            Page("GET /", docs),
            Page("GET /docs", docs),
            Page("GET /docs/{page}", docs),
            Page("GET /.well-known/oauth-authorization-server/w/{world}", metadata),
        ]
    )

    async def answer(request: Request) -> Whole:
        page, path = routes.find(request.method, request.scope["path"])
        return await page.answer(**path)

    return answer
