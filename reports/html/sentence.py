"""The verdict in a sentence, and what it means: the first words that a certifier reads."""

from __future__ import annotations

from reports import words
from reports.model import BROKEN, OPEN, Requirement, Run

_CONSEQUENCES = {
    "conformant": "Aucune exigence obligatoire n'est en défaut et aucun contrôle n'est resté sans conclusion.",
    "conformant_with_reservations": "Aucune exigence obligatoire n'est en défaut sans dérogation ; "
    "les réserves ci-dessous restent à lever.",
    "non_conformant": "Chaque exigence en défaut est expliquée plus bas : attendu, reçu, cause probable, "
    "commande suivante.",
    "incomplete": "Une partie des contrôles n'a pas abouti : tant qu'ils restent ouverts, rien ne peut être "
    "conclu, ni en bien ni en mal.",
    "configuration_fault": "Ce n'est pas un jugement sur le logiciel : le raccordement au banc est à "
    "corriger, puis à relancer.",
    "harness_fault": "Ce n'est pas un jugement sur le logiciel : le défaut est celui du banc, à signaler à "
    "ses auteurs.",
}


def sentence(run: Run) -> str:
    """One French sentence: who, against what, with which result."""
    return _sentence(run).replace(" :", f"{words.NBSP}:")


def _sentence(run: Run) -> str:
    product = " ".join(p for p in (run.product.get("name"), run.product.get("version")) if p) or "Le logiciel"
    if run.altered:  # whatever verdict was kept, this page must not be able to say it
        return f"Rien ne peut être dit de {product} : les preuves ont été modifiées depuis la clôture."
    rules = f"au jeu d'exigences {run.suite.get('requirements', '')}".rstrip()
    if run.verdict == "conformant":
        return f"{product} est conforme {rules} : {_cases(run, 'passed')}."
    if run.verdict == "conformant_with_reservations":
        return f"{product} est conforme {rules}, avec {_reservations(run)}."
    if run.verdict == "non_conformant":
        return f"{product} n'est pas conforme {rules} : {_broken(run)}."
    if run.verdict == "incomplete":
        left = sum(case.verdict in OPEN for case in run.cases)
        whys = [words.counted(left, "cas sans conclusion", "cas sans conclusion")] if left else []
        why = f" : {', '.join([*whys, run.reason] if run.reason else whys)}" if whys or run.reason else ""
        return f"La conformité de {product} n'est pas établie{why}."
    if run.verdict == "configuration_fault":
        return f"{product} n'a pas été jugé : le banc n'a pas pu être raccordé au logiciel."
    if run.verdict == "harness_fault":
        return f"{product} n'a pas été jugé : le banc lui-même a échoué."
    return f"Verdict inconnu de cette version du rapport : « {run.verdict} »."


def consequence(run: Run) -> str:
    """What the verdict means for the reader, and what it does not cover; empty when unknown."""
    if run.altered:
        return "Le verdict conservé n'est pas repris ici. Reprendre la liasse d'origine, puis fse verify."
    means = _CONSEQUENCES.get(run.verdict, "")
    if run.reason:
        means = "Quelqu'un a voulu piloter le banc : chercher d'où vient l'appel, puis relancer la campagne."
    untested = sum(r.keyword == "MUST" and r.verdict == "not_tested" for r in run.requirements)
    if not means or not untested:
        return means
    left = words.counted(
        untested, "exigence obligatoire n'est pas éprouvée", "exigences obligatoires ne sont pas éprouvées"
    )
    return f"{means} {left} par cette version de la suite, chacune avec sa raison."


def _cases(run: Run, verdict: str) -> str:
    return words.counted(sum(case.verdict == verdict for case in run.cases), "cas réussi", "cas réussis")


def _broken(run: Run) -> str:
    must = [r for r in run.requirements if r.keyword == "MUST" and r.verdict in BROKEN and not _waived(run, r)]
    if must:
        return words.counted(
            len(must), "exigence obligatoire n'est pas tenue", "exigences obligatoires ne sont pas tenues"
        )
    return words.counted(sum(c.verdict in BROKEN for c in run.cases), "cas échoué", "cas échoués")


def _waived(run: Run, requirement: Requirement) -> bool:
    """Every broken check of the requirement is covered by a waiver, and there is one."""
    checks = (check for case in run.cases for check in case.checks if check.requirement == requirement.id)
    broken = [check for check in checks if check.verdict in BROKEN]
    return requirement.verdict == "failed" and bool(broken) and all(check.waived for check in broken)


def _reservations(run: Run) -> str:
    warnings = sum(check.verdict == "warning" for case in run.cases for check in case.checks)
    parts = [
        words.counted(warnings, "réserve") if warnings else "",
        words.counted(len(run.waivers), "dérogation") if run.waivers else "",
    ]
    return " et ".join(part for part in parts if part) or "réserves"
