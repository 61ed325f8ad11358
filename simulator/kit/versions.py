"""The version of the contract, a date in `FSE-Version`: which are served, and what a software that sends none is told.

A request without it is served, and its answer warns: ``FSE-Warning: missing-version; becomes-error-on=2027-07-01``.
From that day of the world's time it is refused. The day is the rule `warning.missing-version`; hypothesis.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import fixtures
from simulator.kit.problems import Problem

CURRENT = "2026-01-01"
SERVED = (CURRENT,)
HEADER = "fse-version"
WARNING_HEADER = "fse-warning"
EXEMPT = ("/v1/health", "/v1/version")
"""Where a software finds out, before it has chosen: no version is asked for there, nor outside ``/v1/``."""


def versioned(path: str) -> bool:
    """Does this operation ask for a version? `path`: below the world."""
    return path.startswith("/v1/") and path not in EXEMPT


def check(path: str, asked: str | None, today: date) -> str | None:
    """The value of `FSE-Warning` for this request, None when there is nothing to say. `path`: below the world.

    Raises Problem missing-version, unsupported-version.
    """
    if asked == CURRENT or not versioned(path):
        return None
    if asked is None:
        if (warning := _missing(today)) is None:
            raise Problem("missing-version", "L'en-tête FSE-Version est obligatoire.", supported=list(SERVED))
        return warning
    if asked not in SERVED:
        raise Problem(
            "unsupported-version",
            f"Cette version du contrat n'est pas servie ; versions servies : {', '.join(SERVED)}.",
            supported=list(SERVED),
        )
    return None


@lru_cache(maxsize=8)
def _missing(today: date) -> str | None:
    since = fixtures.rule("warning.missing-version", today).day
    return f"missing-version; becomes-error-on={since}" if today < since else None
