"""`fse clock`: the time of a world. Heavy imports stay inside the commands."""

from __future__ import annotations

from typing import Any

import typer

from terminal.saying import JsonOption, print_json
from workbench.running import DEFAULT_WORLD, SimulatorOption, TokenFileOption, WorldOption, bench


def register(app: typer.Typer) -> None:
    """Mount this room's commands."""
    clock = typer.Typer(help="L'heure d'un monde : la lire, l'avancer.", no_args_is_help=True)
    clock.command("show")(show)
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
        found = running.clock(world)
    if as_json:
        print_json(found)
    else:
        typer.echo(_said(found))


def _said(clock: dict[str, Any]) -> str:
    return f"{clock['now']} ({'figée' if clock['mode'] == 'frozen' else 'elle court'})"
