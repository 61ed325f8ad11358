"""A simulator in process whose cut connections are answers of status 0, and what a world holds before and after."""

from __future__ import annotations

from typing import Any

from simulator.faults.wire import Cut
from tests.simulator.catalogue.scene import Scene
from tests.simulator.lifecycle.door import Door, open_door


def tolerant_door() -> Door:
    door = open_door()
    simulator = door.simulator

    class Tolerant:
        """The same application; a connection that is cut before anything was said answers with status 0."""

        def __getattr__(self, name: str) -> Any:
            return getattr(simulator, name)

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            begun = False

            async def heard(message: Any) -> None:
                nonlocal begun
                begun = True
                await send(message)

            try:
                await simulator(scope, receive, heard)
            except Cut:
                if not begun:
                    await send({"type": "http.response.start", "status": 0, "headers": []})

    door.simulator = Tolerant()  # type: ignore[assignment]
    return door


def add(play: Scene, kind: str, **said: Any) -> dict[str, Any]:
    """A fault of the scene's world."""
    return dict(play.door.bench("POST", f"/worlds/{play.world.id}/faults", {"kind": kind, **said}))


def last(play: Scene) -> dict[str, Any]:
    """The last exchange of the journal."""
    after, found = 0, []
    while page := play.door.bench("GET", f"/worlds/{play.world.id}/journal", query=f"after={after}")["exchanges"]:
        found, after = page, page[-1]["seq"]
    return dict(found[-1])


def stored(play: Scene) -> dict[str, Any]:
    """What the platform holds: sheets, claims, executions, and its trail without what differs from run to run."""
    state = play.door.bench("GET", f"/worlds/{play.world.id}/state")
    links = play.door.bench("GET", f"/worlds/{play.world.id}/audit", query="limit=500")["entries"]
    trail = [(link["event"], link["subject"], link["actor"]) for link in links if link["event"] != "keys-rotated"]
    return {"state": state, "trail": trail}
