"""What a server answers outside its worlds: the bench and the root pages are each one function, framed here."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from email.utils import format_datetime
from typing import Any

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from simulator.kit import clock, ids
from simulator.kit.answer import JSON, Whole
from simulator.kit.problems import Problem, render

log = logging.getLogger("simulator")


class Outside:
    """ASGI application. `answer` may raise Problems, rendered under `base`, the address of the server."""

    def __init__(self, base: str, answer: Callable[[Request], Awaitable[Whole]]) -> None:
        self._base, self._answer = base, answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            answer = _framed(await self._answer(request))
        except Problem as problem:
            answer = refusal(problem, self._base, scope["path"], request.headers)
        except Exception:
            log.exception("internal error outside the worlds")
            failure = Problem("internal-error", "Erreur interne du simulateur.")
            answer = refusal(failure, self._base, scope["path"], request.headers)
        await deliver(send, answer)


def json_answer(value: Any, status: int = 200) -> Whole:
    """204 for None."""
    if value is None:
        return Whole(204, {}, b"")
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return Whole(status, {"content-type": JSON}, body)


def refusal(problem: Problem, base: str, path: str, headers: Mapping[str, str]) -> Whole:
    """A problem that no world renders."""
    trace, language = ids.trace_id(headers.get("traceparent")), headers.get("accept-language")
    return _framed(Whole(*render(problem, issuer=base, instance=path, trace_id=trace, accept_language=language)))


def _framed(answer: Whole) -> Whole:
    """With its length, and the real time."""
    if answer.status != 204:
        answer.headers["content-length"] = str(len(answer.body))
    answer.headers["date"] = format_datetime(clock.real_now().replace(microsecond=0), usegmt=True)
    return answer


async def deliver(send: Send, answer: Whole) -> None:
    """Send a whole answer."""
    raw = [(k.encode("latin-1"), v.encode("latin-1", "replace")) for k, v in answer.headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": raw})
    await send({"type": "http.response.body", "body": answer.body})
