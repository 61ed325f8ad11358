"""The HTTP driver: the suite asks `POST /driver/v1/actions/{action}` of one instance of a software."""

from __future__ import annotations

from typing import Any

import httpx

from client.http import session
from conformance.drivers.contract import Nonsense, check_capabilities, check_input, check_outcome


class DriverDown(Exception):
    """The software's driver cannot be reached, or broke the exchange."""


class DriverLate(Exception):
    """The software did not answer within the deadline of the case."""


class HttpDriver:
    """One lane. `endpoint` is the root of the software's driver, without trailing slash."""

    def __init__(self, endpoint: str, deadline_s: float = 20.0) -> None:
        self.endpoint = endpoint.rstrip("/")
        self.deadline_s = deadline_s
        self._http = session(deadline_s)

    def close(self) -> None:
        self._http.close()

    def capabilities(self) -> dict[str, Any]:
        """What the software declares. `DriverDown`, `DriverLate` or `Nonsense`."""
        return check_capabilities(self._json("GET", "/driver/v1/capabilities"))

    def act(self, action: str, case: str, input: dict[str, Any]) -> dict[str, Any]:
        """Ask for one action; the outcome, checked. `case` is the opaque id of the case."""
        body = {"case": case, "deadline_s": self.deadline_s, "input": check_input(action, input)}
        return check_outcome(action, self._json("POST", f"/driver/v1/actions/{action}", body))

    def _json(self, method: str, path: str, body: Any = None) -> Any:
        url = self.endpoint + path
        try:
            response = self._http.request(method, url, json=body)
        except httpx.TimeoutException as error:
            raise DriverLate(f"{url} n'a pas répondu en {self.deadline_s:g} s") from error
        except httpx.TransportError as error:
            raise DriverDown(f"{url} est injoignable ({type(error).__name__})") from error
        if response.status_code != 200:
            said = " ".join(response.text.split())[:160]
            raise Nonsense(f"{url} a répondu {response.status_code}, 200 attendu : {said or 'corps vide'}")
        try:
            return response.json()
        except ValueError:
            kind = response.headers.get("content-type", "sans type")
            raise Nonsense(f"{url} n'a pas répondu en JSON ({kind})") from None
