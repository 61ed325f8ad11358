"""What a run leaves behind: observations, appended checks, findings, verdicts.

Pure types, shared by the steps (which append), the engine (which judges) and the reports (which read).
Nothing here knows pytest, HTTP or the simulator.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Literal

Basis = Literal["wire", "declared", "human"]
Keyword = Literal["MUST", "SHOULD", "MAY"]
Kind = Literal["stimulus", "world", "driver", "http", "state", "document", "note"]


class Verdict(StrEnum):
    """The verdict of one check or of one case, from the design's closed list."""

    PASSED = "passed"
    FAILED = "failed"
    WARNING = "warning"
    INCONCLUSIVE = "inconclusive"
    BLOCKED = "blocked"
    NOT_APPLICABLE = "not_applicable"
    REVIEW = "review"
    CRASHED = "crashed"
    TIMED_OUT = "timed_out"
    HARNESS_FAULT = "harness_fault"
    MISSING = "missing"


#: From the gravest to the mildest: the verdict of a case is the gravest of its parts.
GRAVITY: tuple[Verdict, ...] = (
    Verdict.HARNESS_FAULT,
    Verdict.CRASHED,
    Verdict.TIMED_OUT,
    Verdict.FAILED,
    Verdict.MISSING,
    Verdict.BLOCKED,
    Verdict.INCONCLUSIVE,
    Verdict.REVIEW,
    Verdict.WARNING,
    Verdict.PASSED,
    Verdict.NOT_APPLICABLE,
)
#: A requirement of keyword MUST whose check ends so makes the run non-conformant.
CONDEMNING = frozenset({Verdict.FAILED, Verdict.CRASHED, Verdict.TIMED_OUT})
#: Ends that leave the question open: the run is incomplete.
OPEN = frozenset({Verdict.INCONCLUSIVE, Verdict.BLOCKED, Verdict.REVIEW, Verdict.MISSING})


class RunVerdict(StrEnum):
    """The verdict of a run."""

    CONFORMANT = "conformant"
    RESERVATIONS = "conformant_with_reservations"
    NON_CONFORMANT = "non_conformant"
    INCOMPLETE = "incomplete"
    CONFIGURATION = "configuration_fault"
    HARNESS = "harness_fault"


EXIT_CODES: Mapping[RunVerdict, int] = {
    RunVerdict.CONFORMANT: 0,
    RunVerdict.RESERVATIONS: 0,
    RunVerdict.NON_CONFORMANT: 1,
    RunVerdict.CONFIGURATION: 2,
    RunVerdict.HARNESS: 3,
    RunVerdict.INCOMPLETE: 4,
}


@dataclass(frozen=True)
class Observation:
    """One thing seen during a case. `id` is `o1`, `o2`… in order; `data` depends on `kind` (see the guide
    of the evidence format); `during` names the driver observation in whose course it was seen."""

    id: str
    kind: Kind
    label: str
    data: Mapping[str, Any]
    during: str | None = None
    at: str | None = None


@dataclass(frozen=True)
class Appended:
    """What a Then step leaves: which check, with which parameters, over which observations."""

    check: str
    requirement: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    observations: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finding:
    """What a check found. Texts are French and for a person; `verdict` is before keyword and waivers."""

    verdict: Verdict
    expected: str
    received: str
    cause: str = ""
    next: str = ""
    references: tuple[str, ...] = ()


@dataclass(frozen=True)
class Judged:
    """A finding with the check, requirement, keyword and basis it belongs to."""

    check: str
    requirement: str
    keyword: Keyword
    basis: Basis
    verdict: Verdict
    expected: str
    received: str
    cause: str = ""
    next: str = ""
    references: tuple[str, ...] = ()
    waived: str | None = None

    def as_json(self) -> dict[str, Any]:
        """JSON object of the verdict files; `references` become a list."""
        return {**asdict(self), "verdict": str(self.verdict), "references": list(self.references)}


@dataclass(frozen=True)
class CaseVerdict:
    """The verdict of one planned case and of each of its checks; `reason` says why when no check does."""

    case: str
    verdict: Verdict
    checks: tuple[Judged, ...] = ()
    reason: str | None = None

    def as_json(self) -> dict[str, Any]:
        """JSON object `{case, verdict, reason, checks}` of `verdict.json`."""
        return {
            "case": self.case,
            "verdict": str(self.verdict),
            "reason": self.reason,
            "checks": [judged.as_json() for judged in self.checks],
        }


def gravest(verdicts: list[Verdict]) -> Verdict:
    """The gravest verdict of a list; an empty list is *inconclusive*: nothing was shown."""
    if not verdicts:
        return Verdict.INCONCLUSIVE
    return min(verdicts, key=GRAVITY.index)
