"""The bench's calls about the journal of a world."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

PAGE = 100
LONGEST_WAIT_S = 20


class JournalCalls:
    """Part of the client of the bench (see `client.bench`). `filters`: those of the operation `read-journal`."""

    def _json(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        raise NotImplementedError

    def journal(self, world: str, after: int = 0, **filters: Any) -> Iterator[dict[str, Any]]:
        """Every exchange of the world after a sequence number, in order, page by page."""
        while True:
            page = self.journal_page(world, after=after, **filters)
            yield from page["exchanges"]
            if page["next"] <= after:
                return
            after = page["next"]

    def journal_page(self, world: str, **params: Any) -> dict[str, Any]:
        """``{"exchanges": […], "next": seq}``; `wait`: seconds, for a client that waits longer than that."""
        return self._json("GET", f"/worlds/{world}/journal", params={"limit": PAGE, **_given(params)})

    def journal_har(self, world: str, **filters: Any) -> dict[str, Any]:
        """The whole of it as one HTTP Archive."""
        entries, after = [], 0
        while True:
            params = {"limit": PAGE, "after": after, **_given(filters)}
            archive = self._json("GET", f"/worlds/{world}/journal.har", params=params)
            entries += archive["log"]["entries"]
            following = archive["log"].pop("_next")
            if following <= after:
                archive["log"]["entries"] = entries
                return archive
            after = following

    def exchange_curl(self, world: str, seq: int) -> dict[str, Any]:
        """``{"command": …, "variables": […]}``."""
        return self._json("GET", f"/worlds/{world}/journal/{seq}/curl")

    def checkpoint(self, world: str) -> dict[str, Any]:
        """``{"checkpoint": {…}, "signed": JWS}``."""
        return self._json("GET", f"/worlds/{world}/journal/checkpoint")

    def instance_key(self) -> dict[str, Any]:
        """``{"key": public JWK, "fingerprint": …}``."""
        return self._json("GET", "/instance-key")


def _given(params: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in params.items() if value is not None and value != ""}
