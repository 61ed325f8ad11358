"""The hold on a section, as one table: who stands there, what is asked, what follows.

A lease belongs to an establishment and ends by itself at `expires_at`: its expiry writes nothing. The
lock is per section. Source: domain model of this project; duration: rule `section.lease`; hypothesis.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from simulator.kit import clock
from simulator.kit.problems import Problem


@dataclass(frozen=True, slots=True)
class Lease:
    """A hold, past or present, of one establishment on one section of one sheet."""

    id: str
    number: str
    section: str
    establishment: str
    expires_at: datetime
    released: bool = False

    def live(self, now: datetime) -> bool:
        return not self.released and now < self.expires_at


class Standing(StrEnum):
    """What an establishment finds on a section; derived, never stored."""

    FREE = "free"
    OURS = "ours"
    THEIRS = "theirs"


class Action(StrEnum):
    """What may be asked of a section."""

    READ = "read"
    HOLD = "hold"
    EXTEND = "extend"
    RELEASE = "release"
    EXECUTE = "execute"
    CANCEL = "cancel"


class Effect(StrEnum):
    """What follows when nothing is refused."""

    PROCEED = "proceed"
    GRANT = "grant a lease"
    RENEW = "renew the lease"
    FREE_IT = "free the section"


TABLE: dict[tuple[Standing, Action], Effect | str] = {
    (Standing.FREE, Action.READ): Effect.PROCEED,
    (Standing.OURS, Action.READ): Effect.PROCEED,
    (Standing.THEIRS, Action.READ): "section-held",
    (Standing.FREE, Action.HOLD): Effect.GRANT,
    (Standing.OURS, Action.HOLD): Effect.RENEW,
    (Standing.THEIRS, Action.HOLD): "section-held",
    (Standing.FREE, Action.EXTEND): "lease-lost",
    (Standing.OURS, Action.EXTEND): Effect.RENEW,
    (Standing.THEIRS, Action.EXTEND): "lease-lost",
    (Standing.FREE, Action.RELEASE): Effect.PROCEED,
    (Standing.OURS, Action.RELEASE): Effect.FREE_IT,
    (Standing.THEIRS, Action.RELEASE): Effect.PROCEED,
    (Standing.FREE, Action.EXECUTE): "lease-lost",
    (Standing.OURS, Action.EXECUTE): Effect.PROCEED,
    (Standing.THEIRS, Action.EXECUTE): "lease-lost",
    (Standing.FREE, Action.CANCEL): Effect.PROCEED,
    (Standing.OURS, Action.CANCEL): "cannot-cancel",
    (Standing.THEIRS, Action.CANCEL): "cannot-cancel",
}
"""Every (standing, action): an effect, or the slug of the refusal."""


def live(leases: Iterable[Lease], section: str, now: datetime) -> Lease | None:
    """The lease that holds a section now."""
    return next((x for x in leases if x.section == section and x.live(now)), None)


def decide(current: Lease | None, establishment: str, action: Action, now: datetime) -> Effect:
    """What follows for that establishment. Raises Problem section-held, lease-lost, cannot-cancel."""
    standing = Standing.FREE
    if current is not None:
        standing = Standing.OURS if current.establishment == establishment else Standing.THEIRS
    outcome = TABLE[standing, action]
    if isinstance(outcome, Effect):
        return outcome
    raise refusal(outcome, current, now)


def refusal(slug: str, current: Lease | None, now: datetime) -> Problem:
    """The refusal; tells until when the section is held, never by whom."""
    if slug == "lease-lost" or current is None:
        return Problem(slug, _DETAILS[slug], current_state="free" if current is None else "held")
    left = max(1, int((current.expires_at - now).total_seconds()))
    return Problem(
        slug,
        _DETAILS[slug],
        current_state="held",
        retry={"after_s": left},
        held_until=clock.to_text(current.expires_at),
    )


_DETAILS = {
    "section-held": "Un autre établissement exécute cette section en ce moment.",
    "lease-lost": "Votre établissement ne tient plus cette section.",
    "cannot-cancel": "Un établissement exécute une section de cette feuille en ce moment.",
}


def as_markdown() -> str:
    """The table, for the documentation."""
    head = "| section | action | follows |\n|---|---|---|"
    rows = (f"| {s} | {a} | {o if isinstance(o, Effect) else f'`{o}`'} |" for (s, a), o in TABLE.items())
    return "\n".join((head, *rows)) + "\n"
