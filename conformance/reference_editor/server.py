"""The driver contract over HTTP: ``GET /driver/v1/capabilities`` and ``POST /driver/v1/actions/{action}``."""

from __future__ import annotations

import json
import socket
import time
from dataclasses import asdict
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from . import texts
from .editor import ReferenceEditor
from .records import Json, Outcome


def create_app(editor: ReferenceEditor) -> Starlette:
    """The driver of one editor; a faulty editor passes its own subclass."""

    async def capabilities(request: Request) -> JSONResponse:
        return JSONResponse(editor.capabilities())

    async def action(request: Request) -> JSONResponse:
        name = request.path_params["action"]
        if name not in editor.actions():
            return JSONResponse(answer_of(_refused(texts.UNKNOWN_ACTION), 0.0), status_code=404)
        body = _order(await request.body())
        if body is None:
            return JSONResponse(answer_of(_refused(texts.BAD_REQUEST), 0.0), status_code=422)
        began = time.perf_counter()
        outcome = await run_in_threadpool(editor.run, name, body["input"], body.get("deadline_s"))
        return JSONResponse(answer_of(outcome, time.perf_counter() - began))

    return Starlette(
        routes=[
            Route("/driver/v1/capabilities", capabilities),
            Route("/driver/v1/actions/{action}", action, methods=["POST"]),
        ]
    )


def answer_of(outcome: Outcome, seconds: float) -> Json:
    """An outcome in the shape of the driver contract."""
    return {**asdict(outcome), "durations": {"total_ms": round(seconds * 1000)}}


def serve(editor: ReferenceEditor, host: str = "127.0.0.1", port: int = 0, *, announce: bool = False) -> None:
    """Serve until interrupted; with ``announce``, print ``EDITOR_READY {"url": …}`` once the port is open."""
    listener = socket.create_server((host, port))
    url = f"http://{host}:{listener.getsockname()[1]}"
    config = uvicorn.Config(create_app(editor), log_level="warning", access_log=False, lifespan="off")
    if announce:
        print(f"EDITOR_READY {json.dumps({'url': url})}", flush=True)
    else:
        print(f"Éditeur de référence à l'écoute sur {url} (Ctrl+C pour arrêter)", flush=True)
    uvicorn.Server(config).run(sockets=[listener])


def _order(raw: bytes) -> dict[str, Any] | None:
    """The order of the suite, or None when it does not have the contract's shape."""
    try:
        body = json.loads(raw)
    except ValueError:
        return None
    if not isinstance(body, dict) or not isinstance(body.get("input"), dict):
        return None
    deadline = body.get("deadline_s")
    return body if deadline is None or isinstance(deadline, int | float) else None


def _refused(sentence: str) -> Outcome:
    return Outcome("refused").say("error", sentence)
