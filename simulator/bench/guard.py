"""Who may reach the bench: a caller with the bench token, through an allowed Host, loopback or not.

Otherwise the software under test, or a web page in a browser, could move the clock and read the answers.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request

from simulator.kit import ids
from simulator.kit.answer import Whole
from simulator.kit.problems import Problem
from simulator.settings import LOOPBACK_NAMES


def guarded(
    answer: Callable[[Request], Awaitable[Whole]], token: str, hosts: frozenset[str]
) -> Callable[[Request], Awaitable[Whole]]:
    """The same, for those alone. Raises Problem host-not-allowed, bench-token-required."""
    known = LOOPBACK_NAMES | hosts

    async def checked(request: Request) -> Whole:
        if _host_name(request.headers.get("host", "")) not in known:
            raise Problem("host-not-allowed", "Cet hôte n'a pas accès au pilotage du banc.")
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not ids.same(given.strip(), token):
            raise Problem(
                "bench-token-required",
                "Le pilotage du banc demande son jeton (fichier bench-token du dossier de données).",
                headers={"www-authenticate": 'Bearer realm="bench"'},
            )
        return await answer(request)

    return checked


def _host_name(host: str) -> str:
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.rpartition(":")[0] or host
