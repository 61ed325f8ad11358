"""The bench's calls that make something: tokens, sheets, events; and who is special in a world."""

from __future__ import annotations

from typing import Any


class MakingCalls:
    """Part of the client of the bench (see `client.bench`). `body`: the members of the operation; None is left out."""

    def _json(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        raise NotImplementedError

    def mint_token(self, world: str, **body: Any) -> dict[str, Any]:
        """An access token of a kind, and what the platform must answer to it."""
        return self._json("POST", f"/worlds/{world}/tokens", json=_given(body))

    def make_sheet(self, world: str, **body: Any) -> dict[str, Any]:
        """A sheet in a state, with its paper and tokens to go on."""
        return self._json("POST", f"/worlds/{world}/sheets", json=_given(body))

    def send_event(self, world: str, **body: Any) -> dict[str, Any]:
        """An event for a software, about something real, that did not happen."""
        return self._json("POST", f"/worlds/{world}/events", json=_given(body))

    def personas(self, world: str) -> list[dict[str, Any]]:
        """Who and what is special."""
        return list(self._json("GET", f"/worlds/{world}/personas")["personas"])


def _given(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if value is not None}
