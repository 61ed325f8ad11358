"""The simulator as one ASGI application: the worlds below ``/w/{world}``, and all the rest by FastAPI."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from simulator import front
from simulator.events.delivery import Deliveries
from simulator.identity.store import Client
from simulator.kit.routing import Routes
from simulator.kit.storage import Database
from simulator.nomenclature import importer, report
from simulator.nomenclature import store as nomenclature
from simulator.operations import ROUTES, SOURCES
from simulator.reference import document as reference
from simulator.settings import (
    DEFAULT_SEED,
    DEFAULT_WORLD,
    DEMO_CLIENT,
    DEMO_SECRET,
    Settings,
)
from simulator.worlds import gateway
from simulator.worlds.gateway import Gateway
from simulator.worlds.service import NewWorld, Worlds


class Simulator:
    """One server. `worlds` is the registry of its worlds.

    `version` is the list of medicines in force in the default world, the last imported one unless
    `use_medicines` chose another; `replaced` the one that this world had before, when it changed.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.db = Database.open(settings.database)
        self.worlds = Worlds(self.db, settings.base_url, SOURCES, settings.instance)
        self.deliveries = Deliveries(self.worlds)
        self.version = self.db.call(nomenclature.prepare)
        self.replaced: str | None = None
        if settings.default_world:
            self._adopt(self.worlds.ensure(default_world(), self.version).nomenclature)
        self._gateway = Gateway(Routes(ROUTES), self.worlds)
        self._front = front.build(settings, self.worlds, self.openapi, self._life)
        self._document: bytes | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["raw_path"].startswith(gateway.PLACES):
            try:
                await self._gateway(scope, receive, send)
            finally:
                self.deliveries.look()
        elif scope["type"] != "websocket":
            await self._front(scope, receive, send)
            if scope["type"] == "http" and scope["path"].startswith("/bench/") and scope["method"] != "GET":
                self.deliveries.look(scope["path"].removeprefix("/bench/v1/worlds/").partition("/")[0])

    def close(self) -> None:
        """Commit what is queued and close the database."""
        self.db.close()

    @asynccontextmanager
    async def _life(self, _: FastAPI) -> AsyncIterator[None]:
        await self.deliveries.start()
        yield
        await self.deliveries.stop()
        self.close()

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


def default_world() -> NewWorld:
    """The developer's world: running clock, one client with a secret for the first hour."""
    demo = Client(DEMO_CLIENT, "Première heure", secret=DEMO_SECRET)
    return NewWorld(id=DEFAULT_WORLD, seed=DEFAULT_SEED, mode="running", clients=(demo,))


def create_app(settings: Settings | None = None) -> Simulator:
    """Open the database and build the application. Raises Unusable."""
    return Simulator(settings or Settings())
