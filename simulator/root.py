"""The pages of a server that are in no world: its health, its documentation."""

from __future__ import annotations

import json
from collections.abc import Callable

from fastapi import FastAPI, Response

from simulator import pages
from simulator.kit.answer import JSON
from simulator.kit.outside import json_answer
from simulator.kit.routing import not_found
from simulator.settings import simulator_version


def serve(app: FastAPI, openapi: Callable[[], bytes]) -> None:
    """Add them to the application."""

    @app.get("/health")
    async def health() -> Response:
        return json_answer({"status": "ok", "simulator": simulator_version(), "unofficial": True})

    @app.get("/openapi.json")
    async def document() -> Response:
        return Response(openapi(), headers={"content-type": JSON})

    @app.get("/")
    @app.get("/docs")
    async def home() -> Response:
        return await docs("api")

    @app.get("/docs/{page}")
    async def docs(page: str) -> Response:
        if (shown := pages.documentation(json.loads(openapi()), page)) is None:
            raise not_found()
        return Response(shown, headers={"content-type": "text/html; charset=utf-8"})
