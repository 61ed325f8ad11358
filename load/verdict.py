"""From the outcome of a run to its verdict: objectives, invariants, exit code. Pure functions.

Exit codes: 0 everything holds; 1 an objective is missed or an invariant broken. (2 and 3, configuration and
harness faults, are told before any verdict exists.)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from load.invariants import Violation
from load.profile import Profile

MANDATORY = ("issue-care-sheet", "resolve", "execute")


@dataclass(frozen=True)
class Objective:
    """One line of the verdict: what was asked and what was got, as printed, and whether it holds."""

    name: str
    asked: str
    got: str
    held: bool


def objectives(profile: Profile, outcome: Mapping[str, Any]) -> list[Objective]:
    """Compare the outcome written by the virtual users with the objectives of the profile."""
    operations: Sequence[Mapping[str, Any]] = outcome["operations"]
    sent = sum(operation["requests"] for operation in operations)
    wrong = sum(operation["failures"] for operation in operations)
    elapsed = max(float(outcome["elapsed_s"]), float(profile.duration_s))
    asked, achieved = profile.requests_per_second, sent / elapsed
    goals = profile.objectives
    floor = goals.achieved_rate_min * asked
    rows = [
        Objective("Débit atteint", f"≥ {_number(floor)} req/s", f"{_number(achieved)} req/s", achieved >= floor),
        Objective(
            "Réponses inattendues",
            f"≤ {_percent(goals.error_rate_max)}",
            f"{_percent(wrong / sent if sent else 1.0)} ({wrong}/{sent})",
            bool(sent) and wrong / sent <= goals.error_rate_max,
        ),
        Objective("Feuilles restées sans officine", "0", str(outcome["unserved"]), outcome["unserved"] == 0),
    ]
    measured = {operation["operation"]: operation for operation in operations}
    for name, limit in goals.p95_ms.items():
        seen = measured.get(name)
        if seen is None or not seen["requests"]:
            if name in MANDATORY:
                rows.append(Objective(f"p95 {name}", f"≤ {limit:g} ms", "aucune requête", False))
            continue
        p95 = float(seen["p95_ms"])
        rows.append(Objective(f"p95 {name}", f"≤ {limit:g} ms", f"{p95:.0f} ms", p95 <= limit))
    return rows


def result(
    profile: Profile,
    outcome: Mapping[str, Any],
    judged: Mapping[str, Sequence[Violation]],
    **context: Any,
) -> dict[str, Any]:
    """The JSON document kept as ``runs/load-<id>/result.json`` (schema ``banc-fse/load/1``)."""
    rows = objectives(profile, outcome)
    held = all(row.held for row in rows) and not any(judged.values())
    return {
        "schema": "banc-fse/load/1",
        **context,
        "profile": {
            "id": profile.id,
            "title": profile.title,
            "requests_per_second": profile.requests_per_second,
            "duration_s": profile.duration_s,
            "contention": profile.contention,
            "replay": profile.replay,
            "basis": [asdict(basis) for basis in profile.basis],
        },
        "elapsed_s": outcome["elapsed_s"],
        "operations": outcome["operations"],
        "errors": outcome["errors"],
        "volume": {
            "care_sheets": len(outcome["ledger"]["sheets"]),
            "executions": len(outcome["ledger"]["executions"]),
            "rivals_refused": outcome["rivals_refused"],
            "replays": sum(op["requests"] for op in outcome["operations"] if op["operation"] == "execute-replay"),
        },
        "objectives": [asdict(row) for row in rows],
        "invariants": [
            {"invariant": title, "held": not found, "violations": [asdict(violation) for violation in found]}
            for title, found in judged.items()
        ],
        "verdict": "held" if held else "not_held",
        "exit_code": 0 if held else 1,
    }


def _number(value: float) -> str:
    return f"{value:.1f}".replace(".", ",")


def _percent(ratio: float) -> str:
    return f"{100 * ratio:.2f} %".replace(".", ",")
