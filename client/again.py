"""The bench's calls that it takes to make a world again elsewhere (see `traces`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx

from client.http import send


class AgainCalls:
    """Part of the client of the bench (see `client.bench`)."""

    url: str
    _http: httpx.Client

    def operations(self, world: str) -> Iterator[dict[str, Any]]:
        """What the bench did to the world, in order: method, path below the world, body, seq of the exchange before."""
        return self._pages(f"/worlds/{world}/operations", "operations")

    def people(self, world: str, kind: str) -> Iterator[Any]:
        """Those whom its population adds: ``professionals``, or ``families`` (lists of people)."""
        return self._pages(f"/worlds/{world}/{kind}", kind)

    def clients(self, world: str) -> list[dict[str, Any]]:
        return list(self.do(world, "GET", "/clients")["clients"])

    def do(self, world: str, method: str, path: str, body: Any = None) -> Any:
        """Any operation on the world, by its path below it; what it answers, None for nothing."""
        answer = send(self._http, method, f"/worlds/{world}{path}", **({} if body is None else {"json": body}))
        return answer.json() if answer.content else None

    def version(self) -> str:
        """Of the simulator, as ``banc-fse/0.1.0``."""
        return str(send(self._http, "GET", f"{self.url}/health").json()["simulator"])

    def _pages(self, path: str, member: str, after: int = 0) -> Iterator[Any]:
        while True:
            page = send(self._http, "GET", path, params={"after": after, "limit": 100}).json()
            yield from page[member]
            if not page[member] or page["next"] == after:
                return
            after = page["next"]
