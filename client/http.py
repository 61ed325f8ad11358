"""The errors and the transport shared by the two small clients (FSE API and bench)."""

from __future__ import annotations

import ssl
from functools import cache
from typing import Any

import httpx

USER_AGENT = "BancFSE-Suite/0.1 BancFSE/banc-suite"
#: The version of the contract that this client is written for.
FSE_VERSION = "2026-01-01"
#: A connection that rested longer is not used again: servers close theirs after five seconds, maybe as we write to it.
IDLE_S = 2.0


@cache
def _trust() -> ssl.SSLContext:
    """The system's trust store, loaded once: it costs more than a case's exchanges."""
    return ssl.create_default_context()


def session(timeout: float, **options: Any) -> httpx.Client:
    """An HTTP client that ignores proxies of the environment; `timeout` in seconds."""
    limits = options.pop("limits", httpx.Limits(keepalive_expiry=IDLE_S))
    return httpx.Client(timeout=timeout, trust_env=False, verify=_trust(), limits=limits, **options)


class PlatformUnreachable(Exception):
    """No answer from the platform; the text names the address and the cause, in French."""


class Refused(Exception):
    """The platform answered with a problem. `slug` and `status` identify it; `problem` is its body."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        self.status = status
        self.problem = problem
        self.slug = str(problem.get("code") or problem.get("error") or "unknown")
        super().__init__(f"{status} {self.slug}: {problem.get('detail') or problem.get('title') or ''}")


def send(http: httpx.Client, method: str, url: str, **options: Any) -> httpx.Response:
    """One request; `Refused` on 4xx and 5xx, `PlatformUnreachable` without an answer."""
    try:
        response = http.request(method, url, **options)
    except httpx.TransportError as error:
        raise PlatformUnreachable(f"pas de réponse de {url} ({type(error).__name__})") from error
    if response.status_code >= 400:
        raise Refused(response.status_code, _problem(response))
    return response


def _problem(response: httpx.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:
        return {"detail": "réponse qui n'est pas du JSON"}
    return body if isinstance(body, dict) else {"detail": "réponse inattendue"}
