"""`fse persona`: who and what is special, in a world of the simulator that runs, or as printed without any."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from terminal.saying import JsonOption, refuse, say
from workbench.running import DEFAULT_WORLD, SimulatorOption, TokenFileOption, bench, quietly


def register(app: typer.Typer) -> None:
    """Mount this room's commands."""
    persona = typer.Typer(help="Les personnes et les valeurs particulières du banc.", no_args_is_help=True)
    persona.callback()(lambda: None)
    persona.command("list")(listed)
    app.add_typer(persona, name="persona")


def listed(
    kind: Annotated[str, typer.Option("--kind", help="professional, beneficiary, medicine ou act.")] = "",
    world: Annotated[
        str,
        typer.Option(
            "--world", metavar="MONDE", help="Monde ; sans lui, default si un simulateur répond, sinon aucun."
        ),
    ] = "",
    simulator: SimulatorOption = "",
    bench_token_file: TokenFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Imprimer la table : la valeur à envoyer, son nom, ce qu'elle a de particulier.

    Les médicaments sont nommés d'après la liste du monde : celui qu'elle n'a pas est dit absent. Sans simulateur, la
    table est celle de la liste du banc.

    Exemple : fse persona list --kind beneficiary
    """
    from fixtures import magic

    if kind and kind not in magic.KINDS:
        refuse(f"--kind : {', '.join(magic.KINDS)}.")
    rows = _rows(world, simulator, bench_token_file)
    told = [row for row in rows if kind in ("", row["kind"])]
    lines: list[str] = []
    for name, title in magic.KINDS.items():
        found = [row for row in told if row["kind"] == name]
        lines += [title] if found else []
        lines += [f"  {one['value']:15} {one['persona'] or '':18} {one['name']:34} {one['special']}" for one in found]
    say({"personas": told}, as_json, lines)


def _rows(world: str, simulator: str, token_file: Path | None) -> list[dict[str, Any]]:
    """Of that world; of none in particular when none is named and no simulator answers here."""
    if world:
        with bench(simulator, token_file) as running:
            return [_row(**row) for row in running.personas(world)]
    from fixtures import magic

    found = quietly(simulator, token_file, lambda running: running.personas(DEFAULT_WORLD))
    if found is not None:
        return [_row(**row) for row in found]
    return [_row(row.kind, row.value, row.name, row.special, row.persona) for row in magic.table()]


def _row(kind: str, value: str, name: str, special: str, persona: str | None = None, **_: Any) -> dict[str, Any]:
    return {"kind": kind, "value": value, "name": name, "special": special, "persona": persona}
