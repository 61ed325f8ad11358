"""What a fault answers in the place of the platform, or makes of its answer. Pure but for the catalogue of problems."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from simulator.faults.kinds import STATUSES
from simulator.faults.model import Fault
from simulator.faults.service import Occurrence
from simulator.kit import clock, limits
from simulator.kit.answer import JSON, Whole
from simulator.kit.context import Context
from simulator.kit.problems import MEDIA_TYPE, render

ADDED = "champ_que_le_contrat_ne_connait_pas"
VALUE = "valeur-que-le-contrat-ne-connait-pas"
PAGE = (
    "<!doctype html><html lang=fr><meta charset=utf-8><title>Connexion au réseau</title>"
    "<h1>Connexion au réseau</h1><p>Ouvrez une session pour continuer.</p></html>"
)


def cut() -> Whole:
    """No answer at all."""
    return Whole(0, {}, b"")


def failing(status: int | None) -> Whole:
    """As what stands in front of the platform says it, in no catalogue; no status: no answer."""
    if status is None:
        return cut()
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    return Whole(status, {"content-type": MEDIA_TYPE}, json.dumps(body, separators=(",", ":")).encode())


def _told(met: Occurrence, _: Context) -> Whole:
    return failing(met.fault.status)


def _drawn(met: Occurrence, _: Context) -> Whole:
    return failing(met.fault.status or STATUSES[met.drawn[-1] % len(STATUSES)])


def _storm(met: Occurrence, ctx: Context) -> Whole:
    problem = limits.exhausted(ctx.world.rate_limit, ctx.now, met.fault.option("retry_after_s"))
    language = ctx.headers.get("accept-language")
    return Whole(
        *render(problem, issuer=ctx.world.issuer, instance=ctx.path, trace_id=ctx.trace_id, accept_language=language)
    )


def _page(met: Occurrence, _: Context) -> Whole:
    return Whole(met.fault.option("status"), {"content-type": "text/html; charset=utf-8"}, PAGE.encode())


INSTEAD: Mapping[str, Callable[[Occurrence, Context], Whole]] = {
    "before-authentication": _told,
    "connection-reset": lambda *_: cut(),
    "rate-limit-storm": _storm,
    "server-errors": _drawn,
    "html": _page,
}
"""Kind → what is answered in the place of the platform, which does nothing."""


def _with_fields(met: Occurrence, value: Any, places: list[str], at: str = "") -> Any:
    if isinstance(value, list):
        return [_with_fields(met, one, places, f"{at}/{rank}") for rank, one in enumerate(value)]
    if not isinstance(value, dict):
        return value
    places.append(f"{at}/{ADDED}")
    return {**{k: _with_fields(met, v, places, f"{at}/{k}") for k, v in value.items()}, ADDED: "?"}


def _with_value(met: Occurrence, value: Any, places: list[str], at: str = "") -> Any:
    if isinstance(value, list):
        return [_with_value(met, one, places, f"{at}/{rank}") for rank, one in enumerate(value)]
    if not isinstance(value, dict):
        return value
    told = {}
    for name, inner in value.items():
        if name == met.fault.option("member") and isinstance(inner, str):
            places.append(f"{at}/{name}")
            told[name] = VALUE
        else:
            told[name] = _with_value(met, inner, places, f"{at}/{name}")
    return told


def _skewed(met: Occurrence, value: Any, _: list[str]) -> Any:
    """The health of a world says its time."""
    if isinstance(value, dict) and set(value) >= {"status", "simulator", "world", "time"}:
        return {**value, "time": clock.to_text(clock.parse(value["time"]) + timedelta(seconds=met.fault.seconds or 0))}
    return value


REWRITTEN: Mapping[str, Callable[[Occurrence, Any, list[str]], Any]] = {
    "unknown-field": _with_fields,
    "unknown-value": _with_value,
    "clock-skew": _skewed,
}
"""Kind → the JSON that is answered; the list is told the places that changed."""


def rewritten(met: Occurrence, answer: Whole, places: list[str]) -> Whole:
    """The answer, its JSON changed; any other body as it is."""
    change = REWRITTEN.get(met.fault.kind)
    media = answer.headers.get("content-type", "").partition(";")[0]
    if change is None or not answer.body or media not in (JSON, MEDIA_TYPE):
        return answer
    before = json.loads(answer.body)
    after = change(met, before, places)
    if after == before:
        return answer
    return Whole(answer.status, answer.headers, json.dumps(after, ensure_ascii=False, separators=(",", ":")).encode())


def spares(fault: Fault, answer: Whole, places: list[str]) -> bool:
    """Whether that answer has nothing that the fault could change: no such member, no object, no body to cut."""
    if fault.kind == "mid-body":
        return len(answer.body) < 2
    return fault.kind in ("unknown-field", "unknown-value") and not places
