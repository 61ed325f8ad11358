"""The FastAPI application of a server: its own pages, the bench, its start and its end. The worlds are not in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from simulator import root
from simulator.bench import served
from simulator.bench.guard import BEARER, Guard
from simulator.bench.routes import OPERATIONS
from simulator.kit.outside import Outside
from simulator.kit.routing import method_not_allowed, not_found
from simulator.settings import Settings, simulator_version
from simulator.worlds.service import Worlds


class Exact(APIRoute):
    """Its path is matched whole: the `$` of the framework would let a line feed follow."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, endpoint, **options)
        self.path_regex = re.compile(self.path_regex.pattern.removesuffix("$") + r"\Z")


def build(
    settings: Settings,
    worlds: Worlds,
    openapi: Callable[[], bytes],
    life: Callable[[FastAPI], AbstractAsyncContextManager[None]],
) -> FastAPI:
    """`openapi` gives the document of the FSE API, `life` runs around the server's; no bench without its token."""
    app = FastAPI(
        title="Banc FSE",
        version=simulator_version(),
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=life,
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    app.router.route_class = Exact
    app.add_middleware(Outside, base=settings.base_url)
    root.serve(app, openapi)
    guard = Guard(settings.bench_token, settings.bench_hosts) if settings.bench_token else None
    if guard is not None:
        served.serve(app, OPERATIONS, worlds, guard)

    async def nowhere(request: Request, error: Exception) -> Response:
        """What the router raises when no route answers; below the bench, only its callers learn that much."""
        path = request.scope["path"]
        if guard is not None and path.startswith("/bench/"):
            await guard(request, await BEARER(request))
        here = (route for route in app.routes if isinstance(route, Exact) and route.path_regex.match(path))
        methods = {method for route in here for method in route.methods or ()}
        raise method_not_allowed(methods) if methods else not_found()

    app.add_exception_handler(HTTPException, nowhere)
    return app
