"""`fse token`: access tokens of every kind, right and wrong. Heavy imports stay inside the commands."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from terminal.saying import JsonOption, print_json, say
from workbench.running import DEFAULT_WORLD, SimulatorOption, TokenFileOption, WorldOption, bench

ClientOption = Annotated[
    str | None,
    typer.Option("--client", metavar="LOGICIEL", help="Logiciel enregistré ; par défaut, le premier du monde."),
]


def register(app: typer.Typer) -> None:
    """Mount this room's commands."""
    token = typer.Typer(help="Des jetons de tous les genres, bons et mauvais.", no_args_is_help=True)
    token.command("mint")(mint)
    token.command("kinds")(kinds)
    app.add_typer(token, name="token")


def mint(
    kind: Annotated[str, typer.Argument(metavar="GENRE", help="Genre ; les lister : fse token kinds.")] = "valid",
    persona: Annotated[
        str | None, typer.Option("--persona", help="Personne du banc, INPE, immatriculation/rang, ou software.")
    ] = None,
    client: ClientOption = None,
    scope: Annotated[str | None, typer.Option("--scope", help="Moins d'habilitations que toutes.")] = None,
    life: Annotated[int, typer.Option("--life", min=1, max=31_536_000, help="Durée, en secondes du monde.")] = 600,
    world: WorldOption = DEFAULT_WORLD,
    simulator: SimulatorOption = "",
    bench_token_file: TokenFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fabriquer un jeton d'accès, et dire ce que la plateforme doit en répondre.

    Le jeton seul est écrit sur la sortie ; le reste, sur la sortie d'erreur.

    Exemple : JETON=$(fse token mint expired --persona gp)
    """
    with bench(simulator, bench_token_file) as running:
        made = running.mint_token(world, kind=kind, persona=persona, client=client, scope=scope, life_s=life)
    if as_json:
        print_json(made)
        return
    typer.echo(f"{made['title']} : {expected(made['expected'])} sur {made['against']}.", err=True)
    for change in made["changed"]:
        typer.echo(f"Au passage, {change}.", err=True)
    typer.echo(made["token"])


def kinds(as_json: JsonOption = False) -> None:
    """Les genres de jetons, et ce que la plateforme répond à chacun.

    Exemple : fse token kinds
    """
    from fixtures.loader import read

    found = [{"kind": name, **said} for name, said in read("tokens.yaml").items()]
    say({"kinds": found}, as_json, [f"{one['kind']:24} {expected(one):34} {one['title']}" for one in found])


def expected(answer: dict[str, Any]) -> str:
    """``401 token-expired``."""
    return f"{answer['status']} {answer.get('problem') or 'accepté'}"
