"""One case as the template shows it."""

from __future__ import annotations

from reports import words
from reports.html.episodes import episodes, fold, folds, others
from reports.html.pictures import Album
from reports.html.view import Anchors, CaseView, CheckView, Link, StepView, facts, mark
from reports.model import BROKEN, OPEN, Case, Check, Step
from reports.source import text

_OUTCOMES = {
    "crashed": "Le logiciel s'est arrêté pendant le cas.",
    "timed_out": "Le logiciel n'a pas répondu dans le délai.",
    "harness_fault": "Le banc lui-même a échoué pendant le cas.",
}


def case_view(case: Case, known: frozenset[str], cases: frozenset[str], anchors: Anchors, album: Album) -> CaseView:
    """The view of a case. `known`, `cases`: requirements and cases that the page describes."""
    seen = {o.id for o in case.observations if o.kind in ("driver", "http")}
    checks = [_check(case, check, known, seen, anchors) for check in case.checks]
    notes = [case.reason, _OUTCOMES.get(case.outcome, case.outcome), case.error, *case.defects]
    about = (
        words.PROFESSIONS.get(case.profession, case.profession),
        words.NATURES.get(case.nature, case.nature),
    )
    return CaseView(
        anchor=anchors.of("cas", case.case),
        case=case.case,
        title=case.title,
        feature=case.feature,
        mark=mark(case.verdict),
        waived=case.waived,
        open=case.verdict in BROKEN | OPEN,
        duration=words.duration(case.duration_ms),
        about=" · ".join(part for part in about if part),
        twin=Link(case.twin, anchors.of("cas", case.twin) if case.twin in cases else "") if case.twin else None,
        differs=case.differs,
        notes=tuple(dict.fromkeys(note for note in notes if note)),
        requirements=tuple(_requirement(name, known, anchors) for name in case.requirements),
        steps=tuple(_step(step) for step in case.steps),
        findings=tuple(view for view, check in zip(checks, case.checks, strict=True) if check.verdict != "passed"),
        passed=tuple(view for view, check in zip(checks, case.checks, strict=True) if check.verdict == "passed"),
        episodes=episodes(case.case, case.observations, anchors),
        pictures=tuple(album.pictures(case.attachments)),
        facts=facts(
            (
                ("Monde", text(case.world.get("id"))),
                ("Graine du monde", text(case.world.get("seed"))),
                ("Émetteur", text(case.world.get("issuer"))),
                ("Couloir", case.lane),
                ("Nom donné au logiciel", case.opaque_id),
                ("Début", words.instant(case.started_at)),
            )
        ),
        folds=folds(fold("Stimuli, dans les mots du cas", dict(case.stimuli)), *others(case.observations)),
    )


def _step(step: Step) -> StepView:
    """A step; its duration only where it took some (10 ms), which is where someone would look."""
    told = words.duration(step.duration_ms) if (step.duration_ms or 0) >= 10 else ""
    return StepView(step.keyword.capitalize(), step.text, told)


def _check(case: Case, check: Check, known: frozenset[str], seen: set[str], anchors: Anchors) -> CheckView:
    return CheckView(
        mark=mark(check.verdict),
        check=check.check,
        keyword=words.KEYWORDS.get(check.keyword, check.keyword),
        strength=_strength(check.keyword),
        basis=words.BASES.get(check.basis, check.basis),
        requirement=_requirement(check.requirement, known, anchors),
        expected=check.expected,
        received=check.received,
        cause=check.cause,
        next=check.next,
        waived=check.waived,
        references=tuple(
            Link(name, anchors.of("obs", f"{case.case}/{name}") if name in seen else "") for name in check.references
        ),
    )


def _requirement(name: str, known: frozenset[str], anchors: Anchors) -> Link:
    return Link(name, anchors.of("exg", name) if name in known else "")


def _strength(keyword: str) -> str:
    """CSS class of a keyword, from a closed list."""
    return {"MUST": "must", "SHOULD": "should", "MAY": "may"}.get(keyword, "may")
