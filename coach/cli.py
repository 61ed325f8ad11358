"""`fse coach`: advice on what a software does to a world, while it does it. Heavy imports stay inside the command."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from terminal.saying import JsonOption, print_json
from workbench.running import DEFAULT_WORLD, SimulatorOption, TokenFileOption, WorldOption, bench

if TYPE_CHECKING:
    from client.bench import BenchClient
    from coach.advice import Coach

POLL_S = 1.0
DELIVERIES_EVERY = 10


def register(app: typer.Typer) -> None:
    """Mount this room's command."""
    app.command("coach")(coach)


def coach(
    world: WorldOption = DEFAULT_WORLD,
    client: Annotated[str, typer.Option("--client", metavar="LOGICIEL", help="Ne juger que ce client_id.")] = "",
    once: Annotated[bool, typer.Option("--once", help="Juger ce qui est déjà là, et s'arrêter.")] = False,
    probe_webhooks: Annotated[
        bool,
        typer.Option(
            "--probe-webhooks",
            help="D'abord, envoyer à chaque abonnement du monde des webhooks mal signés : qui les accepte a tort.",
        ),
    ] = False,
    simulator: SimulatorOption = "",
    bench_token_file: TokenFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Conseiller un logiciel d'après ce qu'il fait, sans pilote.

    Suit le journal d'un monde et dit ce qui ferait échouer l'homologation ou souffrir en production : l'échange en
    cause, pourquoi, que changer. Ctrl-C arrête et résume. Avec --once, juge ce qui est là. Code 1 s'il y a une faute.

    Exemple : fse coach --world default --once
    """
    from coach.advice import Coach

    with bench(simulator, bench_token_file) as running:
        probes = running.probe_webhooks(world)["probes"] if probe_webhooks else []
        pupil = Coach(world, client)
        if once:
            read = _read(running, pupil, True, probes)[1]
        else:
            read = _follow(running, pupil, probes, as_json)
    _conclude(pupil, read, as_json, once)


def _follow(running: BenchClient, pupil: Coach, probes: list[Any], as_json: bool) -> int:
    """Until Ctrl-C; how many exchanges were read."""
    from coach.saying import Flood

    flood, total, turn = Flood(), 0, 0
    if not as_json:
        typer.echo(f"Le coach suit le monde {pupil.world} ; Ctrl-C pour arrêter.")
    try:
        while True:
            changed, read = _read(running, pupil, turn % DELIVERIES_EVERY == 0, probes if turn == 0 else [])
            total, turn = total + read, turn + 1
            if as_json:
                for each in changed:
                    typer.echo(json.dumps(each.as_json(), ensure_ascii=False))
            else:
                for line in flood.lines(changed):
                    typer.echo(line)
            time.sleep(POLL_S)
    except KeyboardInterrupt:
        typer.echo("", err=True)
    return total


def _read(running: BenchClient, pupil: Coach, deliveries: bool, probes: list[Any]) -> tuple[list[Any], int]:
    """Read what is new: (advice that is new or counts more, how many exchanges)."""
    from coach.exchange import instant

    now = instant(running.clock(pupil.world)["now"]) or 0.0
    news = list(running.journal(pupil.world, pupil.last))
    sent = running.deliveries(pupil.world) if deliveries else []
    return pupil.read(news, sent, probes, now), len(news)


def _conclude(pupil: Coach, read: int, as_json: bool, once: bool) -> None:
    from coach.saying import summary, whole

    if as_json and once:
        print_json({"world": pupil.world, "exchanges": read, "advice": [each.as_json() for each in pupil.all()]})
    elif not as_json:
        for line in [line for each in pupil.all() if once for line in whole(each)]:
            typer.echo(line)
        for line in summary(pupil, read):
            typer.echo(line)
    if pupil.faults():
        raise typer.Exit(1)
