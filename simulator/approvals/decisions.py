"""The CNSS decides: by itself when the delay is over, granting what was asked, or as the bench says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

import fixtures
from simulator.approvals import model, store
from simulator.approvals.model import Approval, Decision
from simulator.audit import store as audit
from simulator.events import store as events
from simulator.kit import clock
from simulator.kit.agenda import Coming, Failing, set_aside_at, trying
from simulator.kit.call import WorldLike
from simulator.kit.storage import Tx

VALIDITY = "prior-approval.validity"
KIND = "prior-approval-granted"
Closed = Callable[[Tx, WorldLike, Approval, datetime], None]
on_closed: list[Closed] = []
"""Called in the transaction of a decision, or of a withdrawal, once it is written, with the instant of it."""


class AtLast:
    """What the clock brings: a request that nobody decided is granted as it was asked, at the end of the delay."""

    name = "prior-approvals"

    def next(self, tx: Tx, world: WorldLike) -> datetime | None:
        return store.next_due(tx, world.id)

    def fire(self, tx: Tx, world: WorldLike, at: datetime) -> None:
        failing: dict[str, Exception] = {}
        for id, read in store.due(tx, world.id, at):
            if not trying(tx, failing, id, partial(_granted, tx, world, read, at)):
                break
        if failing:
            raise Failing(self, at, failing)

    def coming(self, tx: Tx, world: WorldLike, many: int) -> list[Coming]:
        found = [Coming(clock.parse(row["due_at"]), KIND, row["id"]) for row in store.coming(tx, world.id, many)]
        return found + [set_aside_at(row["failed"], KIND, row["id"]) for row in store.aside(tx, world.id, many)]

    def set_aside(self, tx: Tx, world: WorldLike, subject: str, why: str) -> None:
        store.set_aside(tx, world.id, subject, why)


def _granted(tx: Tx, world: WorldLike, read: Callable[[], Approval], at: datetime) -> None:
    grant(tx, world, read(), at)


def grant(tx: Tx, world: WorldLike, asked: Approval, at: datetime, quantity: Decimal | None = None) -> Approval:
    """Grant what was asked, or less. Raises Problem approval-closed."""
    days = fixtures.rule(VALIDITY, clock.day(at), world.tariff_set).integer
    return decide(tx, world, asked, model.granting(asked, at, days, quantity), at)


def decide(tx: Tx, world: WorldLike, asked: Approval, decision: Decision, at: datetime) -> Approval:
    """Write the decision, tell the software that asked, and whoever waits for it. Raises Problem approval-closed."""
    after = model.decided(asked, decision, at)
    store.save(tx, world.id, after)
    data: dict[str, Any] = {"section": after.section, "line": after.line, "approval": after.id}
    if after.granted is None:
        audit.by_platform(tx, world.id, at, "prior-approval-refused", after.number, {**data, "reason": after.reason})
    else:
        audit.by_platform(
            tx, world.id, at, "prior-approval-granted", after.number, {**data, "quantity": str(after.granted)}
        )
    thin = {"number": after.number, "section": after.section, "approval": after.id}
    events.announce(tx, world.id, at, "prior-approval.decided", (after.client,), thin)
    closed(tx, world, after, at)
    return after


def closed(tx: Tx, world: WorldLike, approval: Approval, at: datetime) -> None:
    """Tell whoever waits for it that it was decided, or withdrawn."""
    for told in on_closed:
        told(tx, world, approval, at)
