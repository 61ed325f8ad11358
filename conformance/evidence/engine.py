"""The engine: stored observations in, verdicts out.

The campaign and `fse verify` call the very same functions on the very same files; nothing else sets a
verdict. A case is judged alone (`judge_case`); then the run is judged (`judge_run`): adverse cases against
their nominal twins, waivers, planned cases that left nothing, and the verdict of the whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.checks.catalogue import register
from conformance.checks.registry import Check
from conformance.evidence.model import (
    Appended,
    CaseVerdict,
    Finding,
    Judged,
    Observation,
    Verdict,
    gravest,
)
from conformance.evidence.seen import Absent, Seen
from conformance.evidence.store import CaseStore, NotARun
from conformance.requirements.catalogue import Requirement, requirements

_OUTCOMES = {
    "crashed": (Verdict.CRASHED, "le logiciel ne répond plus ou son pilote a rompu l'échange"),
    "timed_out": (Verdict.TIMED_OUT, "le logiciel n'a pas répondu dans le délai du cas"),
    "harness_fault": (Verdict.HARNESS_FAULT, "le banc lui-même a échoué pendant ce cas"),
}


def judge_case(store: CaseStore) -> CaseVerdict:
    """Judge one stored case from its files alone. `NotARun` when a file is absent or broken."""
    meta, observations, appended = store.meta(), store.observations(), store.appended()
    seen = {o.id: o for o in observations}
    judged: list[Judged] = []
    for item in appended:
        judged.append(_judge(item, seen, store, judged))
    verdicts = [item.verdict for item in judged]
    outcome = meta.get("outcome")
    if outcome:
        verdict, why = _OUTCOMES[outcome]
        return CaseVerdict(store.case, gravest([verdict, *verdicts]), tuple(judged), meta.get("error") or why)
    reason = None if judged else "aucune vérification n'a été demandée par ce cas"
    return CaseVerdict(store.case, gravest(verdicts), tuple(judged), reason)


def _judge(item: Appended, seen: Mapping[str, Observation], store: CaseStore, before: list[Judged]) -> Judged:
    check = register().get(item.check)
    requirement = requirements().get(item.requirement)
    if check is None or requirement is None:
        unknown = item.check if check is None else item.requirement
        raise NotARun(f"« {unknown} » est inconnu de cette version de la suite : non recalculable")
    try:
        observations = [seen[id] for id in item.observations]
    except KeyError as error:
        raise NotARun(f"{store.case} : l'observation {error} citée par {item.check} manque") from None
    finding = _run(check, Seen(observations, store.files), item.parameters, before)
    return _keyed(check, requirement, finding, store.case)


def _run(check: Check, seen: Seen, parameters: Mapping[str, Any], before: list[Judged]) -> Finding:
    try:
        return check.run(seen, **parameters)
    except Absent as absent:
        blocking = next((j.check for j in before if j.verdict in (Verdict.FAILED, Verdict.BLOCKED)), None)
        if blocking:
            cause = f"bloqué par « {blocking} »"
            return Finding(Verdict.BLOCKED, check.says, str(absent), cause)
        return Finding(Verdict.INCONCLUSIVE, check.says, str(absent), _refusal(seen))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        cause = "une observation n'a pas la forme attendue : ni réussite ni échec ne peut en être conclu"
        return Finding(Verdict.INCONCLUSIVE, check.says, f"{type(error).__name__}: {error}"[:200], cause)


def _refusal(seen: Seen) -> str:
    """Why a prerequisite is missing, as far as the software itself said: its last action that did not complete."""
    stopped = [a for a in seen.actions() if a.status != "completed"]
    if not stopped:
        return "le préalable n'a pas été observé"
    last = stopped[-1]
    words = f" : « {last.messages[0][:200]} »" if last.messages else ", sans un mot"
    return f"« {last.name} » {last.said} par le logiciel{words}"


def _keyed(check: Check, requirement: Requirement, finding: Finding, case: str) -> Judged:
    verdict = finding.verdict
    next = finding.next
    if not next and verdict is not Verdict.PASSED:
        next = f"fse homologate --only {case}, puis lire ses échanges dans le rapport"
    if verdict is Verdict.FAILED and requirement.keyword != "MUST":
        verdict = Verdict.WARNING
    return Judged(
        check.id,
        requirement.id,
        requirement.keyword,
        check.basis,
        verdict,
        finding.expected,
        finding.received,
        finding.cause,
        next,
        finding.references,
    )
