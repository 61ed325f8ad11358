"""The hold on a section, as one table: who stands there, what is asked, what follows.

A lease belongs to an establishment and ends by itself at `expires_at`: its expiry writes nothing. The
lock is per section. Source: domain model of this project; duration: rule `section.lease`; hypothesis.
"""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from simulator.kit import clock
from simulator.kit.problems import Problem
from simulator.kit.word import Word


class Lease(Struct, frozen=True):
    """A hold of one establishment on one section of one sheet, taken by `inpe`."""

    id: str
    section: str
    establishment: str
    inpe: str
    expires_at: datetime

    def live(self, now: datetime) -> bool:
        return now < self.expires_at


class Standing(Word):
    """What an establishment finds on a section; derived, never stored."""

    FREE = "free"
    OURS = "ours"
    CLOSING = "ours, cancellation requested"
    THEIRS = "theirs"


class Action(Word):
    """What may be asked of a section."""

    READ = "read"
    HOLD = "hold"
    EXTEND = "extend"
    RELEASE = "release"
    EXECUTE = "execute"
    AMEND = "amend or withdraw"
    LATE = "enter after an outage"
    CANCEL = "cancel"
    REPLACE = "replace"


class Effect(Word):
    """What follows when nothing is refused."""

    PROCEED = "proceed"
    GRANT = "grant a lease"
    RENEW = "renew the lease"
    FREE_IT = "free the section"
    CLOSE_IT = "free the section, cancel what was to be cancelled"
    REQUEST = "request the cancellation"


_F, _O, _C, _X = Standing.FREE, Standing.OURS, Standing.CLOSING, Standing.THEIRS

TABLE: dict[tuple[Standing, Action], Effect | str] = {
    (_F, Action.READ): Effect.PROCEED,
    (_O, Action.READ): Effect.PROCEED,
    (_C, Action.READ): Effect.PROCEED,
    (_X, Action.READ): "section-held",
    (_F, Action.HOLD): Effect.GRANT,
    (_O, Action.HOLD): Effect.RENEW,
    (_C, Action.HOLD): Effect.PROCEED,
    (_X, Action.HOLD): "section-held",
    (_F, Action.EXTEND): "lease-lost",
    (_O, Action.EXTEND): Effect.RENEW,
    (_C, Action.EXTEND): "cancellation-requested",
    (_X, Action.EXTEND): "lease-lost",
    (_F, Action.RELEASE): Effect.PROCEED,
    (_O, Action.RELEASE): Effect.FREE_IT,
    (_C, Action.RELEASE): Effect.CLOSE_IT,
    (_X, Action.RELEASE): Effect.PROCEED,
    (_F, Action.EXECUTE): "lease-lost",
    (_O, Action.EXECUTE): Effect.PROCEED,
    (_C, Action.EXECUTE): Effect.PROCEED,
    (_X, Action.EXECUTE): "lease-lost",
    (_F, Action.AMEND): Effect.PROCEED,
    (_O, Action.AMEND): Effect.PROCEED,
    (_C, Action.AMEND): Effect.PROCEED,
    (_X, Action.AMEND): "section-held",
    (_F, Action.LATE): Effect.PROCEED,
    (_O, Action.LATE): Effect.PROCEED,
    (_C, Action.LATE): Effect.PROCEED,
    (_X, Action.LATE): "section-held",
    (_F, Action.CANCEL): Effect.PROCEED,
    (_O, Action.CANCEL): Effect.REQUEST,
    (_C, Action.CANCEL): Effect.REQUEST,
    (_X, Action.CANCEL): Effect.REQUEST,
    (_F, Action.REPLACE): Effect.PROCEED,
    (_O, Action.REPLACE): "cannot-replace",
    (_C, Action.REPLACE): "cannot-replace",
    (_X, Action.REPLACE): "cannot-replace",
}
"""Every (standing, action): an effect, or the slug of the refusal. Cancel and replace are the author's."""


def decide(
    current: Lease | None, establishment: str, action: Action, now: datetime, *, closing: bool = False
) -> Effect:
    """What follows for that establishment; `current` is the live lease, `closing` a cancellation requested under it.

    Raises Problem section-held, lease-lost, cancellation-requested, cannot-replace.
    """
    standing = Standing.FREE
    if current is not None:
        ours = Standing.CLOSING if closing else Standing.OURS
        standing = ours if current.establishment == establishment else Standing.THEIRS
    outcome = TABLE[standing, action]
    if isinstance(outcome, Effect):
        return outcome
    raise refusal(outcome, current, now)


def refusal(slug: str, current: Lease | None, now: datetime) -> Problem:
    """The refusal; tells until when the section is held, never by whom."""
    state = "free" if current is None else "held"
    if slug != "section-held" or current is None:
        return Problem(slug, _DETAILS[slug], current_state=state)
    left = max(1, int((current.expires_at - now).total_seconds()))
    return Problem(
        slug,
        _DETAILS[slug],
        current_state=state,
        retry={"after_s": left},
        held_until=clock.to_text(current.expires_at),
    )


_DETAILS = {
    "section-held": "Un autre établissement exécute cette section en ce moment.",
    "lease-lost": "Votre établissement ne tient plus cette section.",
    "cancellation-requested": "Le prescripteur a demandé l'annulation : exécuter ou libérer, sans prolonger.",
    "cannot-replace": "Un établissement exécute une section de cette feuille en ce moment.",
}
