"""What a unit of work may do, and how whoever waits for it is answered."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, Literal, Protocol

from simulator.kit.problems import Problem
from simulator.kit.storage.statements import Query

log = logging.getLogger("simulator.storage")

Kind = Literal["write", "read", "post"]


class Row(Protocol):
    """One row: its values by column name. ``dict(row)`` and ``f(**row)`` work too."""

    def __getitem__(self, name: str, /) -> Any: ...
    def keys(self) -> list[str]: ...


class Tx(Protocol):
    """What a unit of work may do. `run`, `many`, `settle`, and whatever has what waits written, raise `Duplicate`.

    A unit may run twice before it is answered (see `sqlite`): whatever else it does, it does twice without harm.

    `put` writes a row, and asks nothing back. Those that a batch puts in one table may be made and written in a row, at
    its end at the latest, and before whatever else is asked of that table (but by another `key`, see `waiting`); `row`
    is made of what nobody changes. `settle` writes what waits at once: what cannot be written fails there, and not in
    the hands of somebody else.

    `kept`: what a room remembers of committed rows that never change; whoever fills it bounds it. `held`: what it
    found, or wrote last, under a world's lock: forgotten with the transaction, and when anything of it is undone.
    """

    @property
    def kept(self) -> dict[Any, Any]: ...
    @property
    def held(self) -> dict[Any, Any]: ...
    def all(self, q: Query, /, **params: Any) -> list[Row]: ...
    def one(self, q: Query, /, **params: Any) -> Row | None: ...
    def run(self, q: Query, /, **params: Any) -> int: ...
    def put(self, q: Query, row: Callable[[], dict[str, Any]], key: Hashable | None = None, /) -> None: ...
    def settle(self) -> None: ...
    def many(self, q: Query, rows: Iterable[Mapping[str, Any]], /) -> int: ...


Work = Callable[[Tx], Any]


class Duplicate(Exception):
    """A row with this key is there already. The unit that meets it can only fail: use `insert_new` to go on."""


class ReadOnly(RuntimeError):
    """A unit that was said to read only would write: it holds no lock for that."""


class Unusable(ValueError):
    """The database cannot be opened; one line, without a password."""


def unavailable(cause: BaseException) -> Problem:
    """503 for what was in flight; the cause is logged, its words may name machines and people."""
    log.error("the database is not available: %s: %s", type(cause).__name__, str(cause).partition("\n")[0])
    return Problem(
        "storage-unavailable",
        "La base de la plateforme ne répond pas : rien ne garantit que cette requête ait été enregistrée. "
        "La renvoyer telle quelle, avec la même clé d'idempotence.",
    )


class Unit:
    """One piece of work on one world; `done` settles whoever waits, on `loop` when that is an event loop.

    `beside`: another world that it reads.

    `endings`: the end of it, in stages, each given the transaction and the result, and making what is told of it. A
    batch may do a stage for all its units in a row, once all the rest is done: the processor then has at hand what it
    needs.
    """

    __slots__ = ("beside", "done", "endings", "error", "kind", "loop", "result", "work", "world")

    def __init__(
        self,
        work: Work,
        world: str,
        kind: Kind,
        done: Callable[[Unit], None] | None = None,
        loop: asyncio.AbstractEventLoop | None = None,
        endings: Sequence[Callable[[Tx, Any], Any]] = (),
        beside: str = "",
    ) -> None:
        self.work, self.world, self.kind, self.done, self.loop, self.endings = work, world, kind, done, loop, endings
        self.beside = beside
        self.result: Any = None
        self.error: BaseException | None = None

    @property
    def stands(self) -> bool:
        """What it wrote stays: it did not fail, or its refusal keeps its trace."""
        return self.error is None or bool(getattr(self.error, "keep", False))

    def end(self, tx: Tx) -> None:
        """The end of it, once the rest is done."""
        for stage in range(len(self.endings)):
            self.end_stage(tx, stage)

    def end_stage(self, tx: Tx, stage: int) -> None:
        """That stage of its end, if it has so many."""
        if self.error is None and stage < len(self.endings):
            self.result = self.endings[stage](tx, self.result)


def answer(batch: Iterable[Unit]) -> None:
    """Settle whoever waits: one wake-up per event loop, not one per unit."""
    by_loop: dict[asyncio.AbstractEventLoop, list[Unit]] = {}
    for unit in batch:
        if unit.done is None:
            if unit.error is not None:
                log.error("a posted unit failed", exc_info=unit.error)
        elif unit.loop is None:
            unit.done(unit)
        else:
            by_loop.setdefault(unit.loop, []).append(unit)
    for loop, units in by_loop.items():
        try:
            loop.call_soon_threadsafe(_settle_all, units)
        except RuntimeError:  # that event loop is closed
            log.debug("nobody waits for these units any more")


def _settle_all(units: list[Unit]) -> None:
    for unit in units:
        assert unit.done is not None
        unit.done(unit)
