"""`/bench/v1/worlds/{world}/journal`: what was exchanged, filtered, followed, in the forms of other tools, signed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from simulator.bench import names
from simulator.bench.operation import Asked, Operation
from simulator.journal import canonical, checkpoint, curl, har, reading, store
from simulator.journal.model import STATUS, Wanted
from simulator.kit import clock, pages
from simulator.kit.answer import Json
from simulator.kit.near import near
from simulator.kit.problems import Problem
from simulator.settings import simulator_version
from simulator.worlds.model import World


async def read(asked: Asked, world: World) -> Json:
    """``{"exchanges": […], "next": seq}``; with `wait`, once there is one."""
    form = pages.chosen(asked.query, "form", "whole", "canonical")
    limit, wanted = asked.limit(), filtered(asked)
    after, wait = await _start(asked, world), asked.number("wait", 0, reading.LONGEST_S)
    if wait:
        found = await reading.follow(asked.worlds, world, after, limit, wanted, wait)
    else:
        found = await reading.page(asked.worlds.within(world), world.id, after, limit, wanted)
    if form == "canonical":
        found["exchanges"] = [canonical.exchange(one, world.issuer) for one in found["exchanges"]]
    return found


async def _start(asked: Asked, world: World) -> int:
    """The seq to continue after: `after`, or the one that leaves the `last` exchanges to read."""
    if "last" not in asked.query:
        return asked.number("after", 0, 2**53)
    last = asked.number("last", 0, 2**53)
    return max(0, await asked.worlds.within(world).read(lambda tx: store.newest(tx, world.id)) - last)


async def archive(asked: Asked, world: World) -> Json:
    """``{"log": {…}}``: a page as an HTTP Archive; `_next` is the seq to continue after."""
    after = await _start(asked, world)
    found = await reading.page(asked.worlds.within(world), world.id, after, asked.limit(), filtered(asked))
    told = har.log(found["exchanges"], world.issuer, simulator_version())
    told["log"]["_next"] = found["next"]
    return told


async def as_curl(asked: Asked, world: World, seq: str) -> Json:
    """``{"command": …, "variables": [names to set first]}``. Raises Problem not-found."""
    wanted = int(seq) if seq.isascii() and seq.isdigit() and len(seq) < 16 else 0
    rows = await reading.following(asked.worlds.within(world), world.id, wanted - 1, 1) if wanted else []
    if not rows or rows[0]["seq"] != wanted:
        raise Problem("not-found", f"Le journal n'a pas d'échange « {seq[:20]} ».")
    return curl.command(store.whole(rows[0], store.head(rows[0])), world.issuer)


async def sign(asked: Asked, world: World) -> Json:
    """``{"checkpoint": {…}, "signed": JWS}``."""
    return await checkpoint.taken(asked.worlds.within(world), world, asked.worlds.instance)


async def instance_key(asked: Asked) -> Json:
    """``{"key": public JWK, "fingerprint": …}``."""
    return {"key": asked.worlds.instance.jwk, "fingerprint": asked.worlds.instance.fingerprint}


def filtered(asked: Asked) -> Wanted:
    """What is asked for. Raises Problem invalid-payload."""
    given = {name: asked.query[name] for name in Wanted.__struct_fields__ if asked.query.get(name)}
    for name, understood in _READ.items():
        if name in given:
            try:
                given[name] = understood(given[name])
            except ValueError as expected:
                raise pages.bad_parameter(name, f"« {name} » est {expected}.") from None
    return Wanted(**given)


def _instant(text: str) -> str:
    try:
        return clock.to_text(clock.parse(text.replace(" ", "+")))  # a plus that nobody percent-encoded
    except (ValueError, OverflowError):  # in UTC, before the year 1 or after 9999
        raise ValueError("un instant du monde, comme 2026-11-23T09:00:00Z") from None


def _operation(text: str) -> str:
    if text not in names.operations():
        like = near(text, names.operations()) or "issue-care-sheet"
        raise ValueError(f"une opération de l'API FSE, comme {like}")
    return text


def _status(text: str) -> str:
    if not STATUS.fullmatch(text.lower()):
        raise ValueError("un statut comme 422, ou une classe comme 4xx")
    return text.lower()


_READ: Mapping[str, Callable[[str], str]] = {
    "operation": _operation,
    "status": _status,
    "since": _instant,
    "until": _instant,
    "number": lambda text: text.replace(" ", ""),
    "method": str.upper,
    "trace_id": str.lower,
}
"""How what is said of a filter is read; ValueError: what is expected, in French."""

JOURNAL = "GET /worlds/{world}/journal"
OPERATIONS = (
    Operation(JOURNAL, "read-journal", read),
    Operation(f"{JOURNAL}.har", "read-journal-har", archive),
    Operation(f"{JOURNAL}/{{seq}}/curl", "read-exchange-curl", as_curl),
    Operation(f"{JOURNAL}/checkpoint", "read-journal-checkpoint", sign),
    Operation("GET /instance-key", "read-instance-key", instance_key),
)
