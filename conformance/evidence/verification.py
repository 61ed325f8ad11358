"""`fse verify`: the manifest, then every verdict recomputed from the stored observations, then compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.evidence import manifest
from conformance.evidence.store import NotARun, RunStore
from conformance.evidence.verdict import judge_run
from conformance.version import version


@dataclass(frozen=True)
class Outcome:
    """What a verification found. `differences` are French sentences, empty when everything agrees."""

    differences: tuple[str, ...]
    files: int
    cases: int
    checks: int

    @property
    def agrees(self) -> bool:
        return not self.differences


def verify(folder: Path) -> Outcome:
    """Verify a run folder. `NotARun` when it is none, or when another version of the suite judged it."""
    store = RunStore(folder)
    run = store.run()
    if run["suite"]["version"] != version():
        raise NotARun(
            f"jugée par la suite {run['suite']['version']}, ici {version()} : non recalculable avec cette version"
        )
    differences = [f"manifeste : {discrepancy}" for discrepancy in manifest.compare(folder)]
    stored = store.verdict()
    try:
        fresh = judge_run(store)
    except NotARun as fault:
        return Outcome((*differences, str(fault)), len(manifest.digests(folder)), 0, 0)
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        broken = f"une preuve n'a plus la forme attendue ({type(fault).__name__} : {fault})"
        return Outcome((*differences, broken), len(manifest.digests(folder)), 0, 0)
    differences += _compared(store, stored, fresh)
    checks = sum(len(case["checks"]) for case in fresh["cases"])
    return Outcome(tuple(differences), len(manifest.digests(folder)), len(fresh["cases"]), checks)


def _compared(store: RunStore, stored: Mapping[str, Any], fresh: Mapping[str, Any]) -> list[str]:
    """Sentences for every verdict that is not what the stored observations say."""
    found: list[str] = []
    kept = {case["case"]: case for case in stored.get("cases", [])}
    for case in fresh["cases"]:
        before = kept.pop(case["case"], None)
        if before is None:
            found.append(f"{case['case']} : absent du verdict conservé")
        elif before != case:
            found.append(
                f"{case['case']} : conservé « {before.get('verdict')} », recalculé « {case['verdict']} »"
                + _which(before, case)
            )
        folder = store.case(case["case"])
        if (folder.folder / "case.json").is_file() and folder.verdict() != case:
            found.append(f"{case['case']} : le verdict du dossier du cas diffère du verdict recalculé")
    found += [f"{case} : n'est pas dans le plan de la campagne" for case in kept]
    if stored.get("run") != fresh["run"]:
        found.append(
            f"campagne : conservé « {stored.get('run', {}).get('verdict')} », recalculé « {fresh['run']['verdict']} »"
        )
    for part in ("totals", "requirements"):
        if stored.get(part) != fresh[part]:
            found.append(f"campagne : « {part} » diffère du recalcul")
    return found


def _which(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    changed = [new["check"] for old, new in zip(before.get("checks", []), after["checks"], strict=False) if old != new]
    return f" ({', '.join(changed)})" if changed else ""
