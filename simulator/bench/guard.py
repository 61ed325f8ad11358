"""Who may reach the bench: a caller with the bench token, through an allowed Host, loopback or not.

Otherwise the software under test, or a web page in a browser, could move the clock and read the answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from simulator.kit import clock, ids
from simulator.kit.problems import Problem
from simulator.settings import LOOPBACK_NAMES

BEARER = HTTPBearer(auto_error=False)
Given = HTTPAuthorizationCredentials | None


@dataclass
class Refused:
    """Calls that this process has turned away since it started; `last`: the latest, secrets left out."""

    count: int = 0
    last: dict[str, Any] | None = None

    def note(self, request: Request, why: str) -> None:
        self.count += 1
        at = clock.to_precise_text(clock.real_now())
        self.last = {"at": at, "method": request.method[:16], "path": request.url.path[:200], "why": why}


class Guard:
    """A dependency that lets a caller through, or counts him and raises Problem host-not-allowed,
    bench-token-required.
    """

    def __init__(self, token: str, hosts: frozenset[str]) -> None:
        self._token, self._hosts = token, LOOPBACK_NAMES | hosts
        self.refused = Refused()

    async def __call__(self, request: Request, given: Annotated[Given, Security(BEARER)]) -> None:
        try:
            self._check(request, given)
        except Problem as problem:
            self.refused.note(request, problem.slug)
            raise

    def _check(self, request: Request, given: Given) -> None:
        if _host_name(request.headers.get("host", "")) not in self._hosts:
            raise Problem("host-not-allowed", "Cet hôte n'a pas accès au pilotage du banc.")
        if given is None or not ids.same(given.credentials, self._token):
            raise Problem(
                "bench-token-required",
                "Le pilotage du banc demande son jeton (fichier bench-token du dossier de données).",
                headers={"www-authenticate": 'Bearer realm="bench"'},
            )


def _host_name(host: str) -> str:
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.rpartition(":")[0] or host
