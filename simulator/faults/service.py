"""Define the faults of a world, and choose the one that happens to a call."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from msgspec import structs

from simulator.faults import model, store
from simulator.faults.model import Fault
from simulator.faults.store import Kept
from simulator.kit.call import WorldLike
from simulator.kit.problems import Problem, pointed
from simulator.kit.storage import Tx

MAX = 50


@dataclass(frozen=True)
class Occurrence:
    """A fault at the `rank`-th call that it concerns; `drawn`: the bytes of that call."""

    fault: Fault
    rank: int
    drawn: bytes

    @property
    def label(self) -> str:
        """As the header of an answer shows it."""
        return f"{self.fault.id} {self.fault.kind}"


def add(tx: Tx, world: WorldLike, fault: Fault) -> Kept:
    """Raises Problem invalid-payload: a definition that does not hold together, more than `MAX` of them."""
    if errors := model.faults(fault):
        raise Problem("invalid-payload", "Cette panne ne se définit pas ainsi.", errors=errors)
    there = store.everything(tx, world.id)
    if len(there) >= MAX:
        raise pointed("invalid-payload", "", f"Ce monde a déjà {MAX} pannes : en retirer.", "too-many")
    id = "flt-" + base64.b32encode(world.random_bytes(tx, "fault"))[:16].decode().lower()
    rank = there[-1].rank + 1 if there else 1
    return store.add(tx, world.id, structs.replace(model.completed(fault), id=id), rank)


def find(tx: Tx, world: WorldLike, id: str) -> Kept:
    """Raises Problem not-found."""
    for kept in store.everything(tx, world.id):
        if kept.fault.id == id:
            return kept
    raise unknown(id)


def remove(tx: Tx, world: WorldLike, id: str) -> None:
    """Raises Problem not-found."""
    if not store.remove(tx, world.id, id):
        raise unknown(id)


def unknown(id: str) -> Problem:
    return Problem("not-found", f"Ce monde n'a pas de panne « {id[:64]} ».")


def choose(tx: Tx, world: WorldLike, client: str, name: str, *, webhook: bool = False) -> Occurrence | None:
    """The fault that happens to this call, the first made of those that would; each counts the calls that it concerns.

    `name`: of the operation, or the type of the event of a webhook.
    """
    chosen: Occurrence | None = None
    for kept in store.everything(tx, world.id):
        fault = kept.fault
        if fault.of.webhook != webhook or not fault.concerns(client, name):
            continue
        rank, times = kept.met + 1, kept.times
        if chosen is None and fault.happens(world.seed, rank, times):
            chosen, times = Occurrence(fault, rank, model.drawn(world.seed, fault.id, rank)), times + 1
        store.count(tx, world.id, fault.id, rank, times)
    return chosen
