"""`fse clock`: the time of a world. Heavy imports stay inside the commands."""

from __future__ import annotations

import re
from typing import Annotated, Any

import typer

from terminal.saying import JsonOption, refuse, say
from workbench.running import DEFAULT_WORLD, SimulatorOption, TokenFileOption, WorldOption, bench

SECONDS = {"s": 1, "min": 60, "h": 3_600, "d": 86_400, "j": 86_400, "w": 604_800, "y": 31_536_000, "a": 31_536_000}
_PART = re.compile(r"(\d{1,12})(s|min|h|d|j|w|y|a)")
KINDS = {
    "claim": "remboursement",
    "claim-received": "saisie finie, remboursement décidé",
    "claim-adjudicated": "remboursement ordonné",
    "claim-rechecked": "remboursement réexaminé ordonné",
    "claim-ordered": "remboursement payé",
    "claim-awaiting_document": "fin de l'attente d'une pièce",
    "claim-awaiting_prior_approval": "fin de l'attente d'un accord préalable",
    "claim-medical_review": "fin d'un contrôle",
    "claim-contested": "contestation réexaminée",
    "prior-approval-granted": "accord préalable donné d'office",
    "lease-end": "fin d'un bail",
    "sheet-expiry": "fin de validité d'une feuille",
    "webhook": "essai d'un webhook",
    "source": "traitement arrêté",
}
"""Kind of the agenda → what a person reads."""


def register(app: typer.Typer) -> None:
    """Mount this room's commands."""
    clock = typer.Typer(help="L'heure d'un monde : la lire, l'avancer, voir ce qu'elle apporte.", no_args_is_help=True)
    clock.command("show")(show)
    clock.command("set")(set_to)
    clock.command("advance")(advance)
    clock.command("step")(step)
    clock.command("agenda")(agenda)
    app.add_typer(clock, name="clock")


def show(
    world: WorldOption = DEFAULT_WORLD,
    simulator: SimulatorOption = "",
    bench_token_file: TokenFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lire l'heure d'un monde.

    Exemple : fse clock show --world default
    """
    with bench(simulator, bench_token_file) as running:
        _tell(running.clock(world), as_json)


def set_to(
    instant: Annotated[str, typer.Argument(metavar="INSTANT", help="Comme 2026-12-01T09:00:00Z.")] = "",
    frozen: Annotated[bool, typer.Option("--frozen", help="L'horloge est figée.")] = False,
    running_clock: Annotated[bool, typer.Option("--running", help="L'horloge court.")] = False,
    world: WorldOption = DEFAULT_WORLD,
    simulator: SimulatorOption = "",
    bench_token_file: TokenFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Mettre un monde à une heure, figer son horloge ou la faire courir. Elle ne recule jamais.

    Exemple : fse clock set 2026-12-01T09:00:00Z --frozen --world essai-1
    """
    if frozen and running_clock:
        refuse("une horloge est figée (--frozen) ou court (--running), pas les deux.")
    if not (instant or frozen or running_clock):
        refuse("donner un instant, --frozen ou --running.")
    mode = "frozen" if frozen else "running" if running_clock else None
    with bench(simulator, bench_token_file) as running:
        _tell(running.set_clock(world, instant or None, mode), as_json)


def advance(
    duration: Annotated[str, typer.Argument(metavar="DURÉE", help="Comme 90s, 15min, 2h, 3d (3j), 2w, 10y, 1d12h.")],
    world: WorldOption = DEFAULT_WORLD,
    simulator: SimulatorOption = "",
    bench_token_file: TokenFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Avancer l'horloge d'un monde : tout ce qui est dû entre-temps se fait, à sa date.

    Exemple : fse clock advance 3d --world essai-1
    """
    seconds = _seconds(duration)
    with bench(simulator, bench_token_file, timeout_s=120) as running:
        _tell(running.advance(world, seconds), as_json)


def step(
    world: WorldOption = DEFAULT_WORLD,
    simulator: SimulatorOption = "",
    bench_token_file: TokenFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Avancer jusqu'au premier instant de l'agenda ; dit ce qui s'est fait.

    Exemple : fse clock step --world essai-1
    """
    with bench(simulator, bench_token_file) as running:
        _tell(running.step(world), as_json)


def agenda(
    limit: Annotated[int, typer.Option("--limit", min=1, max=500, help="Combien d'échéances.")] = 20,
    world: WorldOption = DEFAULT_WORLD,
    simulator: SimulatorOption = "",
    bench_token_file: TokenFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Voir ce que l'horloge apportera : le premier d'abord, puis ce qui a échoué.

    Exemple : fse clock agenda --world essai-1 --limit 5
    """
    with bench(simulator, bench_token_file) as running:
        found = running.agenda(world, limit)
    coming = [_due(one) for one in found["agenda"]] or ["Rien n'est attendu."]
    failed = [f"en échec : {_due(one)} ({one['error']})" for one in found["failed"]]
    say(found, as_json, [_said(found), *coming, *failed])


def _tell(found: dict[str, Any], as_json: bool) -> None:
    say(found, as_json, [_said(found), *map(_due, found.get("fired", ()))])


def _said(clock: dict[str, Any]) -> str:
    return f"{clock['now']} ({'figée' if clock['mode'] == 'frozen' else 'elle court'})"


def _due(one: dict[str, Any]) -> str:
    return f"  {one['at']}  {KINDS.get(one['kind'], one['kind'])} : {one['subject']}"


def _seconds(text: str) -> int:
    """``1d12h`` in seconds; ends with one French line."""
    parts = _PART.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        refuse(f"« {text} » n'est pas une durée (exemples : 90s, 15min, 2h, 3d, 2w, 10y, 1d12h).")
    return sum(int(number) * SECONDS[unit] for number, unit in parts)
