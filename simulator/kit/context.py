"""What the gateway knows of one exchange, carried in the ASGI scope under the key ``fse``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar, cast

from starlette.requests import Request

from simulator.kit.call import Actor, WorldLike
from simulator.kit.problems import Problem, render
from simulator.kit.storage import Tx

KEY = "fse"
T = TypeVar("T")


class Units(Protocol):
    """Units of work on the world of the exchange (see `simulator.worlds.within`). Raises Problem world-not-found."""

    def write(self, work: Callable[[Tx], T]) -> Awaitable[T]: ...
    def read(self, work: Callable[[Tx], T]) -> Awaitable[T]: ...
    def post(self, work: Callable[[Tx], None]) -> None: ...


@dataclass
class Context:
    """One exchange. `now` is read once: every instant of an exchange is the same.

    `quota`: the headers that say what the caller may still ask (see `simulator.kit.limits`). `subject`: what the
    request turned out to be about, for the audit of its refusal.
    """

    world: WorldLike
    db: Units
    now: datetime
    trace_id: str
    headers: dict[str, str]
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

    def known(self, actor: Actor) -> None:
        """The caller is identified: from now on the journal and the audit can name it."""
        self.actor, self.client_id, self.inpe = actor, actor.client_id, actor.inpe

    def concerns(self, subject: str) -> None:
        """What the request is about (a sheet's number), where its path does not say it."""
        self.subject = subject


def context(request: Request) -> Context:
    """The exchange's context."""
    return cast(Context, request.scope[KEY])


def operation(scope: Any) -> str:
    """Kebab-case name of the operation that matched: its operationId, else the function's name."""
    route = scope.get("route")
    name = getattr(route, "operation_id", None) or getattr(route, "name", None) or "unknown"
    return str(name).replace("_", "-")


def refused(ctx: Context, problem: Problem, path: str) -> tuple[int, dict[str, str], bytes]:
    """Render a problem of this exchange and note its slug for the journal."""
    ctx.problem = problem.slug
    return render(
        problem,
        issuer=ctx.world.issuer,
        instance=path,
        trace_id=ctx.trace_id,
        accept_language=ctx.headers.get("accept-language"),
    )
