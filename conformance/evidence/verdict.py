"""The verdict of a run: causal negatives, waivers, planned against reported, requirements, exit code.

Pure over what is stored: the plan and the waivers of `run.json`, and the case folders.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from conformance.evidence.causality import difference
from conformance.evidence.engine import judge_case
from conformance.evidence.model import (
    CONDEMNING,
    EXIT_CODES,
    OPEN,
    CaseVerdict,
    Judged,
    RunVerdict,
    Verdict,
    gravest,
)
from conformance.evidence.seen import Seen
from conformance.evidence.store import RunStore
from conformance.requirements.catalogue import requirements


def judge_run(store: RunStore) -> dict[str, Any]:
    """Recompute every verdict of a stored run; the JSON object of `verdict.json`.

    Reads evidence only: neither the software nor the simulator is needed. `NotARun` on absent or broken
    files of a case that exists; a planned case without a folder is *missing*.
    """
    run = store.run()
    alone = {row["case"]: _judge_planned(store, row) for row in run["plan"]}
    verdicts = {row["case"]: _causal(store, row, alone) for row in run["plan"]}
    day = date.fromisoformat(str(run["started_at"])[:10])
    final = [_waive(verdict, run.get("waivers", []), day) for verdict in verdicts.values()]
    verdict = RunVerdict.HARNESS if run.get("harness_exit") not in (None, 0, 1) else _whole(final)
    why = _intruded(run.get("intruders"))
    if why and verdict in (RunVerdict.CONFORMANT, RunVerdict.RESERVATIONS):
        verdict = RunVerdict.INCOMPLETE
    return {
        "run": {"verdict": str(verdict), "exit_code": EXIT_CODES[verdict], **({"reason": why} if why else {})},
        "totals": _totals(final),
        "requirements": _by_requirement(run["plan"], final),
        "cases": [case.as_json() for case in final],
    }


def _intruded(intruders: Mapping[str, Any] | None) -> str:
    """Somebody without the bench token tried to drive the bench meanwhile: what was seen may not be the software's."""
    if not intruders:
        return ""
    many, last = intruders["count"], intruders["last"]
    calls = "un appel sans le jeton du banc" if many == 1 else f"{many} appels sans le jeton du banc"
    return f"{calls} pendant la campagne, au dernier {last['method']} {last['path']}"


def _judge_planned(store: RunStore, row: Mapping[str, Any]) -> CaseVerdict:
    if not row["applicable"]:
        return CaseVerdict(row["case"], Verdict.NOT_APPLICABLE, reason=row.get("why_not"))
    if not row.get("selected", True):
        return CaseVerdict(row["case"], Verdict.MISSING, reason="non demandé : campagne partielle")
    case = store.case(row["case"])
    if not (case.folder / "case.json").is_file():
        return CaseVerdict(row["case"], Verdict.MISSING, reason="ce cas prévu n'a laissé aucune trace")
    return judge_case(case)


def _causal(store: RunStore, row: Mapping[str, Any], alone: Mapping[str, CaseVerdict]) -> CaseVerdict:
    """An adverse case that passes counts only if its twin passes and exactly one declared thing differs."""
    own = alone[row["case"]]
    if row["nature"] != "adverse" or own.verdict not in (Verdict.PASSED, Verdict.WARNING):
        return own
    twin = alone.get(row["twin"] or "")
    if twin is None or twin.verdict not in (Verdict.PASSED, Verdict.WARNING):
        wrong = sorted({j.check for j in twin.checks if j.verdict in CONDEMNING | OPEN}) if twin else []
        how = f"n'est pas réussi ({', '.join(wrong) or twin.verdict})" if twin else "est absent de la campagne"
        reason = f"le cas jumeau {row['twin']} {how} : le corriger d'abord, ce refus ne prouve rien à lui seul"
        return replace(own, verdict=Verdict.INCONCLUSIVE, reason=reason)
    here, there = (_stimuli(store, case) for case in (row["case"], row["twin"]))
    different = difference(there, here)
    if not different or not all(_below(pointer, row["differs"]) for pointer in different):
        reason = (
            f"la différence avec {row['twin']} devait être {row['differs']} seule ; "
            f"constatée : {', '.join(different) or 'aucune'}"
        )
        return replace(own, verdict=Verdict.INCONCLUSIVE, reason=reason)
    return own


