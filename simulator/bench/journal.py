"""`/bench/v1/worlds/{world}/journal`: what was exchanged, filtered, in its own form or in the canonical one."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

from simulator.bench.operation import Asked, Operation
from simulator.journal import canonical, reading
from simulator.journal.model import STATUS, Wanted
from simulator.kit import clock
from simulator.kit.answer import Json
from simulator.kit.problems import Problem
from simulator.worlds.model import World

FORMS = ("whole", "canonical")


async def read(asked: Asked, world: World) -> Json:
    """``{"exchanges": […], "next": seq}``."""
    after, limit, wanted = asked.number("after", 0, 2**53), asked.limit(), filtered(asked)
    form = asked.query.get("form", "whole")
    if form not in FORMS:
        refuse("form", "whole ou canonical.")
    found = await reading.page(asked.worlds.within(world), world.id, after, limit, wanted)
    if form == "canonical":
        found["exchanges"] = [canonical.exchange(one, world.issuer) for one in found["exchanges"]]
    return found


def filtered(asked: Asked) -> Wanted:
    """What is asked for. Raises Problem invalid-payload."""
    given = {name: asked.query[name] for name in Wanted.__struct_fields__ if asked.query.get(name)}
    for name, (made, expected) in _MADE.items():
        if name in given:
            try:
                given[name] = made(given[name])
            except ValueError:
                refuse(name, expected)
    return Wanted(**given)


def refuse(name: str, expected: str) -> NoReturn:
    """Raises Problem invalid-payload for a parameter of the query."""
    error = {"pointer": f"?{name}", "code": "value-error", "detail": expected}
    raise Problem("invalid-payload", f"« {name} » : {expected}", errors=[error])


def _instant(text: str) -> str:
    return clock.to_text(clock.parse(text.replace(" ", "+")))  # a plus that nobody percent-encoded


def _status(text: str) -> str:
    if not STATUS.fullmatch(text.lower()):
        raise ValueError(text)
    return text.lower()


_INSTANT = "Un instant du monde, comme 2026-11-23T09:00:00Z."
_MADE: dict[str, tuple[Callable[[str], str], str]] = {
    "status": (_status, "Un statut comme 422, ou une classe comme 4xx."),
    "since": (_instant, _INSTANT),
    "until": (_instant, _INSTANT),
    "number": (lambda text: text.replace(" ", ""), "Un numéro de feuille."),
    "method": (str.upper, "Une méthode HTTP."),
    "trace_id": (str.lower, "Une trace."),
}

OPERATIONS = (Operation("GET /worlds/{world}/journal", "read-journal", read),)
