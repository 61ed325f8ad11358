"""An operation of the FSE API, said once: its OpenAPI description and the way it is answered are both read here.

    ROUTES = (
        Route(
            "POST /v1/care-sheets", "issue-care-sheet", "Issue a care sheet in one call", service.issue,
            tag="care-sheets", source="…", body=CareSheetRequest, answer=CareSheetAnswer, status=201,
            scope="fse:issue", roles=("prescriber",), idempotent=True,
        ),
    )

A room that repeats itself says it in a ``functools.partial(Route, tag="…", source="…")``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from functools import cached_property
from inspect import iscoroutinefunction
from typing import Any, Literal

from pydantic import BaseModel

from simulator.kit.answer import JSON
from simulator.kit.call import Call
from simulator.kit.routing import Place
from simulator.kit.storage import Tx

Fidelity = Literal["official", "deduced", "hypothesis"]
ANYONE_ELSE, SOFTWARE = "*", ""
"""Beside the roles, in the scopes of a route: whoever is not named there, and a software without a person."""


@dataclass(frozen=True, eq=False)
class Route(Place):
    """`call`: below the world. `operation`: kebab-case id, also the journal's.

    `service` is ``def issue(tx, call, body) -> Answer`` (without `body` when the operation has none), run in one unit
    of work; it answers an `Answer` or a wire shape, whose attributes `revision` (or `etag`) and `location` become
    headers, or what makes one of them at the end of the unit; a `Whole` as it goes out; None answers 204. An
    ``async def token(ctx) -> Whole`` is given the exchange and does everything itself.

    `scope`: the one that the token must have, or one by role; None: no token is asked for. `roles`: who may call, of
    those that have it; everybody by default. `write`: the unit writes, be it only the trace of a reading; `cacheable`:
    a conditional reading may be answered 304.

    `ahead`: what has to be done before, in as many units of work as it answers True: others pass in between.

    For the document alone: `problems`, slugs beside those that other members imply; `headers`, what a request must
    carry beside Idempotency-Key; `query`, name → JSON Schema; `form`, the schema of a body that is a form; `etag`,
    whether a success carries one, as it does by default when its body has a revision; `location`, whether it says
    where what it made is read; `tabular`, whether it may be asked for as CSV. `documented` False leaves the
    operation out.
    """

    operation: str
    summary: str
    service: Callable[..., Any]
    _: KW_ONLY
    tag: str
    source: str = ""
    fidelity: Fidelity = "deduced"
    body: type[BaseModel] | None = None
    form: Mapping[str, Any] | None = None
    answer: type[BaseModel] | None = None
    status: int = 200
    media_type: str = JSON
    scope: str | Mapping[str, str] | None = None
    roles: tuple[str, ...] = ()
    idempotent: bool = False
    write: bool = True
    cacheable: bool = False
    ahead: Callable[[Tx, Call], bool] | None = None
    problems: Sequence[str] = ()
    headers: Sequence[str] = ()
    query: Mapping[str, Any] = field(default_factory=dict)
    etag: bool | None = None
    location: bool = False
    tabular: bool = False
    documented: bool = True

    @cached_property
    def scopes(self) -> Mapping[str, str]:
        """Role → the scope that it must have."""
        return {ANYONE_ELSE: self.scope} if isinstance(self.scope, str) else self.scope or {}

    def admit(self, call: Call) -> None:
        """Let pass whoever may call. Raises Problem insufficient-scope, role-not-allowed."""
        call.require(self.scopes.get(call.actor.role or "") or self.scopes[ANYONE_ELSE], *self.roles)

    @cached_property
    def drawn(self) -> bool:
        """Whether its answer is a file (see `simulator.kit.answer.Drawing`)."""
        return self.media_type != JSON

    @cached_property
    def alone(self) -> bool:
        """Whether `service` does everything itself."""
        return iscoroutinefunction(self.service)
