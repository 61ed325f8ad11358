"""The way of a claim line to its payment, as one table; a claim's status is read from those of its lines.

`TABLE` enforces (`after`), documents and gives the tests their actions. An electronic line goes from received to
adjudicated in the transaction of its visit, unless it is held. Source: domain model of this project; fidelity:
hypothesis.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from simulator.kit.word import Word


class LineStatus(Word):
    """Where a claim line stands."""

    RECEIVED = "received"
    CHECKED = "checked"
    AWAITING_DOCUMENT = "awaiting_document"
    AWAITING_PRIOR_APPROVAL = "awaiting_prior_approval"
    MEDICAL_REVIEW = "medical_review"
    CONTESTED = "contested"
    ADJUDICATED = "adjudicated"
    RECHECKED = "rechecked"
    ORDERED = "ordered"
    PAID = "paid"


class Move(Word):
    """What may happen to a claim line."""

    CHECK = "check"
    ASK_DOCUMENT = "ask_document"
    AWAIT_APPROVAL = "await_approval"
    REVIEW = "review"
    RELEASE = "release"
    DECIDE = "decide"
    ORDER = "order"
    PAY = "pay"
    CONTEST = "contest"
    RECHECK = "recheck"


class Row(NamedTuple):
    """From a status, what happens, who makes it happen, to which status."""

    status: LineStatus
    move: Move
    who: str
    to: LineStatus


_S, _M = LineStatus, Move
TABLE = (
    Row(_S.RECEIVED, _M.CHECK, "platform", _S.CHECKED),
    Row(_S.CHECKED, _M.DECIDE, "platform", _S.ADJUDICATED),
    Row(_S.CHECKED, _M.ASK_DOCUMENT, "platform", _S.AWAITING_DOCUMENT),
    Row(_S.CHECKED, _M.AWAIT_APPROVAL, "platform", _S.AWAITING_PRIOR_APPROVAL),
    Row(_S.CHECKED, _M.REVIEW, "platform", _S.MEDICAL_REVIEW),
    Row(_S.AWAITING_DOCUMENT, _M.RELEASE, "executor, CNSS", _S.CHECKED),
    Row(_S.AWAITING_DOCUMENT, _M.DECIDE, "CNSS, clock", _S.ADJUDICATED),
    Row(_S.AWAITING_PRIOR_APPROVAL, _M.RELEASE, "CNSS", _S.CHECKED),
    Row(_S.AWAITING_PRIOR_APPROVAL, _M.DECIDE, "CNSS, clock", _S.ADJUDICATED),
    Row(_S.MEDICAL_REVIEW, _M.RELEASE, "CNSS, clock", _S.CHECKED),
    Row(_S.MEDICAL_REVIEW, _M.DECIDE, "CNSS, clock", _S.ADJUDICATED),
    Row(_S.ADJUDICATED, _M.ORDER, "clock", _S.ORDERED),
    Row(_S.ADJUDICATED, _M.CONTEST, "executor, patient", _S.CONTESTED),
    Row(_S.ORDERED, _M.PAY, "clock", _S.PAID),
    Row(_S.PAID, _M.CONTEST, "executor, patient", _S.CONTESTED),
    Row(_S.CONTESTED, _M.RECHECK, "CNSS, clock", _S.RECHECKED),
    Row(_S.RECHECKED, _M.ORDER, "clock", _S.ORDERED),
)
_AFTER = {(row.status, row.move): row.to for row in TABLE}
HELD = frozenset({_S.AWAITING_DOCUMENT, _S.AWAITING_PRIOR_APPROVAL, _S.MEDICAL_REVIEW})
"""Statuses of a line whose decision is pending: what it is worth is known, not whether it is paid."""
PENDING = HELD | {_S.RECEIVED, _S.CHECKED, _S.CONTESTED}
"""Statuses in which a line may still change of decision."""
WITHDRAWN = "withdrawn"
PRECEDENCE = (
    _S.RECEIVED,
    _S.CHECKED,
    _S.AWAITING_DOCUMENT,
    _S.AWAITING_PRIOR_APPROVAL,
    _S.MEDICAL_REVIEW,
    _S.CONTESTED,
    _S.ADJUDICATED,
    _S.RECHECKED,
    _S.ORDERED,
    _S.PAID,
)
"""A claim stands where the least advanced of its lines that are to be paid stands."""


def after(status: LineStatus, move: Move) -> LineStatus | None:
    """Where a line comes to; None when that cannot happen to it."""
    return _AFTER.get((status, move))


def claim_status(to_pay: Collection[LineStatus], others: Collection[LineStatus]) -> str:
    """Status of a claim: of its lines that bring money, else of the others; `withdrawn` without any line.

    `others`: refused lines, and those worth nothing: they are not paid and keep nobody waiting.
    """
    found = [*to_pay, *(one for one in others if one in PENDING)] or list(others)
    return next((one.value for one in PRECEDENCE if one in found), WITHDRAWN)