def _stimuli(store: RunStore, case: str) -> dict[str, Any]:
    folder = store.case(case)
    return Seen(folder.observations(), folder.files).stimuli


def _below(pointer: str, declared: str) -> bool:
    return pointer == declared or pointer.startswith(declared.rstrip("/") + "/")


def _waive(case: CaseVerdict, waivers: list[Mapping[str, Any]], day: date) -> CaseVerdict:
    checks = tuple(_waived(case.case, judged, waivers, day) for judged in case.checks)
    return replace(case, checks=checks)


def _waived(case: str, judged: Judged, waivers: list[Mapping[str, Any]], day: date) -> Judged:
    if judged.verdict is not Verdict.FAILED:
        return judged
    for waiver in waivers:
        matches = waiver["check"] == judged.check and waiver.get("case", case) == case
        if matches and day <= date.fromisoformat(str(waiver["expires"])):
            return replace(judged, waived=str(waiver["ticket"]))
    return judged


def _whole(cases: list[CaseVerdict]) -> RunVerdict:
    if any(case.verdict is Verdict.HARNESS_FAULT for case in cases):
        return RunVerdict.HARNESS
    condemning = [j for case in cases for j in case.checks if j.verdict in CONDEMNING and not j.waived]
    outcomes = [case for case in cases if case.verdict in (Verdict.CRASHED, Verdict.TIMED_OUT)]
    if condemning or outcomes:
        return RunVerdict.NON_CONFORMANT
    judged = [j.verdict for case in cases for j in case.checks]
    if not judged or any(v in OPEN for v in judged) or any(case.verdict in OPEN for case in cases):
        return RunVerdict.INCOMPLETE
    waived = any(j.waived for case in cases for j in case.checks)
    if waived or Verdict.WARNING in judged:
        return RunVerdict.RESERVATIONS
    return RunVerdict.CONFORMANT


def _totals(cases: list[CaseVerdict]) -> dict[str, Any]:
    judged = [j for case in cases for j in case.checks]
    bases = {
        basis: Counter(str(j.verdict) for j in judged if j.basis == basis) for basis in ("wire", "declared", "human")
    }
    return {
        "cases": dict(Counter(str(case.verdict) for case in cases)),
        "checks": dict(Counter(str(j.verdict) for j in judged)),
        "by_basis": {basis: dict(counter) for basis, counter in bases.items()},
    }


def _by_requirement(plan: list[Mapping[str, Any]], cases: list[CaseVerdict]) -> list[dict[str, Any]]:
    """Every requirement of the set, with what this run says of it: what is not tested says so."""
    by_case = {case.case: case for case in cases}
    rows: list[dict[str, Any]] = []
    for requirement in requirements().values():
        planned = [row["case"] for row in plan if requirement.id in row["requirements"]]
        judged = [j for case in cases for j in case.checks if j.requirement == requirement.id]
        applicable = [c for c in planned if by_case[c].verdict is not Verdict.NOT_APPLICABLE]
        if requirement.not_tested:
            verdict = "not_tested"
        elif not planned:
            verdict = "not_selected"
        elif not applicable:
            verdict = str(Verdict.NOT_APPLICABLE)
        else:
            own = [j.verdict for j in judged]
            # A case that ended badly, or whose adverse verdict lost its twin, leaves its requirements open.
            ends = [by_case[c].verdict for c in applicable if by_case[c].verdict is not Verdict.WARNING]
            own += [v for v in ends if v not in (Verdict.PASSED, Verdict.FAILED)]
            verdict = str(gravest(own))
        rows.append(
            {
                "id": requirement.id,
                "keyword": requirement.keyword,
                "professions": list(requirement.professions),
                "sentence": requirement.sentence,
                "source": requirement.source,
                "fidelity": requirement.fidelity,
                "not_tested": requirement.not_tested,
                "verdict": verdict,
                "cases": planned,
                "checks": sorted({j.check for j in judged}),
            }
        )
    return rows
