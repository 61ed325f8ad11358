"""`fse coach`: advice on what a software does to a world, while it does it. Heavy imports stay inside the command."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Any

import typer

from terminal.saying import JsonOption, say
from workbench.running import DEFAULT_WORLD, SimulatorOption, TokenFileOption, WorldOption, bench

if TYPE_CHECKING:
    from client.bench import BenchClient
    from coach.advice import Advice, Coach

WAIT_S = 5
"""How long the journal is waited for before the clock and the webhooks are looked at again."""
REST_S = 0.5


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
    from client.http import PlatformUnreachable, Refused
    from coach.advice import Coach

    with bench(simulator, bench_token_file) as running:
        probes = running.probe_webhooks(world)["probes"] if probe_webhooks else []
        pupil = Coach(world, client)
        if once:
            _judge(running, pupil, running.journal(world), probes)
        else:
            try:
                _follow(running, pupil, probes, as_json)
            except (Refused, PlatformUnreachable):  # the world, or the simulator, is gone: what was seen is still said
                if pupil.seen:
                    _conclude(pupil, as_json, once, ended=False)
                raise
    _conclude(pupil, as_json, once)


def _follow(running: BenchClient, pupil: Coach, probes: list[Any], as_json: bool) -> None:
    """Until Ctrl-C."""
    from client.http import Refused
    from coach.saying import Flood

    flood = Flood()
    if not as_json:
        typer.echo(f"Le coach suit le monde {pupil.world} ; Ctrl-C pour arrêter.")
    with suppress(KeyboardInterrupt):
        news: list[Any] = list(running.journal(pupil.world))
        while True:
            changed = _judge(running, pupil, news, probes)
            for line in map(_as_line, changed) if as_json else flood.lines(changed):
                typer.echo(line)
            time.sleep(REST_S if news else 0)  # what a busy world exchanges meanwhile comes in one page
            try:
                page = running.journal_page(pupil.world, after=pupil.last, wait=WAIT_S)
            except Refused:
                running.world(pupil.world)  # it raises, unless the world has just been brought back
                page = {"exchanges": [], "next": 0}
            if page["next"] < pupil.last:
                pupil.forget()
                typer.echo("Le monde est revenu à un état antérieur : le coach recommence.", err=True)
            news = page["exchanges"]


def _judge(running: BenchClient, pupil: Coach, news: Iterable[Any], probes: list[Any]) -> list[Advice]:
    """Read what is new: the advice that is new or counts more."""
    from coach.exchange import instant

    exchanges = list(news)
    now = instant(running.clock(pupil.world)["now"]) or 0.0
    return pupil.read(exchanges, running.deliveries(pupil.world), probes, now)


def _as_line(advice: Advice) -> str:
    return json.dumps(advice.as_json(), ensure_ascii=False, separators=(",", ":"))


def _conclude(pupil: Coach, as_json: bool, once: bool, *, ended: bool = True) -> None:
    from coach.saying import summary, whole

    if once or not as_json:  # else each piece of advice was a line of JSON, and nothing is left to say
        told = [line for each in pupil.all() for line in whole(each)] if once else []
        advice = [each.as_json() for each in pupil.all()]
        say({"world": pupil.world, "exchanges": pupil.seen, "advice": advice}, as_json, [*told, *summary(pupil)])
    if ended and pupil.faults():
        raise typer.Exit(1)
