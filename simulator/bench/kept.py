"""`/bench/v1/worlds/{world}/operations`: what the bench did to a world, in order, so that a trace can do it again.

The clock is not there: each exchange carries its time. Secrets are fingerprints, as in the journal.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from msgspec.json import encode
from pydantic import BaseModel
from pydantic_core import from_json

from simulator.bench.operation import Asked, Operation
from simulator.journal import store as journal
from simulator.journal.redaction import SECRET_FIELDS
from simulator.kit import clock
from simulator.kit.answer import Json
from simulator.kit.ids import fingerprint
from simulator.kit.storage import Tx, metadata, query
from simulator.worlds.model import World
from simulator.worlds.trust import jti

NOT_KEPT = frozenset(
    {"delete-world", "clone-world", "set-clock", "advance-clock", "step-clock", "probe-webhooks"}
    | {"take-snapshot", "restore-snapshot", "delete-snapshot", "reset-world"}
)
"""What is told by the time of each exchange, or does nothing that a request could see."""

table = sa.Table(
    "bench_operations",
    metadata,
    sa.Column("world", sa.Text, primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("after", sa.Integer, nullable=False),  # seq of the last exchange before it
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("content", sa.Text, nullable=False),
)
_here = table.c.world == sa.bindparam("w")
_last = query(sa.select(sa.func.coalesce(sa.func.max(table.c.seq), 0).label("seq")).where(_here))
_insert = query(sa.insert(table))
_page = query(
    sa.select(table).where(_here, table.c.seq > sa.bindparam("since")).order_by(table.c.seq).limit(sa.bindparam("many"))
)


def wanted(operation: Operation) -> bool:
    """Does it change a world that is there?"""
    return operation.method != "GET" and "{world}" in operation.path and operation.name not in NOT_KEPT


def keep(
    operation: Operation, answer: Any, asked: Asked, world: World, at: datetime, body: BaseModel | None = None, **_: str
) -> None:
    """Queue its line, after all that it did and before what comes next; `at`: world time when it began."""
    sent = None if body is None else _clean(body.model_dump(mode="json", exclude_unset=True, by_alias=True))
    path = asked.path.removeprefix(f"/worlds/{world.id}")
    content = {"operation": operation.name, "method": operation.method, "path": path, "body": sent}
    if gave := [fingerprint(secret) for secret in _secrets(answer)]:
        content["gave"] = gave
    begun, text = clock.to_text(at), encode(content).decode()

    def unit(tx: Tx) -> None:
        row = tx.one(_last, w=world.id)
        seq = 1 if row is None else int(row["seq"]) + 1
        tx.run(_insert, world=world.id, seq=seq, after=journal.last(tx, world.id), at=begun, content=text)

    asked.worlds.within(world).post(unit)


async def read(asked: Asked, world: World) -> Json:
    """``{"operations": [{seq, after, at, operation, method, path, body, gave?}], "next"}``, from the operation that
    follows that of seq `after`; a row's own `after` is the seq of an exchange.
    """
    after, limit = asked.number("after", 0, 2**53), asked.limit()
    rows = await asked.worlds.db.read(lambda tx: tx.all(_page, w=world.id, since=after, many=limit), world.id)
    found = [{**{name: row[name] for name in ("seq", "after", "at")}, **from_json(row["content"])} for row in rows]
    return {"operations": found, "next": rows[-1]["seq"] if rows else after}


def _clean(value: Any) -> Any:
    """Without secrets; a token that was revoked is named by its `jti`, which a replay gives again."""
    if isinstance(value, dict):
        if value.get("kind") == "token" and "id" in value:
            return {**value, "id": jti(str(value["id"]))}
        return {k: fingerprint(v) if k in SECRET_FIELDS and isinstance(v, str) else _clean(v) for k, v in value.items()}
    return [_clean(each) for each in value] if isinstance(value, list) else value


def _secrets(value: Any) -> Iterator[str]:
    """Tokens and the like that an answer hands over, in its order."""
    if isinstance(value, dict):
        for name, each in value.items():
            if name in SECRET_FIELDS and isinstance(each, str):
                yield each
            elif name == "tokens" and isinstance(each, dict):
                yield from each.values()
            else:
                yield from _secrets(each)
    elif isinstance(value, list):
        for each in value:
            yield from _secrets(each)


OPERATIONS = (Operation("GET /worlds/{world}/operations", "list-operations", read),)
