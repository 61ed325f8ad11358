"""What is told outside the worlds: a JSON answer, a refusal in the form of all the others, the real time."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from email.utils import format_datetime
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from simulator.kit import clock, ids
from simulator.kit.answer import JSON, Whole
from simulator.kit.problems import Problem, render

log = logging.getLogger("simulator")
#: On every answer: a browser takes it for what it says it is, and never looks for a page to run in it.
AS_SAID = (b"x-content-type-options", b"nosniff")


class Outside:
    """ASGI middleware: dates what is answered, and renders what is raised under `base`, the address of the server."""

    def __init__(self, app: ASGIApp, base: str) -> None:
        self._app, self._base = app, base

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] += [(b"date", _now().encode()), AS_SAID]
            await send(message)

        try:
            await self._app(scope, receive, dated)
            return
        except Problem as problem:
            told = problem
        except Exception:
            log.exception("internal error outside the worlds")
            told = Problem("internal-error", "Erreur interne du simulateur.")
        await deliver(send, refusal(told, self._base, scope["path"], Headers(scope=scope)))


def json_answer(value: Any, status: int = 200) -> Response:
    """204 for None."""
    if value is None:
        return Response(status_code=204)
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(body, status, {"content-type": JSON})


def refusal(problem: Problem, base: str, path: str, headers: Mapping[str, str]) -> Whole:
    """A problem that no world renders, with its length and the real time."""
    trace, language = ids.trace_id(headers.get("traceparent")), headers.get("accept-language")
    status, own, body = render(problem, issuer=base, instance=path, trace_id=trace, accept_language=language)
    return Whole(status, own | {"content-length": str(len(body)), "date": _now()}, body)


def _now() -> str:
    return format_datetime(clock.real_now().replace(microsecond=0), usegmt=True)


async def deliver(send: Send, answer: Whole) -> None:
    """Send a whole answer."""
    raw = [(k.encode("latin-1"), v.encode("latin-1", "replace")) for k, v in answer.headers.items()]
    raw.append(AS_SAID)
    await send({"type": "http.response.start", "status": answer.status, "headers": raw})
    await send({"type": "http.response.body", "body": answer.body})
