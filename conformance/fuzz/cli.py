"""`fse fuzz platform`: throw unexpected requests at a platform and see whether it keeps its own contract."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from terminal.plain import plain

HELP = """Fuzz de la plateforme : requêtes imprévues, contrat OpenAPI publié pour juge (Schemathesis).

Sans --simulator, un simulateur est démarré en mémoire pour la durée du fuzz.

Exemple : fse fuzz platform --seed 7 --max-examples 30

Codes de sortie : 0 rien à redire ; 1 des écarts, chacun avec la commande curl qui le reproduit ;
2 demande ou configuration incorrecte.
"""


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="Fuzz : entrées imprévues.", no_args_is_help=True)
    group.command("platform", help=HELP)(platform)
    group.callback()(lambda: None)
    app.add_typer(group, name="fuzz")


def platform(
    simulator: Annotated[str, typer.Option(help="Adresse d'un simulateur déjà démarré.")] = "",
    bench_token_file: Annotated[Path | None, typer.Option(help="Fichier du jeton de banc.")] = None,
    seed: Annotated[int, typer.Option(help="Graine : même graine, mêmes requêtes.")] = 2026,
    max_examples: Annotated[int, typer.Option(min=1, max=1000, help="Cas aléatoires par opération.")] = 20,
    allow_remote: Annotated[bool, typer.Option(help="Accepter un simulateur hors de cette machine.")] = False,
) -> None:
    from contextlib import closing

    from client.bench import BenchClient
    from client.http import PlatformUnreachable, Refused
    from client.launch import LaunchError, reach
    from conformance.fuzz.runner import FuzzFault, run

    try:
        with (
            reach(simulator, bench_token_file, allow_remote=allow_remote) as (url, token),
            closing(BenchClient(url, token)) as bench,
        ):
            outcome = run(bench, seed=seed, max_examples=max_examples)
    except (PlatformUnreachable, Refused, LaunchError, FuzzFault, OSError) as error:
        where = f"{simulator} : " if simulator and isinstance(error, PlatformUnreachable) else ""
        typer.echo(f"Fuzz impossible : {where}{plain(str(error), 2_000)}", err=True)
        raise typer.Exit(2) from None
    _print(outcome, f"fse fuzz platform --seed {seed} --max-examples {max_examples}")
    raise typer.Exit(1 if outcome.findings or outcome.errors else 0)


def _print(outcome: Any, again: str) -> None:
    typer.echo(f"Fuzz : {outcome.cases} requêtes sur {len(outcome.operations)} opérations.")
    for error in outcome.errors:
        typer.echo(f"  non essayée : {error['operation']} — {plain(error['message'], 2_000)}")
    for rank, finding in enumerate(outcome.findings, 1):
        typer.echo(f"\nÉcart {rank} — {finding['operation']} : {finding['check']} (réponse {finding['status']})")
        for line in finding["message"].splitlines()[:6]:
            typer.echo(f"  {plain(line, 2_000)}")
        typer.echo(f"  Reproduire : {plain(finding['curl'], 10_000)}")
    if outcome.findings or outcome.errors:
        typer.echo(f"\n{len(outcome.findings)} écart(s) au contrat publié.")
        typer.echo(f"Rejouer : {again}")
    else:
        typer.echo("Aucun écart au contrat publié.")
