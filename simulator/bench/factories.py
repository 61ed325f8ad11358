"""`/bench/v1/worlds/{world}/sheets`: a care sheet in any state of its life, in one call."""

from __future__ import annotations

from typing import Any

from pydantic import Field, field_validator

from simulator.bench import bearers
from simulator.bench.operation import Asked, Operation
from simulator.bench.schemas import Label
from simulator.factories import medicines, service
from simulator.factories.model import OWN, State, states
from simulator.factories.wanted import Wanted
from simulator.identity.people import Person
from simulator.kit.answer import Json
from simulator.kit.problems import invalid
from simulator.kit.storage import Tx
from simulator.kit.wire import Wire
from simulator.worlds.model import World


class SheetRequest(Wire):
    """What state; of whom, for whom, through which software; what is prescribed; whether the clock may move."""

    state: Label = "issued"
    prescriber: Label = "gp"
    patient: Label = "salaried"
    client: Label | None = None
    sections: list[dict[str, Any]] | None = Field(default=None, min_length=1, max_length=8)
    rights_acknowledged: bool = False
    may_advance: bool = False

    @field_validator("state")
    @classmethod
    def _known(cls, state: str) -> str:
        if state not in states():
            raise ValueError(f"État inconnu ; connus : {', '.join(states())}.")
        return state


async def make(asked: Asked, world: World, body: SheetRequest) -> Json:
    """The sheet in that state, and what it takes to go on."""
    start, state = world.now(), states()[body.state]
    author = _one(world, "/prescriber", body.prescriber, OWN)
    patient = _one(world, "/patient", body.patient, "patient")
    client, sections = await asked.worlds.within(world).read(lambda tx: _prepared(tx, world, body, state))
    acknowledged = body.rights_acknowledged
    return await service.make(
        asked.worlds, world, Wanted(state, author, patient, client, sections, acknowledged, body.may_advance), start
    )


def _prepared(tx: Tx, world: World, body: SheetRequest, state: State) -> tuple[str, list[dict[str, Any]]]:
    """The software, and what is prescribed."""
    client = bearers.software(tx, world, body.client)
    return client, body.sections or medicines.sections(tx, world, state)


def _one(world: World, pointer: str, said: str, role: str) -> Person:
    """Raises Problem not-found, invalid-payload for somebody who is of another role."""
    found = bearers.person(world, said)
    if found.role != role:
        raise invalid(pointer, "wrong-role", f"« {said} » n'a pas le rôle « {role} ».")
    return found


OPERATIONS = (Operation("POST /worlds/{world}/sheets", "make-sheet", make, SheetRequest, status=201),)
