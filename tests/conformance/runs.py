"""Small stored runs for tests of the engine: observations written by hand, no software, no simulator."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from conformance.evidence import manifest
from conformance.evidence.model import Appended, Observation
from conformance.evidence.store import RunStore
from conformance.evidence.verdict import judge_run
from conformance.version import version

REQUIREMENTS = ("EXG-ISS-001", "EXG-ISS-002", "EXG-ISS-007", "EXG-RES-004", "EXG-SEC-002")


def row(case: str, **changes: Any) -> dict[str, Any]:
    """One line of a plan."""
    return {
        "case": case,
        "feature": "Essai",
        "scenario": case,
        "tags": [case],
        "requirements": list(REQUIREMENTS),
        "profession": "prescriber",
        "nature": "nominal",
        "twin": None,
        "differs": None,
        "needs": [],
        "applicable": True,
        "why_not": None,
        "selected": True,
        **changes,
    }


def driver(id: str, action: str, status: str = "completed", **data: Any) -> Observation:
    outcome = {"status": status, "messages": [{"level": "info", "text": "Feuille émise."}], "data": data}
    given = {"beneficiary": {"registration_number": "100000001", "dependant_rank": 0}, "date_of_care": "2026-11-23"}
    return Observation(id, "driver", action, {"action": action, "input": given, "outcome": outcome})


def http(id: str, method: str, path: str, status: int, sent: Any, answer: Any, during: str) -> Observation:
    data = {
        "request": {"method": method, "path": path, "query": "", "headers": {}, "body": json.dumps(sent)},
        "response": {"status": status, "headers": {}, "body": json.dumps(answer)},
    }
    return Observation(id, "http", "software", data, during)


def issuance(shown: str = "2604817390552494", rights_first: bool = True, case: str = "salaried") -> list[Observation]:
    """A good issuance, or one whose shown number or order of calls is wrong."""
    action = driver("o1", "issue", number=shown)
    rights = http("o2", "POST", "/v1/rights-checks", 200, dict(action.data["input"]), {"open": True}, "o1")
    issue = http("o3", "POST", "/v1/care-sheets", 201, {}, {"number": "2604817390552494"}, "o1")
    stimulus = Observation("o9", "stimulus", "symbolic", {"beneficiary": case, "acts": ["C"]})
    return [action, *([rights, issue] if rights_first else [issue]), stimulus]


def stored_run(
    folder: Path,
    cases: Mapping[str, tuple[Sequence[Observation], Sequence[Appended]]],
    rows: Sequence[dict[str, Any]],
    waivers: Sequence[dict[str, Any]] = (),
    outcomes: Mapping[str, str] | None = None,
    intruders: Mapping[str, Any] | None = None,
) -> RunStore:
    """Write, judge and seal a run."""
    store = RunStore(folder)
    folder.mkdir(parents=True)
    store.write_run(
        {
            "run_id": folder.name,
            "started_at": "2026-11-22T10:00:00Z",
            "finished_at": "2026-11-22T10:00:01Z",
            "suite": {"version": version(), "git": None, "requirements": "2026.1"},
            "plan": list(rows),
            "waivers": list(waivers),
            "intruders": intruders,
        }
    )
    for name, (observations, appended) in cases.items():
        meta = {"case": name, "outcome": (outcomes or {}).get(name), "error": None}
        store.case(name).write(meta, observations, appended)
    verdict = judge_run(store)
    for case in verdict["cases"]:
        if case["case"] in cases:
            (store.case(case["case"]).folder / "verdict.json").write_text(json.dumps(case), encoding="utf-8")
    store.write_verdict(verdict)
    manifest.write(folder)
    return store


def asks(*checks: str, requirement: str = "EXG-ISS-007") -> list[Appended]:
    return [Appended(check, requirement, {}, ("o1", "o2", "o3", "o9")) for check in checks]
