"""Table of statements: who is paid, when, and the statement as the JSON of its answer, which never changes."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa
from msgspec.json import encode
from pydantic_core import from_json

from simulator.audit import store as audit
from simulator.kit import clock
from simulator.kit.answer import Json
from simulator.kit.money import money_text
from simulator.kit.storage import Row, Tx, metadata, query
from simulator.payments.model import Recipient, Statement

statements = sa.Table(
    "statements",
    metadata,
    sa.Column("world", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("payee", sa.Text, nullable=False),
    sa.Column("ordered_on", sa.Text, nullable=False),
    sa.Column("pay_at", sa.Text, nullable=False),
    sa.Column("paid", sa.Integer, nullable=False),
    sa.Column("content", sa.Text, nullable=False),
    sa.Index("statements_by_payee", "world", "kind", "payee", "ordered_on", "id"),
)
_w = statements.c.world == sa.bindparam("w")
_his = (_w, statements.c.kind == sa.bindparam("k"), statements.c.payee == sa.bindparam("p"))
_day, _id = statements.c.ordered_on, statements.c.id
_beyond = sa.or_(_day > sa.bindparam("day"), sa.and_(_day == sa.bindparam("day"), _id > sa.bindparam("i")))
_insert = query(sa.insert(statements))
_one = query(sa.select(statements).where(*_his, statements.c.id == sa.bindparam("i")))
_page = query(
    sa.select(statements)
    .where(*_his, _beyond)
    .order_by(statements.c.ordered_on, statements.c.id)
    .limit(sa.bindparam("many"))
)
_pay = query(
    sa.update(statements).where(_w, statements.c.pay_at <= sa.bindparam("at"), statements.c.paid == 0).values(paid=1)
)


def subject(to: Recipient) -> str:
    """What the audit says that a statement is about: the insured person, or the establishment."""
    return audit.beneficiary(to.id, 0) if to.kind == "insured" else to.id


def insert(tx: Tx, world: str, statement: Statement) -> str:
    """Write a statement; the SHA-256 of its text, for the audit."""
    text = encode(_content(statement)).decode()
    tx.run(
        _insert,
        world=world,
        id=statement.id,
        kind=statement.recipient.kind,
        payee=statement.recipient.id,
        ordered_on=statement.ordered_on.isoformat(),
        pay_at=clock.to_text(statement.pay_at),
        paid=0,
        content=text,
    )
    return hashlib.sha256(text.encode()).hexdigest()


def pay(tx: Tx, world: str, at: str) -> int:
    """Every statement that was to be paid until that instant is paid; how many."""
    return tx.run(_pay, w=world, at=at)


def find(tx: Tx, world: str, recipient: Recipient, identifier: str) -> Json | None:
    """A statement of that payee."""
    row = tx.one(_one, w=world, k=recipient.kind, p=recipient.id, i=identifier)
    return None if row is None else as_json(row)


def page(tx: Tx, world: str, recipient: Recipient, after: tuple[str, str], many: int) -> list[Row]:
    """Statements of that payee beyond (`ordered_on`, id), oldest first."""
    return tx.all(_page, w=world, k=recipient.kind, p=recipient.id, day=after[0], i=after[1], many=many)


def as_json(row: Row) -> Json:
    """A statement as it is answered (see `schemas.StatementAnswer`)."""
    content = from_json(row["content"])
    day = clock.day(clock.parse(row["pay_at"])).isoformat()
    lines = content.pop("lines")
    status = {"status": "paid", "paid_on": day} if row["paid"] else {"status": "ordered", "to_be_paid_on": day}
    return {**content, **status, "lines": lines}


def _content(statement: Statement) -> Json:
    return {
        "id": statement.id,
        "payee": {"kind": statement.recipient.kind, "id": statement.recipient.id},
        "ordered_on": statement.ordered_on.isoformat(),
        "total": money_text(statement.total),
        "lines": [
            {
                "claim": item.claim.id,
                **({"number": item.claim.number} if item.claim.number else {}),
                **({"reference": item.claim.reference} if item.claim.reference else {}),
                "section": item.claim.section,
                "establishment": item.claim.establishment,
                "dependant_rank": item.claim.beneficiary[1],
                "date_of_care": item.line.day.isoformat(),
                "execution": item.line.execution,
                "line": item.line.line.line,
                "charged": money_text(item.line.line.charged),
                "cnss_share": money_text(item.line.line.cnss_share),
                "state_share": money_text(item.line.line.state_share),
                "before": money_text(item.before),
                "amount": money_text(item.amount),
            }
            for item in statement.lines
        ],
    }
