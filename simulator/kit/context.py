"""What the gateway knows of one exchange, handed to whoever answers it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Protocol, TypeVar

from msgspec import Struct, field
from starlette.datastructures import QueryParams

from simulator.kit.answer import Whole
from simulator.kit.call import Actor, Call, WorldLike
from simulator.kit.storage import Tx

T = TypeVar("T")


class Units(Protocol):
    """Units of work on the world of the exchange (see `simulator.worlds.within`). Raises Problem world-not-found."""

    def write(self, work: Callable[[Tx], T], *endings: Callable[[Tx, T], T]) -> Awaitable[T]: ...
    def read(self, work: Callable[[Tx], T]) -> Awaitable[T]: ...
    def post(self, work: Callable[[Tx], None]) -> None: ...


class Record(Protocol):
    """The exchange as the journal keeps it (see `simulator.worlds.exchange`)."""

    def keep(self, tx: Tx, answer: Whole) -> int | None:
        """Complete the headers of what is answered, and journal it in the transaction of what it tells.

        Its seq there; None where the journal does not show that body as it goes out.
        """

    def body(self, tx: Tx, seq: int) -> bytes:
        """The body answered by an earlier exchange, as it went out."""


class Audit(Protocol):
    """Writes an entry of the audit trail (see `simulator.audit.store.append`)."""

    def __call__(self, tx: Tx, call: Call, event: str, subject: str, data: Mapping[str, Any], /) -> None: ...


class Context(Struct):
    """One exchange. `now` is read once its body is there: every instant of what it does is the same.

    `path` is the whole one, `parameters` are what the route reads in it. `operation`: of the route that was found.
    `audit`: for what nobody else records. `quota`: the headers that say what the caller may still ask (see
    `simulator.kit.limits`). `subject`: what the request turned out to be about, for the audit of its refusal.
    `granted`: what the token that was asked for says.
    """

    world: WorldLike
    db: Units
    audit: Audit
    record: Record
    now: datetime
    trace_id: str
    headers: dict[str, str]
    path: str = ""
    query_string: bytes = b""
    parameters: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    product: str = ""
    client_id: str | None = None
    inpe: str | None = None
    operation: str | None = None
    problem: str | None = None
    in_flight: set[tuple[str, ...]] = field(default_factory=set)
    actor: Actor | None = None
    quota: tuple[str, str] | None = None
    subject: str = ""
    granted: Mapping[str, Any] | None = None

    @property
    def query(self) -> Mapping[str, str]:
        return QueryParams(self.query_string) if self.query_string else {}

    def known(self, actor: Actor) -> None:
        """The caller is identified: from now on the journal and the audit can name it."""
        self.actor, self.client_id, self.inpe = actor, actor.client_id, actor.inpe

    def concerns(self, subject: str) -> None:
        """What the request is about (a sheet's number), where its path does not say it."""
        self.subject = subject
