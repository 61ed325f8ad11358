"""Table of executions: append-only. An amendment, a withdrawal, a late entry, a move to paper are rows too.

One column alone moves: nothing is left to reconcile in what was amended or withdrawn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from msgspec import Struct
from msgspec.json import encode
from pydantic_core import from_json

from simulator.kit import clock
from simulator.kit.storage import Row, Tx, metadata, query

executions = sa.Table(
    "executions",
    metadata,
    sa.Column("world", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("number", sa.Text, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("section", sa.Text, nullable=False),
    sa.Column("establishment", sa.Text, nullable=False),
    sa.Column("inpe", sa.Text, nullable=False),
    sa.Column("client", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("target", sa.Text),
    sa.Column("performed_at", sa.Text, nullable=False),
    sa.Column("recorded_at", sa.Text, nullable=False),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("receipt", sa.Text),
    sa.Column("to_reconcile", sa.Integer, nullable=False),
)
_late_only = executions.c.kind == sa.literal_column("'late'")
sa.Index(
    "late_executions",
    executions.c.world,
    executions.c.establishment,
    executions.c.id,
    sqlite_where=_late_only,
    postgresql_where=_late_only,
)
_insert = query(sa.insert(executions))
_find = query(
    sa.select(executions).where(executions.c.world == sa.bindparam("w"), executions.c.id == sa.bindparam("i"))
)
_reconciled = query(
    sa.update(executions)
    .where(executions.c.world == sa.bindparam("w"), executions.c.id == sa.bindparam("i"))
    .values(to_reconcile=0)
)
_late = query(
    sa.select(executions)
    .where(
        executions.c.world == sa.bindparam("w"),
        executions.c.establishment == sa.bindparam("e"),
        _late_only,
        executions.c.id > sa.bindparam("after"),
        executions.c.to_reconcile >= sa.bindparam("least"),
    )
    .order_by(executions.c.id)
    .limit(sa.bindparam("many"))
)


class Execution(Struct, frozen=True):
    """One visit as it was recorded.

    `kind`: execution, amendment, withdrawal, late, paper; `target`: id of the execution amended or withdrawn.
    `revision`: of the section, once it is recorded. `content`: ``{"lines": […]}`` and what else the kind has
    (``reason``, ``paper_reference``, ``items``); each line carries ``before``, ``[state, owed_by, last]`` of the line
    until then. `receipt`: unsigned (see `receipt.unsigned`). `to_reconcile` counts the items of a late entry that found
    no line and wait for a person.
    """

    id: str
    number: str
    revision: int
    section: str
    establishment: str
    inpe: str
    client: str
    kind: str
    performed_at: datetime
    recorded_at: datetime
    content: dict[str, Any]
    target: str | None = None
    receipt: str | None = None
    to_reconcile: int = 0


def insert(tx: Tx, world: str, made: Callable[[], Execution]) -> None:
    """The execution is made when it is written. An id that is taken undoes the unit: ids derive from the number and the
    rank of the visit.
    """
    tx.put(_insert, lambda: _row(world, made()))


def _row(world: str, execution: Execution) -> dict[str, Any]:
    return {
        "world": world,
        "id": execution.id,
        "number": execution.number,
        "revision": execution.revision,
        "section": execution.section,
        "establishment": execution.establishment,
        "inpe": execution.inpe,
        "client": execution.client,
        "kind": execution.kind,
        "target": execution.target,
        "performed_at": clock.to_text(execution.performed_at),
        "recorded_at": clock.to_text(execution.recorded_at),
        "content": encode(execution.content).decode(),
        "receipt": execution.receipt,
        "to_reconcile": execution.to_reconcile,
    }


def find(tx: Tx, world: str, id: str) -> Execution | None:
    """One execution, or None."""
    row = tx.one(_find, w=world, i=id)
    return None if row is None else _execution(row)


def late(
    tx: Tx, world: str, establishment: str, after: str, many: int, *, to_reconcile: bool = False
) -> list[Execution]:
    """Late executions of an establishment whose id comes after `after`: all, or those with items to reconcile."""
    rows = tx.all(_late, w=world, e=establishment, after=after, many=many, least=int(to_reconcile))
    return [_execution(row) for row in rows]


def reconciled(tx: Tx, world: str, id: str) -> None:
    """Nothing of this execution waits for a person any more: another one has corrected it."""
    tx.run(_reconciled, w=world, i=id)


def correction(tx: Tx, world: str, executions: Sequence[str], id: str) -> Execution | None:
    """What amended or withdrew an execution, among those of its section (see `Section.executions`), or None."""
    later = (find(tx, world, other) for other in executions[executions.index(id) + 1 :])
    return next((one for one in later if one is not None and one.target == id), None)


def several(tx: Tx, world: str, ids: Iterable[str]) -> list[Execution]:
    """Executions by their ids (see `Section.executions`), in that order."""
    found = (find(tx, world, id) for id in ids)
    return [execution for execution in found if execution is not None]


def _execution(row: Row) -> Execution:
    return Execution(
        id=row["id"],
        number=row["number"],
        revision=row["revision"],
        section=row["section"],
        establishment=row["establishment"],
        inpe=row["inpe"],
        client=row["client"],
        kind=row["kind"],
        target=row["target"],
        performed_at=clock.parse(row["performed_at"]),
        recorded_at=clock.parse(row["recorded_at"]),
        content=from_json(row["content"]),
        receipt=row["receipt"],
        to_reconcile=row["to_reconcile"],
    )
