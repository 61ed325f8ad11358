"""A run as the reports read it: plain values, already harmless to the eye, never trusted as markup.

Pure types filled by `reports.source`; every renderer (HTML, JUnit, JSON) starts from a `Run`. Verdicts are
strings, not an enumeration: a bundle comes from elsewhere and an unknown word must be shown, not hidden.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conformance.evidence.manifest import Discrepancy

#: Verdicts of a check or a case that are neither a success nor "does not concern this software".
BROKEN = frozenset({"failed", "crashed", "timed_out"})
OPEN = frozenset({"inconclusive", "blocked", "review", "missing", "harness_fault"})


@dataclass(frozen=True, slots=True)
class Check:
    """One judged check. `waived` is the ticket of the waiver that covers it, or empty."""

    check: str
    requirement: str
    keyword: str
    basis: str
    verdict: str
    expected: str
    received: str
    cause: str
    next: str
    references: tuple[str, ...]
    waived: str


@dataclass(frozen=True, slots=True)
class Step:
    """One Gherkin step; `duration_ms` is None when it was not measured."""

    keyword: str
    text: str
    duration_ms: float | None


@dataclass(frozen=True, slots=True)
class Observation:
    """One thing seen; `during` is the id of the driver observation in whose course it was seen."""

    id: str
    kind: str
    label: str
    during: str
    at: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A stored document or image. `path` is inside the case's `files/`, or None when it is not there."""

    name: str
    path: Path | None
    observation: str


@dataclass(frozen=True, slots=True)
class Requirement:
    """One requirement of the set, with its verdict in this run; `not_tested`: why the suite cannot test it."""

    id: str
    keyword: str
    sentence: str
    source: str
    fidelity: str
    verdict: str
    not_tested: str
    cases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Waiver:
    """An accepted failure: what it covers, why, and until when (`expires`: YYYY-MM-DD)."""

    covers: str
    cause: str
    ticket: str
    owner: str
    expires: str


@dataclass(frozen=True, slots=True)
class Case:
    """One planned case: what was planned, what happened, what was judged. `defects`: unreadable pieces."""

    case: str
    title: str
    feature: str
    verdict: str
    reason: str = ""
    tags: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    profession: str = ""
    nature: str = ""
    twin: str = ""
    differs: str = ""
    opaque_id: str = ""
    lane: str = ""
    started_at: str = ""
    duration_ms: float | None = None
    world: Mapping[str, Any] = field(default_factory=dict)
    stimuli: Mapping[str, Any] = field(default_factory=dict)
    outcome: str = ""
    error: str = ""
    steps: tuple[Step, ...] = ()
    checks: tuple[Check, ...] = ()
    observations: tuple[Observation, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    defects: tuple[str, ...] = ()

    @property
    def waived(self) -> bool:
        """True when the case failed, and every broken check of it is covered by a waiver."""
        broken = [check for check in self.checks if check.verdict in BROKEN]
        return self.verdict == "failed" and bool(broken) and all(check.waived for check in broken)


@dataclass(frozen=True, slots=True)
class Totals:
    """Counts by verdict word: of cases, of checks, and of checks by basis (wire, declared, human)."""

    cases: Mapping[str, int]
    checks: Mapping[str, int]
    by_basis: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Run:
    """A whole run. `digests`: SHA-256 of run.json and verdict.json, which tie a paper to its evidence.
    `partial`: only some cases were asked for. `altered`: files that are no longer what the manifest says."""

    run_id: str
    started_at: str
    finished_at: str
    seed: str
    command: str
    verdict: str
    exit_code: int
    product: Mapping[str, str]
    suite: Mapping[str, str]
    simulator: Mapping[str, str]
    lanes: str
    partial: bool
    professions: tuple[str, ...]
    totals: Totals
    waivers: tuple[Waiver, ...]
    requirements: tuple[Requirement, ...]
    cases: tuple[Case, ...]
    digests: Mapping[str, str]
    defects: tuple[str, ...] = ()
    altered: tuple[Discrepancy, ...] = ()
    reason: str = ""
