"""The frozen requirement set of a revision: one entry per sentence a certifier would defend.

Read from `conformance/requirements/<revision>/*.yaml`. A requirement is verified by checks, or says why it
is not tested; never both, never neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, cast

import yaml

from conformance.evidence.model import Keyword

REVISION = "2026.1"
Fidelity = Literal["official", "deduced", "hypothesis"]


@dataclass(frozen=True)
class Requirement:
    """One requirement. `sentence` is French; `source` says where it comes from; `not_tested` why not."""

    id: str
    keyword: Keyword
    professions: tuple[str, ...]
    sentence: str
    source: str
    fidelity: Fidelity
    checks: tuple[str, ...] = ()
    not_tested: str | None = None


@cache
def requirements(revision: str = REVISION) -> Mapping[str, Requirement]:
    """Every requirement of a revision by id, in the order of the files. `ValueError` on a bad entry."""
    found: dict[str, Requirement] = {}
    for path in sorted((Path(__file__).parent / revision).glob("*.yaml")):
        for id, entry in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            if id in found:
                raise ValueError(f"{path.name}: {id} is declared twice")
            checks, reason = tuple(entry.get("checks", ())), entry.get("not_tested")
            if bool(checks) == bool(reason):
                raise ValueError(f"{path.name}: {id} needs either checks or not_tested, not both or neither")
            if entry["keyword"] not in ("MUST", "SHOULD", "MAY"):
                raise ValueError(f"{path.name}: {id} has keyword {entry['keyword']!r}")
            found[id] = Requirement(
                id=id,
                keyword=cast(Keyword, entry["keyword"]),
                professions=tuple(entry["professions"]),
                sentence=" ".join(entry["sentence"].split()),
                source=entry["source"],
                fidelity=cast(Fidelity, entry["fidelity"]),
                checks=checks,
                not_tested=reason,
            )
    return found


def requirement_of(check: str, tagged: tuple[str, ...]) -> str:
    """The first requirement tagged on a scenario that this check verifies. `LookupError` if there is none:
    a Then step that verifies nothing the scenario announces is a fault of the suite."""
    for id in tagged:
        if id in requirements() and check in requirements()[id].checks:
            return id
    raise LookupError(f"check {check!r} verifies none of {', '.join(tagged) or 'no requirement'}")
