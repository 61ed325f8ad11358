"""The bench's calls about worlds as wholes, and about their clocks."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote


class WorldCalls:
    """Part of the client of the bench (see `client.bench`)."""

    def _json(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        raise NotImplementedError

    def _nothing(self, method: str, path: str) -> None:
        raise NotImplementedError

    def create_world(self, **body: Any) -> dict[str, Any]:
        """Create a world; answers its issuer, trust anchor, credentials and personas."""
        return self._json("POST", "/worlds", json={k: v for k, v in body.items() if v is not None})

    def worlds(self) -> list[dict[str, Any]]:
        """Every world, without its people."""
        return list(self._json("GET", "/worlds")["worlds"])

    def world(self, world: str) -> dict[str, Any]:
        return self._json("GET", f"/worlds/{world}")

    def delete_world(self, world: str) -> None:
        self._nothing("DELETE", f"/worlds/{world}")

    def clone_world(self, world: str, new: str | None = None) -> dict[str, Any]:
        """Another world with all that this one holds; described as its creation would."""
        return self._json("POST", f"/worlds/{world}/clone", json={} if new is None else {"id": new})

    def reset_world(self, world: str) -> dict[str, Any]:
        """The world at its birth."""
        return self._json("POST", f"/worlds/{world}/reset")

    def snapshots(self, world: str) -> list[dict[str, Any]]:
        return list(self._json("GET", f"/worlds/{world}/snapshots")["snapshots"])

    def take_snapshot(self, world: str, name: str) -> dict[str, Any]:
        return self._json("POST", f"/worlds/{world}/snapshots", json={"name": name})

    def restore_snapshot(self, world: str, name: str) -> dict[str, Any]:
        """The world as it was then."""
        return self._json("POST", f"/worlds/{world}/snapshots/{name}/restore")

    def delete_snapshot(self, world: str, name: str) -> None:
        self._nothing("DELETE", f"/worlds/{world}/snapshots/{name}")

    def clock(self, world: str) -> dict[str, Any]:
        return self._json("GET", f"/worlds/{world}/clock")

    def set_clock(self, world: str, now: str | None = None, mode: str | None = None) -> dict[str, Any]:
        """An instant, a mode (``frozen``, ``running``), or both; it never goes back."""
        body = {"now": now, "mode": mode}
        return self._json("PUT", f"/worlds/{world}/clock", json={k: v for k, v in body.items() if v is not None})

    def advance(self, world: str, seconds: int) -> dict[str, Any]:
        """Move the world's clock forward."""
        return self._json("POST", f"/worlds/{world}/clock/advance", json={"seconds": seconds})

    def explained(self, world: str, wanted: str) -> list[dict[str, Any]]:
        """The decisions on a claim (``clm-…``), or on all those of a care sheet, in French."""
        return list(self._json("GET", f"/worlds/{world}/explanations/{quote(wanted, safe='')}")["claims"])

    def agenda(self, world: str, limit: int = 100) -> dict[str, Any]:
        """What its clock will bring."""
        return self._json("GET", f"/worlds/{world}/clock/agenda", params={"limit": limit})

    def step(self, world: str) -> dict[str, Any]:
        """To the first of the agenda."""
        return self._json("POST", f"/worlds/{world}/clock/step")
