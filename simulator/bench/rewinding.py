"""`/bench/v1/worlds/{world}`: clone it, keep it as it is, bring it back."""

from __future__ import annotations

from simulator.bench import personas
from simulator.bench.operation import Asked, Operation
from simulator.bench.schemas import Slug
from simulator.kit import clock, ids
from simulator.kit.answer import Json
from simulator.kit.wire import Wire
from simulator.worlds import rewinding
from simulator.worlds.copies import BIRTH
from simulator.worlds.model import World
from simulator.worlds.store import Snapshot


class Clone(Wire):
    """The new world; its name is drawn when none is given."""

    id: Slug | None = None


class SnapshotRequest(Wire):
    """The state to keep."""

    name: Slug


async def clone(asked: Asked, world: World, body: Clone) -> Json:
    """The new world, as its creation would have answered it."""
    return personas.description(await rewinding.clone(asked.worlds, world, body.id or ids.new_name()))


async def take(asked: Asked, world: World, body: SnapshotRequest) -> Json:
    return _shown(await rewinding.take(asked.worlds, world, body.name))


async def snapshots(asked: Asked, world: World) -> Json:
    return {"snapshots": [_shown(one) for one in await rewinding.everything(asked.worlds, world)]}


async def restore(asked: Asked, world: World, name: str) -> Json:
    return personas.summary(await rewinding.restore(asked.worlds, world, name))


async def drop(asked: Asked, world: World, name: str) -> None:
    await rewinding.drop(asked.worlds, world, name)


async def reset(asked: Asked, world: World) -> Json:
    return personas.summary(await rewinding.restore(asked.worlds, world, BIRTH))


def _shown(one: Snapshot) -> Json:
    return {"name": one.name, "now": clock.to_text(one.now), "taken_at": clock.to_precise_text(one.taken_at)}


WORLD = "/worlds/{world}"
SNAPSHOT = f"{WORLD}/snapshots/{{name}}"
OPERATIONS = (
    Operation(f"POST {WORLD}/clone", "clone-world", clone, Clone, status=201),
    Operation(f"GET {WORLD}/snapshots", "list-snapshots", snapshots),
    Operation(f"POST {WORLD}/snapshots", "take-snapshot", take, SnapshotRequest, status=201),
    Operation(f"POST {SNAPSHOT}/restore", "restore-snapshot", restore),
    Operation(f"DELETE {SNAPSHOT}", "delete-snapshot", drop),
    Operation(f"POST {WORLD}/reset", "reset-world", reset),
)
