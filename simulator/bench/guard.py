"""Who may reach the bench: a caller with the bench token, through an allowed Host, loopback or not.

Otherwise the software under test, or a web page in a browser, could move the clock and read the answers.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from simulator.kit import ids
from simulator.kit.problems import Problem
from simulator.settings import LOOPBACK_NAMES

BEARER = HTTPBearer(auto_error=False)
Given = HTTPAuthorizationCredentials | None
Guard = Callable[[Request, Given], Awaitable[None]]


def guarding(token: str, hosts: frozenset[str]) -> Guard:
    """A dependency that lets those alone through. It raises Problem host-not-allowed, bench-token-required."""
    known = LOOPBACK_NAMES | hosts

    async def guard(request: Request, given: Annotated[Given, Security(BEARER)]) -> None:
        if _host_name(request.headers.get("host", "")) not in known:
            raise Problem("host-not-allowed", "Cet hôte n'a pas accès au pilotage du banc.")
        if given is None or not ids.same(given.credentials, token):
            raise Problem(
                "bench-token-required",
                "Le pilotage du banc demande son jeton (fichier bench-token du dossier de données).",
                headers={"www-authenticate": 'Bearer realm="bench"'},
            )

    return guard


def _host_name(host: str) -> str:
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.rpartition(":")[0] or host
