"""`fse fuzz platform`: throw unexpected requests at a platform and see whether it keeps its own contract."""

from __future__ import annotations

from typing import Annotated

import typer

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
    bench_token: Annotated[
        str,
        typer.Option(envvar="FSE_BENCH_TOKEN", help="Jeton du banc de ce simulateur.", show_default=False),
    ] = "",
    seed: Annotated[int, typer.Option(help="Graine : même graine, mêmes requêtes.")] = 2026,
    max_examples: Annotated[int, typer.Option(min=1, max=1000, help="Cas aléatoires par opération.")] = 20,
    allow_remote: Annotated[bool, typer.Option(help="Accepter un simulateur hors de cette machine.")] = False,
) -> None:
    from client.http import PlatformUnreachable, Refused
    from client.launch import LaunchError, is_loopback
    from conformance.fuzz.runner import FuzzFault

    if simulator and not allow_remote and not is_loopback(simulator):
        _stop(f"{simulator} n'est pas sur cette machine. Ajoutez --allow-remote si vous en avez le droit.")
    if simulator and not bench_token:
        _stop("avec --simulator, donnez le jeton du banc (--bench-token ou FSE_BENCH_TOKEN).")
    try:
        found = _fuzz(simulator, bench_token, seed, max_examples)
    except (PlatformUnreachable, Refused, LaunchError, FuzzFault, OSError) as error:
        _stop(f"{simulator} : {error}" if simulator else str(error))
    raise typer.Exit(1 if found else 0)


def _fuzz(url: str, token: str, seed: int, max_examples: int) -> bool:
    from contextlib import ExitStack, closing

    from client.bench import BenchClient
    from client.launch import simulator as own_simulator
    from conformance.fuzz.runner import run

    with ExitStack() as stack:
        if not url:
            running = stack.enter_context(own_simulator())
            url, token = running.url, running.bench_token
        bench = stack.enter_context(closing(BenchClient(url, token)))
        outcome = run(bench, seed=seed, max_examples=max_examples)
    typer.echo(f"Fuzz : {outcome.cases} requêtes sur {len(outcome.operations)} opérations, graine {seed}.")
    for error in outcome.errors:
        typer.echo(f"  non essayée : {error['operation']} — {error['message']}")
    for rank, finding in enumerate(outcome.findings, 1):
        typer.echo(f"\nÉcart {rank} — {finding['operation']} : {finding['check']} (réponse {finding['status']})")
        for line in finding["message"].splitlines()[:6]:
            typer.echo(f"  {line}")
        typer.echo(f"  Reproduire : {finding['curl']}")
    if outcome.findings or outcome.errors:
        typer.echo(f"\n{len(outcome.findings)} écart(s) au contrat publié.")
        typer.echo(f"Rejouer : fse fuzz platform --seed {seed} --max-examples {max_examples}")
    else:
        typer.echo("Aucun écart au contrat publié.")
    return bool(outcome.findings or outcome.errors)


def _stop(message: str) -> None:
    typer.echo(f"Fuzz impossible : {message}", err=True)
    raise typer.Exit(2)
