"""The journal: every exchange of a world, in order, as the wire showed it (credentials excepted), and what it changed:
the links of the audit trail that it wrote.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote

import sqlalchemy as sa
from msgspec import Struct
from msgspec.json import decode, encode

from simulator.audit.store import Link
from simulator.journal import redaction
from simulator.kit.storage import Row, Tx, metadata, query

table = sa.Table(
    "journal",
    metadata,
    sa.Column("world", sa.Text, primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("exchange", sa.Text, nullable=False),
    sa.Column("request", sa.LargeBinary, nullable=False),
    sa.Column("response", sa.LargeBinary, nullable=False),
)
_last = query(
    sa.select(sa.func.coalesce(sa.func.max(table.c.seq), 0).label("seq")).where(table.c.world == sa.bindparam("w"))
)
_append = query(sa.insert(table))
_response = query(
    sa.select(table.c.response).where(table.c.world == sa.bindparam("world"), table.c.seq == sa.bindparam("seq"))
)
_page = query(
    sa.select(table)
    .where(table.c.world == sa.bindparam("world"), table.c.seq > sa.bindparam("after"))
    .order_by(table.c.seq)
    .limit(sa.bindparam("limit"))
)


class Exchange(Struct, frozen=True):
    """One request and its answer. `path` is below the world, as it came, still encoded; bodies are raw bytes.

    `fault`: what the bench did to it on purpose (see `simulator.faults`), None as a rule; status 0: nothing answered.
    `granted`: what the access token that it asked for says of its bearer.
    """

    real_time: str
    world_time: str
    duration_ms: float
    client_id: str | None
    inpe: str | None
    delegate: str | None
    operation: str | None
    problem: str | None
    trace_id: str
    method: str
    path: str
    query: str
    request_headers: Mapping[str, str]
    request_body: bytes
    status: int
    response_headers: Mapping[str, str]
    response_body: bytes
    fault: Mapping[str, Any] | None = None
    granted: Mapping[str, Any] | None = None

    def head(self) -> dict[str, Any]:
        """The bench's shape of an exchange, without `seq` and bodies."""
        return {
            "real_time": self.real_time,
            "world_time": self.world_time,
            "duration_ms": self.duration_ms,
            "client_id": self.client_id,
            "inpe": self.inpe,
            **({} if self.delegate is None else {"delegate": self.delegate}),
            "operation": self.operation,
            "trace_id": self.trace_id,
            "request": {
                "method": self.method,
                "path": self.path,
                "query": redaction.query(self.query),
                "headers": redaction.headers(self.request_headers),
            },
            "response": {
                "status": self.status,
                "headers": self.response_headers,
            },
            "problem": self.problem,
            **({} if self.fault is None else {"fault": self.fault}),
            **({} if self.granted is None else {"granted": self.granted}),
        }

    def bodies(self) -> tuple[bytes, bytes]:
        """Of the request and of the response, without credentials."""
        request, answer, path = self.request_body, self.response_body, unquote(self.path)
        if redaction.token_path(path):
            request = redaction.token_request(request, self.request_headers.get("content-type", ""))
            answer = redaction.secret_answer(answer)
        elif path == redaction.SUBSCRIPTIONS and self.method == "POST":
            answer = redaction.secret_answer(answer)
        elif path.endswith(redaction.DOCUMENTS) and self.method == "POST":
            request = redaction.document(request)
        else:
            request = redaction.astray(request)
        if self.problem is not None:  # a refusal may say again what was sent
            answer = redaction.signed(answer)
        return redaction.signed(request), answer


def _body(raw: bytes) -> dict[str, str | None]:
    if not raw:
        return {"body": None}
    try:
        return {"body": raw.decode()}
    except UnicodeDecodeError:
        return {"body": None, "body_base64": base64.b64encode(raw).decode()}


def append(tx: Tx, world: str, exchange: Exchange, links: Iterable[Iterable[Link]] = ()) -> tuple[int, bytes]:
    """Give the exchange the world's next sequence number, from 1. `links`: those that each of its units wrote.

    That number, and the body of the answer as it is kept.
    """
    request, response = exchange.bodies()
    seq = last(tx, world) + 1
    changes = [link for unit in links for link in unit]

    def row() -> dict[str, Any]:
        head = exchange.head()
        head["state_change"] = [{"seq": link, "event": event, "subject": subject} for link, event, subject in changes]
        written = redaction.signed(encode(head)).decode()
        return {"world": world, "seq": seq, "exchange": written, "request": request, "response": response}

    tx.put(_append, row)
    tx.held["journal", world] = seq
    return seq, response


def body(tx: Tx, world: str, seq: int) -> bytes:
    """Of the answer of that exchange, as it is kept."""
    row = tx.one(_response, world=world, seq=seq)
    assert row is not None
    return bytes(row["response"])


def last(tx: Tx, world: str) -> int:
    """Seq of the last exchange; 0 before the first. Known without asking while the transaction appends."""
    return tx.held.get(("journal", world)) or newest(tx, world)


def newest(tx: Tx, world: str) -> int:
    """Seq of the last exchange; 0 before the first."""
    row = tx.one(_last, w=world)
    return 0 if row is None else int(row["seq"])


def rows(tx: Tx, world: str, after: int, many: int) -> list[Row]:
    """At most `many` exchanges with seq > `after`, oldest first, as they are stored."""
    return tx.all(_page, world=world, after=after, limit=many)


def head(row: Row) -> dict[str, Any]:
    """What is stored of an exchange, without its bodies."""
    return {"seq": row["seq"], **decode(row["exchange"])}


def whole(row: Row, head: dict[str, Any]) -> dict[str, Any]:
    """The exchange as the bench shows it: its `head`, with the bodies."""
    head["request"] |= _body(row["request"])
    head["response"] |= _body(row["response"])
    return head
