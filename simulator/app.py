"""The simulator as one ASGI application: worlds below ``/w/{world}``, the bench, and the root pages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Receive, Scope, Send

from simulator import pages
from simulator.bench import deliveries as bench_deliveries
from simulator.bench import routes as bench_routes
from simulator.bench.guard import Guard
from simulator.beneficiaries import routes as beneficiaries
from simulator.care_sheets import routes as care_sheets
from simulator.claims import routes as claims
from simulator.events import routes as events
from simulator.events.delivery import Deliveries
from simulator.executions import routes as executions
from simulator.identity import discovery
from simulator.identity import routes as identity
from simulator.identity.store import Client
from simulator.kit.problems import MEDIA_TYPE, Problem, render
from simulator.kit.routing import Routes, method_not_allowed, not_found
from simulator.kit.storage import Database
from simulator.nomenclature import importer, report
from simulator.nomenclature import routes as nomenclature_routes
from simulator.nomenclature import store as nomenclature
from simulator.patients import routes as patients
from simulator.reference import document as reference
from simulator.resolutions import routes as resolutions
from simulator.settings import (
    DEFAULT_SEED,
    DEFAULT_WORLD,
    DEMO_CLIENT,
    DEMO_SECRET,
    Settings,
    simulator_version,
)
from simulator.worlds import routes as worlds_routes
from simulator.worlds.gateway import Gateway
from simulator.worlds.service import NewWorld, Worlds

ROUTES = (  # the busiest first: they are tried in this order
    *care_sheets.ROUTES,
    *resolutions.ROUTES,
    *executions.ROUTES,
    *beneficiaries.ROUTES,
    *claims.ROUTES,
    *care_sheets.PAPERS,
    *patients.ROUTES,
    *identity.ROUTES,
    *nomenclature_routes.ROUTES,
    *events.ROUTES,
    *worlds_routes.ROUTES,
)


class Simulator:
    """One server. `worlds` is the registry of its worlds.

    `version` is the list of medicines in force in the default world, the last imported one unless
    `use_medicines` chose another; `replaced` the one that this world had before, when it changed.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.db = Database.open(settings.database)
        self.worlds = Worlds(self.db, settings.base_url)
        self.deliveries = Deliveries(self.worlds)
        self.version = self.db.call(nomenclature.prepare)
        self.replaced: str | None = None
        if settings.default_world:
            self._adopt(self.worlds.ensure(default_world(), self.version).nomenclature)
        self._gateway = Gateway(Routes(ROUTES), self.worlds)
        self._root = self._root_app()
        self._bench = self._bench_app(settings.bench_token) if settings.bench_token else None
        self._document: bytes | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            path = scope["path"]
            if path.startswith("/w/"):
                await self._gateway(scope, receive, send)
                self.deliveries.look()
            elif path.startswith("/bench/") and self._bench is not None:
                await self._bench(scope, receive, send)
                if scope["method"] != "GET":
                    self.deliveries.look(path.removeprefix("/bench/v1/worlds/").partition("/")[0])
            else:
                await self._root(scope, receive, send)

    def close(self) -> None:
        """Commit what is queued and close the database."""
        self.db.close()

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.shutdown":
                await self.deliveries.stop()
                self.close()
                await send({"type": "lifespan.shutdown.complete"})
                return
            await self.deliveries.start()
            await send({"type": "lifespan.startup.complete"})

    def use_medicines(self, path: Path) -> dict[str, Any]:
        """Import a list and put it in force in the default world; the report of its import.

        Raises BrokenList or ValueError (French): nothing has changed then.
        """
        parsed = importer.load(path)
        name = importer.version_name(parsed, None)
        stored = self.db.call(lambda tx: nomenclature.add(tx, name, parsed))
        before, self.version = self.version, stored.version
        if self.settings.default_world:
            self._adopt(self.replaced or before)
        return {**report.as_json(parsed, stored), "lines": report.lines(parsed, stored)}

    def _adopt(self, before: str) -> None:
        """Put the list in force in the default world too; `replaced` is the one it had at the last start."""
        self.replaced = before if before != self.version else None
        self.worlds.adopt(DEFAULT_WORLD, self.version)

    def openapi(self) -> bytes:
        """The OpenAPI document of the FSE API, JSON."""
        if self._document is None:
            base, world = self.settings.base_url, DEFAULT_WORLD
            document = reference.build(ROUTES, base=base, world=world)
            self._document = json.dumps(document, ensure_ascii=False).encode()
        return self._document

    def _bench_app(self, token: str) -> Guard:
        app = _plain_app("Bench API", self.settings.base_url)
        app.state.worlds = self.worlds
        app.include_router(bench_routes.router)
        app.include_router(bench_deliveries.router)
        return Guard(app, token, self.settings.bench_hosts, self.settings.base_url)

    def _root_app(self) -> FastAPI:
        app = _plain_app("Simulator", self.settings.base_url)

        @app.get("/health")
        async def health() -> Response:
            body = {"status": "ok", "simulator": simulator_version(), "unofficial": True}
            return JSONResponse(body)

        @app.get("/openapi.json")
        async def document() -> Response:
            return Response(self.openapi(), media_type="application/json")

        @app.get("/")
        @app.get("/docs")
        @app.get("/docs/{page}")
        async def docs(page: str = "api") -> Response:
            if (shown := pages.documentation(json.loads(self.openapi()), page)) is None:
                raise not_found()
            return HTMLResponse(shown)

        @app.get("/.well-known/oauth-authorization-server/w/{world}")
        async def metadata(world: str) -> Response:
            return JSONResponse(discovery.metadata(await self.worlds.find(world)))

        return app


def default_world() -> NewWorld:
    """The developer's world: running clock, one client with a secret for the first hour."""
    demo = Client(DEMO_CLIENT, "Première heure", secret=DEMO_SECRET)
    return NewWorld(id=DEFAULT_WORLD, seed=DEFAULT_SEED, mode="running", clients=(demo,))


def create_app(settings: Settings | None = None) -> Simulator:
    """Open the database and build the application. Raises Unusable."""
    return Simulator(settings or Settings())


def _plain_app(title: str, base: str) -> FastAPI:
    """An application outside the worlds, with the same problems."""
    app = FastAPI(title=title, openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)

    def respond(problem: Problem, request: Request) -> Response:
        status, headers, body = render(problem, issuer=base, instance=request.url.path, trace_id="0" * 32)
        return Response(body, status, headers, media_type=MEDIA_TYPE)

    async def on_problem(request: Request, error: Exception) -> Response:
        assert isinstance(error, Problem)
        return respond(error, request)

    async def on_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return respond(_routing_problem(error), request)

    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(HTTPException, on_http)
    return app


def _routing_problem(error: HTTPException) -> Problem:
    if error.status_code == 405:
        given = {name.lower(): value for name, value in (error.headers or {}).items()}
        return method_not_allowed(given.get("allow", "").split(", "))
    if error.status_code == 404:
        return not_found()
    return Problem("internal-error", "Erreur interne du simulateur.")
