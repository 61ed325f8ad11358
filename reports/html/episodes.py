"""The course of a case: each action asked of the software, its answer, its exchanges, what it changed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from reports import words
from reports.html.states import changes
from reports.html.view import Anchors, Episode, Exchange, Fold, Message
from reports.model import Observation
from reports.source import mapping, milliseconds, objects, text
from reports.text import laid_out, shortened

#: Characters of one body shown in the page; the evidence keeps the rest.
MAX_BODY = 12_000
_STATUSES = {
    "completed": ("accompli", "passed"),
    "refused": ("refusé", "aside"),
    "queued": ("mis en attente", "warning"),
    "failed": ("échoué", "broken"),
}
_STATE_TITLES = {"before": "État du simulateur avant", "after": "État du simulateur après"}
#: Whose exchange it is: the software's own goes without saying.
_PARTIES = {"software": "", "suite": "fait par le banc"}
_ACTIONS = {
    "configure": "Configurer le logiciel",
    "reset": "Remettre le logiciel à zéro",
    "check-rights": "Vérifier les droits",
    "issue": "Établir la feuille de soins",
    "print": "Imprimer l'ordonnance",
    "cancel": "Annuler la feuille de soins",
    "scan": "Lire le code",
    "execute": "Exécuter les lignes",
    "amend": "Corriger l'exécution",
    "synchronise": "Synchroniser",
    "consult-claim": "Consulter le remboursement",
    "describe-screen": "Décrire l'écran",
}


def fold(title: str, value: Any) -> Fold | None:
    """A folded block of a JSON value or of a raw text; None when there is nothing in it."""
    if value in (None, "", {}, []):
        return None
    raw = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)
    beginning, left_out = shortened(laid_out(raw), MAX_BODY)
    return Fold(title, beginning, words.counted(left_out, "caractère") if left_out else "")


def folds(*candidates: Fold | None) -> tuple[Fold, ...]:
    """Those that hold something."""
    return tuple(candidate for candidate in candidates if candidate is not None)


def episodes(case: str, seen: tuple[Observation, ...], anchors: Anchors) -> tuple[Episode, ...]:
    """Actions in order, each with what was seen in its course, then what belongs to none."""
    actions = [o for o in seen if o.kind == "driver"]
    known = {o.id for o in actions}
    told = [_course(case, o, [x for x in seen if x.during == o.id], anchors) for o in actions]
    stray = [o for o in seen if o.during not in known and o.kind in ("http", "state")]
    if stray:
        told.append(_course(case, None, stray, anchors))
    return tuple(told)


def _course(case: str, action: Observation | None, course: list[Observation], anchors: Anchors) -> Episode:
    data = action.data if action else {}
    outcome = mapping(data.get("outcome"))
    name, status = text(data.get("action")), text(outcome.get("status"))
    status_word, group = _STATUSES.get(status, (status or "sans réponse", "open"))
    states = [o for o in course if o.kind == "state"]
    before = next((o.data for o in states if o.label == "before"), None)
    after = next((o.data for o in reversed(states) if o.label == "after"), None)
    both = before is not None and after is not None
    differences = changes(_sheets(before), _sheets(after), "feuilles") if both else ()
    return Episode(
        anchor=_anchor(anchors, case, action.id) if action else "",
        id=action.id if action else "",
        title=_ACTIONS.get(name, name) if action else "Hors de toute action",
        status=status_word if action else "",
        group=group,
        about=words.duration(milliseconds(data.get("duration_ms"))),
        messages=tuple(
            Message(_level(text(m.get("level"))), text(m.get("text"))) for m in objects(outcome.get("messages"))
        ),
        folds=folds(
            fold("Demande au pilote", data.get("input")),
            fold("Réponse du pilote", {k: v for k, v in outcome.items() if k not in ("messages", "status")}),
        ),
        exchanges=tuple(_exchange(case, o, anchors) for o in course if o.kind == "http"),
        changes=differences,
        unchanged=both and not differences,
        states=_states(states, both and not differences),
    )


def _states(dumps: list[Observation], unchanged: bool) -> tuple[Fold, ...]:
    """The dumps, folded; one is enough when nothing changed."""
    if unchanged:
        return folds(fold("État du simulateur, avant comme après", dumps[0].data))
    return folds(*(fold(_STATE_TITLES.get(o.label, f"État « {o.label} »"), o.data) for o in dumps))


def _level(level: str) -> str:
    """A message's level, from the closed list: it becomes a CSS class."""
    return level if level in ("info", "warning", "error") else "info"


def _sheets(state: Mapping[str, Any] | None) -> Any:
    """The sheets of a dump: the instant it was taken at is no change of state."""
    found = state or {}
    return found.get("care_sheets", {k: v for k, v in found.items() if k != "now"})


def _exchange(case: str, seen: Observation, anchors: Anchors) -> Exchange:
    request, response = mapping(seen.data.get("request")), mapping(seen.data.get("response"))
    status = text(response.get("status"))
    problem = text(seen.data.get("problem"))
    query = text(request.get("query"))
    about = (
        _PARTIES.get(seen.label, seen.label),
        text(seen.data.get("operation")),
        problem,
        words.duration(milliseconds(seen.data.get("duration_ms"))),
        text(seen.data.get("world_time")),
    )
    return Exchange(
        anchor=_anchor(anchors, case, seen.id),
        id=seen.id,
        method=text(request.get("method")),
        path=text(request.get("path")) + (f"?{query}" if query else ""),
        status=status or "—",
        group="passed" if status[:1] == "2" else "aside" if status[:1] == "4" else "open",
        about=" · ".join(part for part in about if part),
        folds=folds(
            fold("En-têtes de la requête", _headers(request)),
            fold("Corps de la requête", _body(request)),
            fold("En-têtes de la réponse", _headers(response)),
            fold("Corps de la réponse", _body(response)),
        ),
    )


def _headers(side: Mapping[str, Any]) -> str:
    return "\n".join(f"{name}: {text(value)}" for name, value in sorted(mapping(side.get("headers")).items()))


def _body(side: Mapping[str, Any]) -> Any:
    encoded = text(side.get("body_base64"))
    return side.get("body") or (f"(binaire, base64)\n{encoded}" if encoded else "")


def _anchor(anchors: Anchors, case: str, observation: str) -> str:
    return anchors.of("obs", f"{case}/{observation}")


def others(seen: Iterable[Observation]) -> tuple[Fold, ...]:
    """Observations that are neither actions, exchanges nor states: worlds, documents, notes."""
    titles = {"world": "Monde", "document": "Document", "note": "Note"}
    # Stimuli are shown with the case's own words; the rest has its place in the episodes.
    kept = [o for o in seen if o.kind not in ("driver", "http", "state", "stimulus")]
    return folds(*(fold(f"{titles.get(o.kind, o.kind)} {o.id} — {o.label}".strip(" —"), o.data) for o in kept))
