"""Advice as a terminal shows it: whole when it is new, one line when its count has doubled, a summary at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import typer

from coach.advice import Advice, Coach
from coach.rules.data import Severity
from terminal.plain import plain

_LABELS = {
    "fault": ("FAUTE", typer.colors.RED),
    "warning": ("AVERTISSEMENT", typer.colors.YELLOW),
    "hint": ("CONSEIL", typer.colors.CYAN),
}
_TOTALS: dict[Severity, str] = {"fault": "faute(s)", "warning": "avertissement(s)", "hint": "conseil(s)"}


def whole(advice: Advice) -> Iterator[str]:
    """Every line of a piece of advice, with the exchanges that caused it and the command that shows them."""
    told = advice.as_json()
    yield f"{_label(told)}  {told['title']} [{told['rule']}], {_who(told)}"
    yield f"  Ici       : {told['detail']}"
    yield f"  Pourquoi  : {told['why']}"
    yield f"  À changer : {told['change']}"
    if told["requirements"]:
        yield f"  Annonce   : {', '.join(told['requirements'])}"
    for each in [*told["earlier"], *told["exchanges"][-1:]]:
        yield f"  Échange   : {_exchange(each)}"
        yield f"              {each['see']}"
    for subscription in told["subscriptions"]:
        yield f"  Abonnement : {plain(subscription)}"
    yield ""


def counted(advice: Advice) -> str:
    """One line: that it happened again, and where."""
    told = advice.as_json()
    last = "".join(f", n° {each['seq']}" for each in told["exchanges"][-1:])
    return f"{_label(told)}  ×{told['count']} {told['rule']}, {_who(told)}{last}"


def summary(coach: Coach) -> Iterator[str]:
    """A line for each piece of advice, and the totals."""
    advice = coach.all()
    for each in advice:
        told = each.as_json()
        numbers = ", ".join(str(exchange["seq"]) for exchange in told["exchanges"])
        where = f" (n° {numbers})" if numbers else ""
        yield f"{_label(told)}  ×{told['count']}  {told['title']} [{told['rule']}], {_who(told)}{where}"
    totals = Counter(each.rule.severity for each in advice)
    found = ", ".join(f"{totals[severity]} {name}" for severity, name in _TOTALS.items())
    yield f"Monde {plain(coach.world)}, {coach.seen} échange(s) lu(s) : {found if advice else 'rien à redire'}."


class Flood:
    """What was shown already: a piece of advice is said again only when its count has doubled."""

    def __init__(self) -> None:
        self._shown: dict[tuple[str, str], int] = {}

    def lines(self, changed: Sequence[Advice]) -> Iterator[str]:
        for each in changed:
            what = each.rule.id, each.client
            before = self._shown.get(what)
            if before is not None and before <= each.count < 2 * before:
                continue
            self._shown[what] = each.count
            if before is None:
                yield from whole(each)
            else:
                yield counted(each)


def _label(told: Mapping[str, Any]) -> str:
    name, color = _LABELS[told["severity"]]
    return typer.style(name, fg=color, bold=True)


def _who(told: Mapping[str, Any]) -> str:
    return f"logiciel {told['client_id']}"


def _exchange(each: Mapping[str, Any]) -> str:
    at = str(each["real_time"])[11:19]
    operation = f" ({each['operation']})" if each["operation"] else ""
    return f"n° {each['seq']}, {at} UTC, {each['request']}{operation} → {each['status']}, trace {each['trace_id']}"
