"""What is sent again after a lost answer: the same operation on the same thing, however its body is written."""

from __future__ import annotations

from collections.abc import Iterator

from coach.exchange import Exchange
from coach.traffic import Traffic

RETRY_S = 120.0
LOST = (0, 408, 500, 502, 503, 504)
HIDING = frozenset(
    {"before-authentication", "before-commit", "after-commit", "mid-body", "connection-reset", "server-errors", "html"}
)
"""Faults of the bench after which a client does not know what was done."""
_TOLD_NOTHING = ("idempotency-in-flight", "idempotency-key-reused")
_KEY = "idempotency-key"


def lost(each: Exchange) -> bool:
    """Did its answer not arrive, or not say what was done?"""
    return each.status in LOST or each.fault in HIDING


def under_another_key(seen: Traffic) -> Iterator[tuple[Exchange, Exchange]]:
    """(the one whose answer was lost, the same under another key), less than two minutes after its last attempt.

    Once the first key has had its answer, nothing is in doubt any more.
    """
    doubts: dict[tuple[str, ...], list[tuple[Exchange, Exchange]]] = {}
    for each in seen.exchanges:
        key = each.header(_KEY)
        if not key or (what := _target(each)) is None:
            continue
        left = []
        for before, latest in doubts.get(what, ()):
            if before.header(_KEY) == key:
                if not _settles(each):
                    left.append((before, each))
            elif each.at - latest.ended > RETRY_S:
                continue
            elif not _alike(before, each):
                left.append((before, latest))
            else:
                yield before, each
                if not each.accepted:  # else what was wanted is done: what comes next is something else
                    left.append((before, each))
        if lost(each) and all(before.header(_KEY) != key for before, _ in left):
            left.append((each, each))
        doubts[what] = left


def _target(each: Exchange) -> tuple[str, ...] | None:
    """What it acts on: the sheet and the section of its path, else the patient or the sheet that its body names."""
    if each.subject:
        return each.operation, each.path
    whom, number = each.whom, str(each.sent.get("number") or "")
    if not each.operation or not (number or whom[0]):
        return None
    return each.operation, *whom, number, str(each.sent.get("section") or "")


def _alike(before: Exchange, each: Exchange) -> bool:
    """The same person, as far as known, and a line at least in common."""
    same = not before.person or not each.person or before.person == each.person
    return same and (not before.lines or not each.lines or not before.lines.isdisjoint(each.lines))


def _settles(each: Exchange) -> bool:
    return not lost(each) and each.status not in (401, 429) and each.problem not in _TOLD_NOTHING
