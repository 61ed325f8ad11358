"""A fault that happens to one exchange, moment by moment; the gateway calls it where each moment is.

The fault is chosen, and counted, in a unit of work of its own before the call is looked at: a call that is refused or
undone has met it all the same.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any, TypeVar

from starlette.types import Receive, Send

from simulator.faults import broken, service, store, wire
from simulator.faults.model import Fault
from simulator.faults.service import Occurrence
from simulator.kit.answer import Whole
from simulator.kit.context import Context, Units
from simulator.kit.outside import deliver
from simulator.kit.problems import Problem
from simulator.kit.signing import BadToken, open_jws
from simulator.kit.storage import Tx
from simulator.nomenclature import store as nomenclature
from simulator.worlds import store as worlds_store
from simulator.worlds import trust
from simulator.worlds.model import World
from simulator.worlds.service import Worlds

HEADER = "fse-bench-fault"
T = TypeVar("T")


async def meet(worlds: Worlds, world: World, ctx: Context) -> Injection | None:
    """What goes wrong with this call; None: nothing. To call where `world.faults` says that there are some."""
    client, operation = claimed_client(ctx), ctx.operation or ""
    met = await ctx.db.write(lambda tx: service.choose(tx, world, client, operation))
    return None if met is None else Injection(worlds, world, met)


def claimed_client(ctx: Context) -> str:
    """The software that the call says it comes from: by its token, unproved yet, else by its User-Agent."""
    scheme, _, token = ctx.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        with suppress(BadToken):
            return str(open_jws(token.strip()).claims.get("client_id", ""))
    return ctx.product.rpartition("/")[2]


class Injection:
    """`recorded`: a unit of work of the call was committed, and the call was not refused. `missed`: the answer had
    nothing that the fault could change.
    """

    def __init__(self, worlds: Worlds, world: World, met: Occurrence) -> None:
        self.met, self.fault, self.recorded, self.missed = met, met.fault, False, False
        self._worlds, self._world = worlds, world
        self._answered: int | None = None
        self._places: list[str] = []
        self._sent = "whole"

    @property
    def skew(self) -> timedelta:
        """How wrong the server's clock shows itself."""
        return timedelta(seconds=(self.fault.seconds or 0) if self.fault.kind == "clock-skew" else 0)

    async def around(self, ctx: Context, run: Callable[[], Awaitable[Whole]]) -> Whole:
        """Answer the call by `run`, unless the fault comes before or undoes it. Raises Problem, as `run` does."""
        kind = self.fault.kind
        if (instead := broken.INSTEAD.get(kind)) is not None:
            return instead(self.met, ctx)
        if (change := _CHANGES.get(kind)) is not None:
            await change(self._worlds, self._world, self.fault)
        units = ctx.db
        ctx.db = watched = (_Undone if kind == "before-commit" else _Watched)(units)
        try:
            answer = await run()
        except (_Interrupted, Problem):
            if kind != "before-commit":
                raise
        finally:
            ctx.db = units
        if kind == "before-commit":
            return broken.failing(self.fault.status)
        self.recorded = watched.committed
        return answer

    def replaced(self, answer: Whole) -> Whole:
        """What becomes of the answer of the platform, which is recorded by now."""
        if self.fault.kind in broken.INSTEAD or self.fault.kind == "before-commit":
            return answer
        self._answered = answer.status
        if self.fault.kind == "after-commit":
            return broken.failing(self.fault.status)
        changed = broken.rewritten(self.met, answer, self._places)
        self.missed = broken.spares(self.fault, answer, self._places)
        return changed

    def give_back(self, tx: Tx) -> None:
        """It spared this call: it is left for another."""
        store.uncount(tx, self._world.id, self.fault.id)

    def shown(self, answer: Whole) -> Whole:
        """What leaves of it, for the journal."""
        if answer.status == 0:
            self._sent = "nothing"
        elif self.fault.kind == "mid-body" and len(answer.body) > 1:
            self._sent = "part"
            kept = min(self.fault.bytes or len(answer.body) // 2, len(answer.body) - 1)
            return Whole(answer.status, answer.headers, answer.body[:kept])
        return answer

    async def deliver(self, send: Send, receive: Receive, answer: Whole, shown: Whole) -> None:
        """Let the answer go, as far as it goes. Raises Cut in process."""
        if self._sent == "nothing":
            await wire.cut(send, receive, reset=self.fault.kind == "connection-reset")
        elif self._sent == "part":
            await wire.in_part(send, receive, answer, shown.body)
        elif self.fault.kind == "slow-drip":
            await wire.drop_by_drop(send, answer, self.fault.option("seconds"))
        else:
            await deliver(send, answer)

    def told(self) -> dict[str, Any]:
        """The member `fault` of the exchange in the journal."""
        told: dict[str, Any] = {
            "id": self.fault.id,
            "kind": self.fault.kind,
            "moment": self.fault.of.moment,
            "rank": self.met.rank,
            "recorded": self.recorded,
            "sent": self._sent,
        }
        if self._answered is not None:
            told["answered"] = self._answered
        if self._places:
            told["places"] = self._places[:100]
        return told


class _Interrupted(Exception):
    """Undoes a unit of work that was about to be committed."""


class _Watched:
    """The units of work of a call: was one committed?"""

    def __init__(self, units: Units) -> None:
        self._units, self.committed = units, False

    async def write(self, work: Callable[[Tx], T], *endings: Callable[[Tx, T], T]) -> T:
        done = await self._units.write(work, *endings)
        self.committed = True
        return done

    async def read(self, work: Callable[[Tx], T]) -> T:
        return await self._units.read(work)

    def post(self, work: Callable[[Tx], None]) -> None:
        self._units.post(work)


class _Undone(_Watched):
    """Each is done, then undone."""

    async def write(self, work: Callable[[Tx], T], *endings: Callable[[Tx, T], T]) -> T:
        def interrupted(tx: Tx) -> T:
            with suppress(Problem):  # a refusal that would keep something keeps nothing
                work(tx)
            raise _Interrupted

        return await self._units.write(interrupted)

    def post(self, work: Callable[[Tx], None]) -> None:
        """Nothing of the call is recorded."""


async def _rotate(worlds: Worlds, world: World, fault: Fault) -> None:
    await trust.rotate(worlds, world, fault.option("key"))


async def _change_list(worlds: Worlds, world: World, fault: Fault) -> None:
    """Nothing happens when that list has gone since the fault was defined."""
    version = fault.version or ""

    def unit(tx: Tx) -> bool:
        if nomenclature.find_version(tx, version) is None:
            return False
        worlds_store.set_nomenclature(tx, world.id, version)
        return True

    if await worlds.within(world).write(unit):
        world.nomenclature = version


_CHANGES: Mapping[str, Callable[[Worlds, World, Fault], Awaitable[None]]] = {
    "key-rotation": _rotate,
    "nomenclature-change": _change_list,
}
"""Kind → what of the world changes just before the call, which is served."""
