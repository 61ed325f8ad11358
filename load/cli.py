"""`fse load`: a load run against a simulator, its verdict, its result file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from terminal.plain import plain

HELP = """Charge : prescripteurs et pharmaciens simulés, verdict face aux objectifs et aux invariants.

Sans --simulator, un simulateur est démarré en mémoire pour la durée de la charge.

Exemple : fse load --profile smoke --duration 30

Codes de sortie : 0 tout tient ; 1 un objectif manqué ou un invariant rompu ; 2 demande ou configuration
incorrecte ; 3 panne du générateur.
"""


def register(app: typer.Typer) -> None:
    app.command("load", help=HELP)(load)


def load(
    profile: Annotated[str, typer.Option(help="Nom d'un profil livré, ou chemin d'un fichier .toml.")] = "smoke",
    simulator: Annotated[str, typer.Option(help="Adresse d'un simulateur déjà démarré.")] = "",
    bench_token_file: Annotated[Path | None, typer.Option(help="Fichier du jeton de banc.")] = None,
    duration: Annotated[int | None, typer.Option(help="Durée en secondes (celle du profil par défaut).")] = None,
    rate: Annotated[float | None, typer.Option(help="Requêtes par seconde (celles du profil par défaut).")] = None,
    seed: Annotated[str, typer.Option(help="Graine du monde et des tirages.")] = "banc-fse-charge",
    runs: Annotated[Path, typer.Option(help="Dossier des résultats.")] = Path("runs"),
    allow_remote: Annotated[bool, typer.Option(help="Accepter un simulateur hors de cette machine.")] = False,
) -> None:
    from contextlib import closing

    from client.bench import BenchClient
    from client.http import PlatformUnreachable, Refused
    from client.launch import LaunchError, reach
    from load.profile import ProfileError, load_profile
    from load.runner import HarnessFault, run

    try:
        chosen = load_profile(profile, duration_s=duration, rate=rate)
        command = " ".join(["fse", *sys.argv[1:]])
        with (
            reach(simulator, bench_token_file, allow_remote=allow_remote) as (url, token),
            closing(BenchClient(url, token, timeout=120.0)) as bench,
        ):
            document, folder = run(chosen, bench, seed=seed, runs=runs, command=command, say=typer.echo)
    except (ProfileError, PlatformUnreachable, Refused, LaunchError, OSError) as error:
        where = f"{simulator} : " if simulator and isinstance(error, PlatformUnreachable) else ""
        typer.echo(f"Charge impossible : {where}{plain(str(error), 2_000)}", err=True)
        raise typer.Exit(2) from None
    except HarnessFault as error:
        typer.echo(f"Panne du générateur de charge : {plain(str(error), 2_000)}", err=True)
        raise typer.Exit(3) from None
    _print(document, folder)
    raise typer.Exit(document["exit_code"])


def _print(document: dict[str, Any], folder: Path) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    table = Table(title=f"Charge « {document['profile']['id']} »", title_justify="left")
    for column, justify in (("objectif", "left"), ("demandé", "right"), ("obtenu", "right"), ("", "center")):
        table.add_column(column, justify="right" if justify == "right" else "left")
    for row in document["objectives"]:
        table.add_row(row["name"], row["asked"], row["got"], "tenu" if row["held"] else "[red]MANQUÉ[/red]")
    console.print(table)
    for rule in document["invariants"]:
        console.print(f"  {'tenu ' if rule['held'] else '[red]ROMPU[/red]'}  {rule['invariant']}")
        for violation in rule["violations"][:5]:
            console.print(f"         feuille {violation['sheet']} : {violation['detail']}", markup=False)
    for error in document["errors"][:5]:
        console.print(f"  {error['times']} × {error['operation']} : {error['error'][:160]}", markup=False)
    volume = document["volume"]
    verdict = "tient la charge" if document["exit_code"] == 0 else "NE TIENT PAS la charge"
    console.print(
        f"Verdict : {verdict} — {volume['care_sheets']} feuilles, {volume['executions']} exécutions,"
        f" {volume['rivals_refused']} refus au second comptoir, {volume['replays']} rejeux.",
        soft_wrap=True,
    )
    console.print(f"Détail : {folder / 'result.json'}", soft_wrap=True)
