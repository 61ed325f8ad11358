"""Who may reach the bench: a caller with the bench token, through an allowed Host, loopback or not.

Otherwise the software under test, or a web page in a browser, could move the clock and read the answers.
"""

from __future__ import annotations

import logging
from email.utils import format_datetime

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from simulator.kit import clock, ids
from simulator.kit.problems import Problem, render
from simulator.settings import LOOPBACK_NAMES

log = logging.getLogger("simulator")


class Guard:
    """ASGI application in front of the bench; renders its problems too."""

    def __init__(self, inner: ASGIApp, token: str, hosts: frozenset[str], base: str) -> None:
        self.inner, self.token, self.base = inner, token, base
        self.hosts = LOOPBACK_NAMES | hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
        started = False

        async def tracked(message: Message) -> None:
            nonlocal started
            started = True
            if message["type"] == "http.response.start":
                now = clock.real_now().replace(microsecond=0)
                date = format_datetime(now, usegmt=True).encode()
                message["headers"] = [*message["headers"], (b"date", date)]
            await send(message)

        try:
            self.check(headers)
            await self.inner(scope, receive, tracked)
        except Problem as problem:
            await self._refuse(problem, scope, headers, tracked)
        except Exception:
            log.exception("internal error on the bench")
            if not started:
                failure = Problem("internal-error", "Erreur interne du simulateur.")
                await self._refuse(failure, scope, headers, tracked)

    def check(self, headers: dict[str, str]) -> None:
        """Raises Problem host-not-allowed, bench-token-required."""
        if _host_name(headers.get("host", "")) not in self.hosts:
            raise Problem("host-not-allowed", "Cet hôte n'a pas accès au pilotage du banc.")
        scheme, _, given = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not ids.same(given.strip(), self.token):
            raise Problem(
                "bench-token-required",
                "Le pilotage du banc demande son jeton (fichier bench-token du dossier de données).",
                headers={"www-authenticate": 'Bearer realm="bench"'},
            )

    async def _refuse(self, problem: Problem, scope: Scope, headers: dict[str, str], send: Send) -> None:
        status, out, body = render(
            problem,
            issuer=self.base,
            instance=scope["path"],
            trace_id=ids.trace_id(headers.get("traceparent")),
            accept_language=headers.get("accept-language"),
        )
        out["content-length"] = str(len(body))
        raw = [(k.encode("latin-1"), v.encode("latin-1")) for k, v in out.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": body})


def _host_name(host: str) -> str:
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.rpartition(":")[0] or host
