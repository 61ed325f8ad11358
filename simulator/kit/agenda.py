"""What a world's clock brings by itself: decisions that were to come later, payment runs, waits that end.

Each room that waits for something is a `Source`. Nothing here ticks: before a world answers anything, whatever became
due is done (`Agenda.catch_up`), in the order of the instants at which it was due, as if it had been done then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple, Protocol

from simulator.kit import clock
from simulator.kit.storage import Duplicate, Tx
from simulator.kit.storage.address import of_a_statement, of_an_outage

if TYPE_CHECKING:
    from simulator.kit.call import WorldLike

NEVER = datetime.max.replace(tzinfo=UTC)
AT_MOST = timedelta(seconds=60)
"""World time during which a process relies on what it knows of an agenda that other processes write to."""


SOURCE = "source"
"""The kind of what is to come that tells of a source which stopped."""


class Coming(NamedTuple):
    """What will happen, when, to what; `error`: it was tried then, failed, and waits for nothing any more."""

    at: datetime
    kind: str
    subject: str
    error: str | None = None


class Failing(Exception):
    """A source could not do what was due to these subjects: all that the unit did is to be undone, they set aside."""

    def __init__(self, source: Source, at: datetime, errors: Mapping[str, Exception]) -> None:
        super().__init__(f"{source.name} at {at}: {', '.join(errors)}")
        self.source, self.at, self.errors = source, at, errors

    def set_aside(self, tx: Tx, world: WorldLike) -> None:
        """Raises Broken."""
        with _blaming(self.source, world, self.at):
            for subject, error in self.errors.items():
                self.source.set_aside(tx, world, subject, f"{clock.to_text(self.at)} {type(error).__name__}")


class Broken(Exception):
    """A source failed, and no subject of it is known to be to blame; its cause says how."""

    def __init__(self, source: Source, at: datetime) -> None:
        super().__init__(f"{source.name} at {at}")
        self.source, self.at = source, at


@contextmanager
def _blaming(source: Source, world: WorldLike, at: datetime | None = None) -> Iterator[None]:
    """Whatever fails there is that source's fault; but for what the source says itself, and for an outage."""
    try:
        yield
    except Exception as error:
        if isinstance(error, Failing) or of_an_outage(error):
            raise
        raise Broken(source, at or world.now()) from error


def trying(tx: Tx, errors: dict[str, Exception], subject: str, deed: Callable[[], object]) -> bool:
    """Do it, or note why it could not be done; whether others may be tried in this transaction.

    Raises what says that the database is not available: no subject is to blame for it.
    """
    try:
        deed()
        tx.settle()
    except Exception as error:
        if of_an_outage(error):
            raise
        errors[subject] = error
        return not isinstance(error, Duplicate) and not of_a_statement(error)
    return True


class Source(Protocol):
    """What one room waits for, kept in its own tables."""

    @property
    def name(self) -> str: ...

    def next(self, tx: Tx, world: WorldLike) -> datetime | None:
        """The first instant at which something is due; None when nothing is."""

    def fire(self, tx: Tx, world: WorldLike, at: datetime) -> None:
        """Do everything that is due at `at`, the instant that `next` told, as done at that instant. Raises Failing."""

    def coming(self, tx: Tx, world: WorldLike, many: int) -> list[Coming]:
        """The first of what is to come, soonest first, then what was set aside."""

    def set_aside(self, tx: Tx, world: WorldLike, subject: str, why: str) -> None:
        """Nothing is due to it any more until it changes; `why`: the instant and the name of the error."""


class Due(NamedTuple):
    """One thing to come."""

    at: datetime
    source: Source


class Agenda:
    """What one world waits for, as this process knows it; `due`: the first instant, None when it has not looked.

    `shared`: other processes write to the world too. `stopped`: sources, by name, that failed as a whole: this process
    asks nothing of them until the clock is moved.
    """

    __slots__ = ("_shared", "_sources", "due", "stopped")

    def __init__(self, sources: Sequence[Source] = (), *, shared: bool = False, empty: bool = False) -> None:
        self._sources, self._shared = tuple(sources), shared
        self.stopped: dict[str, Coming] = {}
        self.due: datetime | None = NEVER if empty or not sources else None

    def late(self, now: datetime) -> bool:
        """Whether something may be due: `catch_up` is wanted before anything is answered."""
        return self.due is None or now >= self.due

    def expect(self, at: datetime) -> None:
        """Something was just written that is due at that instant."""
        if self.due is not None and at < self.due:
            self.due = at

    def stop(self, broken: Broken) -> None:
        """Go on without that source."""
        name, error = broken.source.name, type(broken.__cause__ or broken).__name__
        self.stopped[name] = Coming(broken.at, SOURCE, name, error)
        self.due = None

    def resume(self) -> None:
        """The clock is moved: what other processes wrote, and the sources that stopped, are looked at again."""
        if self._shared or self.stopped:
            self.stopped.clear()
            self.due = None

    def to_come(self, tx: Tx, world: WorldLike) -> list[Due]:
        """The next of each source, soonest first. Raises Broken."""
        found = []
        for source in self._sources:
            if source.name not in self.stopped:
                with _blaming(source, world):
                    at = source.next(tx, world)
                if at is not None:
                    found.append(Due(at, source))
        return sorted(found, key=lambda due: due.at)

    def catch_up(self, tx: Tx, world: WorldLike, now: datetime) -> int:
        """Do whatever is due until `now`, that instant included; how many times a source did something.

        Instants come in order; at the same instant, sources in theirs. Raises Failing, and Broken, also for a source
        that is still where it was after it has fired.
        """
        fired, before = 0, None
        while (coming := self.to_come(tx, world)) and coming[0].at <= now:
            at, source = coming[0]
            with _blaming(source, world, at):
                if coming[0] == before:
                    raise RuntimeError("the source does not move on")
                source.fire(tx, world, at)
                tx.settle()
            before = coming[0]
            fired += 1
        first = coming[0].at if coming else NEVER
        self.due = min(first, now + AT_MOST) if self._shared else first
        return fired

    def coming(self, tx: Tx, world: WorldLike, many: int) -> list[Coming]:
        """The first of what each source waits for, what was set aside, and the sources that stopped, by instant."""
        found = [*self.stopped.values()]
        for source in self._sources:
            if source.name in self.stopped:
                continue
            try:
                found += source.coming(tx, world, many)
            except Exception as error:
                if of_a_statement(error):
                    raise
                found.append(Coming(world.now(), SOURCE, source.name, type(error).__name__))
        return sorted(found, key=lambda one: (one.at, one.kind, one.subject))


def set_aside_at(why: str, kind: str, subject: str) -> Coming:
    """What was set aside, as `Source.set_aside` was told why."""
    at, _, error = why.partition(" ")
    return Coming(clock.parse(at), kind, subject, error)
