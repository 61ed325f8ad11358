"""`/bench/v1/worlds/{world}/faults`: what goes wrong in a world, on which calls; `/bench/v1/fault-kinds`."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import to_builtins
from pydantic import Field

from simulator.bench import names
from simulator.bench.operation import Asked, Operation
from simulator.bench.schemas import Label
from simulator.events.model import EventType
from simulator.faults import service, store
from simulator.faults.kinds import KINDS, KindName, Option
from simulator.faults.model import Fault
from simulator.faults.store import Kept
from simulator.identity import store as identity
from simulator.kit.answer import Json
from simulator.kit.problems import invalid
from simulator.kit.storage import Tx
from simulator.kit.wire import Form, Rate, Wire
from simulator.nomenclature import store as nomenclature
from simulator.worlds.model import World

Rank = Annotated[int, Field(ge=1, le=1_000_000)]
Member = Annotated[
    str,
    Field(pattern=r"^[a-z][a-z0-9_]{0,63}$", examples=["status"]),
    Form("le nom d'un membre JSON, comme status"),
]


class FaultRequest(Wire):
    """What goes wrong, on which calls, how often."""

    kind: KindName
    operations: list[Label] = Field(default_factory=list, max_length=50)
    client: Label | None = None
    events: list[EventType] = Field(default_factory=list, max_length=20)
    after: int = Field(default=0, ge=0, le=1_000_000)
    nth: Rank | None = None
    every: Rank | None = None
    probability: Rate | None = None
    count: Rank | None = None
    status: int | None = None
    seconds: int | None = None
    bytes: int | None = None
    retry_after_s: int | None = None
    member: Member | None = None
    key: Label | None = None
    version: Label | None = None

    def fault(self) -> Fault:
        """Raises Problem invalid-payload for an operation that does not exist."""
        for rank, name in enumerate(self.operations):
            if name not in names.operations():
                raise invalid(f"/operations/{rank}", "unknown-operation", names.no_operation(name))
        given: dict[str, Any] = {name: getattr(self, name) for name in self.model_fields_set}
        given |= {"operations": tuple(self.operations), "events": tuple(self.events)}
        return Fault(**given)


async def kinds(_: Asked) -> Json:
    """``{"kinds": [{kind, moment, sense, options: {name: {sense, expected, required, default?}}, count?}]}``."""
    return {
        "kinds": [
            {
                "kind": name,
                "moment": kind.moment,
                "sense": kind.sense,
                "options": {option: _option(said) for option, said in kind.options.items()},
                **({} if kind.at_most is None else {"count": kind.at_most}),
            }
            for name, kind in KINDS.items()
        ]
    }


def _option(said: Option) -> Json:
    default = {} if said.default is None else {"default": said.default}
    return {"sense": said.sense, "expected": said.expected, "required": said.required, **default}


async def everything(asked: Asked, world: World) -> Json:
    found = await asked.worlds.within(world).read(lambda tx: store.everything(tx, world.id))
    return {"faults": [_shown(kept) for kept in found]}


async def add(asked: Asked, world: World, body: FaultRequest) -> Json:
    """The fault, with its id. Raises Problem invalid-payload."""
    fault = body.fault()

    def unit(tx: Tx) -> Kept:
        if fault.client is not None and identity.find_client(tx, world.id, fault.client) is None:
            raise invalid("/client", "unknown-client", f"Ce monde n'a pas de logiciel « {fault.client} ».")
        if fault.version is not None and nomenclature.find_version(tx, fault.version) is None:
            raise invalid("/version", "unknown-nomenclature", f"Aucune liste « {fault.version} » n'est chargée.")
        return service.add(tx, world, fault)

    made = await asked.worlds.within(world).write(unit)
    await asked.worlds.reread(world)
    return _shown(made)


async def read(asked: Asked, world: World, name: str) -> Json:
    return _shown(await asked.worlds.within(world).read(lambda tx: service.find(tx, world, name)))


async def remove(asked: Asked, world: World, name: str) -> None:
    await asked.worlds.within(world).write(lambda tx: service.remove(tx, world, name))
    await asked.worlds.reread(world)


async def clear(asked: Asked, world: World) -> Json:
    removed = await asked.worlds.within(world).write(lambda tx: store.clear(tx, world.id))
    await asked.worlds.reread(world)
    return {"removed": removed}


def _shown(kept: Kept) -> Json:
    fault = kept.fault
    shown: Json = {"id": fault.id, "kind": fault.kind, "moment": fault.of.moment}
    said = to_builtins(fault)
    shown |= {name: said[name] for name in FaultRequest.model_fields if name in said}
    return {**shown, "met": kept.met, "times": kept.times}


WORLD = "/worlds/{world}/faults"
OPERATIONS = (
    Operation("GET /fault-kinds", "list-fault-kinds", kinds),
    Operation(f"GET {WORLD}", "list-faults", everything),
    Operation(f"POST {WORLD}", "add-fault", add, FaultRequest, status=201),
    Operation(f"DELETE {WORLD}", "clear-faults", clear),
    Operation(f"GET {WORLD}/{{name}}", "read-fault", read),
    Operation(f"DELETE {WORLD}/{{name}}", "remove-fault", remove),
)
