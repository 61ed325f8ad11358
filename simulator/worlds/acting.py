"""An operation called in process, as a request would call it, without what belongs to an exchange.

Route's scope and roles, strict reading of the body, service in the unit of work, trace of a refusal; no token, no
idempotency key, no journal.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from msgspec.json import encode
from pydantic import BaseModel

from simulator.audit import store as audit
from simulator.kit.answer import Answer, told
from simulator.kit.call import Actor, Call
from simulator.kit.problems import Problem
from simulator.kit.route import Route
from simulator.kit.storage import Tx
from simulator.worlds.model import World


class Acting:
    """Operations on one world, within one transaction; `trace` gives each its trace id, 32 hexadecimal digits."""

    def __init__(self, tx: Tx, world: World, routes: Mapping[str, Route], trace: Callable[[], str]) -> None:
        self._tx, self.world, self._routes, self._trace = tx, world, routes, trace

    def act(
        self,
        at: datetime,
        actor: Actor,
        operation: str,
        body: Mapping[str, Any] | None = None,
        *,
        path: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        expected: Collection[str] = (),
    ) -> Answer | str:
        """What the operation answers, or the slug of the refusal when it is one of those `expected`.

        Raises Problem for another refusal.
        """
        route = self._routes[operation]
        about: list[str] = [(path or {}).get("number", "")]
        call = Call(
            world=self.world,
            now=at,
            actor=actor,
            trace_id=self._trace(),
            operation=operation,
            path=path or {},
            headers=headers or {},
            concerns=about.append,
        )
        try:
            route.admit(call)
            arguments = () if route.body is None else (route.body.model_validate_json(encode(body)),)
            answer = told(route.service(self._tx, call, *arguments))
        except Problem as problem:
            if problem.slug not in expected:
                raise
            subject, status = about[-1], problem.entry.status
            audit.refusal(self._tx, self.world.id, at, actor, operation, problem.slug, status, subject, call.trace_id)
            return problem.slug
        if isinstance(answer, BaseModel):
            return Answer(answer.model_dump(mode="json", exclude_none=True))
        return answer if isinstance(answer, Answer) else Answer({})
