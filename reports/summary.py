"""`report.json`: what a program needs of a run, in a shape that only grows.

The schema is `reports/schemas/report-1.schema.json` (draft 2020-12). Members are never removed nor given
another meaning under `banc-fse/report/1`; readers ignore members they do not know.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from importlib.resources import files
from typing import Any

from reports.model import Case, Run

SCHEMA = "banc-fse/report/1"


def summary(run: Run) -> dict[str, Any]:
    """The summary as a JSON object; failures carry all that a person is shown."""
    return {
        "schema": SCHEMA,
        "official": False,
        "run": {
            "run_id": run.run_id,
            "started_at": run.started_at,
            "finished_at": run.finished_at,
            "seed": run.seed,
            "command": run.command,
            "verdict": run.verdict,
            "exit_code": run.exit_code,
            "partial": run.partial,
            "defects": list(run.defects),
            "altered": [asdict(discrepancy) for discrepancy in run.altered],
            "digests": dict(run.digests),
        },
        "product": dict(run.product),
        "suite": dict(run.suite),
        "simulator": dict(run.simulator),
        "totals": {
            "cases": dict(run.totals.cases),
            "checks": dict(run.totals.checks),
            "by_basis": {basis: dict(counts) for basis, counts in run.totals.by_basis.items()},
        },
        "waivers": [asdict(waiver) for waiver in run.waivers],
        "requirements": [asdict(requirement) for requirement in run.requirements],
        "cases": [_case(case) for case in run.cases],
    }


def summary_json(run: Run) -> str:
    """The text of `report.json`: sorted members, UTF-8, the same for the same run."""
    return json.dumps(summary(run), ensure_ascii=False, sort_keys=True, indent=1) + "\n"


def schema() -> dict[str, Any]:
    """The JSON Schema that `summary` keeps to."""
    text = files("reports.schemas").joinpath("report-1.schema.json").read_text(encoding="utf-8")
    value: dict[str, Any] = json.loads(text)
    return value


def _case(case: Case) -> dict[str, Any]:
    return {
        "case": case.case,
        "title": case.title,
        "feature": case.feature,
        "requirements": list(case.requirements),
        "verdict": case.verdict,
        "reason": case.reason or case.error,
        "waived": case.waived,
        "duration_ms": case.duration_ms,
        "checks": {"total": len(case.checks), "passed": sum(c.verdict == "passed" for c in case.checks)},
        "findings": [asdict(check) for check in case.checks if check.verdict != "passed"],
        "defects": list(case.defects),
    }
