"""The project's own rules as they are written, and the words that they know."""

from __future__ import annotations

import fixtures
from simulator.rules import checking, written


def sheets() -> list[written.Sheet]:
    """The files of `fixtures/rules`, named from the root of the project."""
    folder = fixtures.FOLDER / "rules"
    return [
        written.read(path.read_bytes(), f"{fixtures.FOLDER.name}/rules/{path.name}")
        for path in sorted(folder.glob("*.yaml"))
    ]


def words(project: list[written.Sheet]) -> checking.Known:
    """The vocabulary of those files, of the nomenclature of acts and of the reasons of refusal."""
    refusals = (reason.code for reason in fixtures.reasons() if reason.family == "refusal")
    return checking.known(
        project,
        {act.code: act.letter for act in fixtures.acts()},
        refusals,
        (one.code for one in fixtures.conditions().values()),
    )
