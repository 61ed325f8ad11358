"""`fse journal`: what was exchanged with a world: read, followed, exported, signed. Heavy imports stay inside."""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from terminal.plain import plain
from terminal.saying import JsonOption, refuse, say
from terminal.system import reason
from workbench import exchanges as told
from workbench import sealing
from workbench.running import DEFAULT_WORLD, SimulatorOption, TokenFileOption, WorldOption, bench

if TYPE_CHECKING:
    from client.bench import BenchClient

REST_S = 0.2
LastOption = Annotated[int, typer.Option("--last", min=1, max=100_000, help="Combien d'échanges, depuis la fin.")]
HarOption = Annotated[Path | None, typer.Option("--har", metavar="FICHIER", help="HTTP Archive 1.2.")]
LinesOption = Annotated[
    Path | None, typer.Option("--jsonl", metavar="FICHIER", help="Un échange par ligne ; sans filtre, signé à la fin.")
]


def register(app: typer.Typer) -> None:
    """Mount this room's commands."""
    journal = typer.Typer(help="Le journal d'un monde : lire, suivre, exporter, signer.", no_args_is_help=True)
    for command in (show, follow, export, curl):
        journal.command(command.__name__)(command)
    sealing.register(journal)
    app.add_typer(journal, name="journal")


def show(
    world: WorldOption = DEFAULT_WORLD,
    last: LastOption = 50,
    operation: told.OperationOption = "",
    client: told.ClientOption = "",
    status: told.StatusOption = "",
    problem: told.ProblemOption = "",
    fault: told.FaultOption = "",
    number: told.NumberOption = "",
    since: told.SinceOption = "",
    until: told.UntilOption = "",
    method: told.MethodOption = "",
    path: told.PathOption = "",
    trace: told.TraceOption = "",
    simulator: SimulatorOption = "",
    bench_token_file: TokenFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lire les derniers échanges d'un monde, du plus ancien au plus récent.

    Une ligne : rang, heure du monde, statut, appel, opération, qui, durée, motif de refus, ce qui a changé.

    Exemple : fse journal show --status 4xx --last 20
    """
    filters = _filters(locals())
    with bench(simulator, bench_token_file) as running:
        if filters:
            found = list(deque(running.journal(world, **filters), last))
        else:
            found = list(deque(_from_the_end(running, world, last), last))
    say({"exchanges": found}, as_json, map(told.line, found) if found else ["Aucun échange."])


def follow(
    world: WorldOption = DEFAULT_WORLD,
    after: Annotated[
        int, typer.Option("--after", min=-1, help="Commencer après ce rang ; par défaut, par ce qui arrive.")
    ] = -1,
    operation: told.OperationOption = "",
    client: told.ClientOption = "",
    status: told.StatusOption = "",
    problem: told.ProblemOption = "",
    fault: told.FaultOption = "",
    number: told.NumberOption = "",
    method: told.MethodOption = "",
    path: told.PathOption = "",
    trace: told.TraceOption = "",
    simulator: SimulatorOption = "",
    bench_token_file: TokenFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Suivre le journal en direct, une ligne par échange, jusqu'à Ctrl-C ou la suppression du monde.

    Avec --json, un objet par ligne.

    Exemple : fse journal follow --client mon-logiciel
    """
    filters = _filters(locals())
    with suppress(KeyboardInterrupt), bench(simulator, bench_token_file, timeout_s=60.0) as running:
        for exchange in _live(running, world, after, filters):
            typer.echo(_as_line(exchange) if as_json else told.line(exchange))


def export(
    world: WorldOption = DEFAULT_WORLD,
    har: HarOption = None,
    jsonl: LinesOption = None,
    operation: told.OperationOption = "",
    client: told.ClientOption = "",
    status: told.StatusOption = "",
    problem: told.ProblemOption = "",
    fault: told.FaultOption = "",
    number: told.NumberOption = "",
    since: told.SinceOption = "",
    until: told.UntilOption = "",
    method: told.MethodOption = "",
    path: told.PathOption = "",
    trace: told.TraceOption = "",
    simulator: SimulatorOption = "",
    bench_token_file: TokenFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Écrire le journal dans un fichier : une archive HAR, ou un échange par ligne.

    Sans filtre, le fichier --jsonl se termine par un point de contrôle : « fse journal verify » dit ensuite si
    quelqu'un y a touché.

    Exemple : fse journal export --jsonl journal.jsonl
    """
    filters = _filters(locals())
    target = har or jsonl
    if target is None or (har and jsonl):
        refuse("donner --har FICHIER ou --jsonl FICHIER, l'un des deux.")
    with bench(simulator, bench_token_file, timeout_s=120.0) as running:
        if har:
            archive = running.journal_har(world, **filters)
            lines, count = [json.dumps(archive, ensure_ascii=False, indent=1)], len(archive["log"]["entries"])
        elif filters:
            lines = [_as_line(each) for each in running.journal(world, **filters)]
            count = len(lines)
        else:
            lines = sealing.sealed(running, world)
            count = len(lines) - 1
    try:
        target.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    except OSError as error:
        refuse(f"{target} ne s'écrit pas ({reason(error)}).")
    line = f"{target} : {sealing.counted(count)}{'' if har or filters else ', signés'}."
    say({"file": str(target), "exchanges": count, "signed": not (har or filters)}, as_json, [line])


def curl(
    seq: Annotated[int, typer.Argument(metavar="RANG", min=1, help="Rang de l'échange.")],
    world: WorldOption = DEFAULT_WORLD,
    simulator: SimulatorOption = "",
    bench_token_file: TokenFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Un échange en commande curl, à coller dans bash.

    Les secrets n'y sont pas : la commande nomme les variables à définir, et s'arrête sans elles.

    Exemple : fse journal curl 12
    """
    with bench(simulator, bench_token_file) as running:
        found = running.exchange_curl(world, seq)
    say(found, as_json, _pasted(found))


def _pasted(found: dict[str, Any]) -> Iterator[str]:
    for name in found["variables"]:
        said = "le jeton d'accès" if name == "FSE_TOKEN" else "un secret, tel qu'il part sur le fil"
        yield f"# définir avant : {name} ({said})"
    yield found["command"]


def _filters(given: dict[str, Any]) -> dict[str, Any]:
    """The options that choose exchanges, as the bench names them."""
    names = ("operation", "client", "status", "problem", "fault", "number", "since", "until", "method", "path", "trace")
    chosen = {name: given[name] for name in names if given.get(name)}
    return {("trace_id" if name == "trace" else name): value for name, value in chosen.items()}


def _from_the_end(running: BenchClient, world: str, last: int) -> Iterator[dict[str, Any]]:
    page = running.journal_page(world, last=last)
    yield from page["exchanges"]
    yield from running.journal(world, after=page["next"])


def _live(running: BenchClient, world: str, after: int, filters: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Exchanges as they come, until the world is deleted."""
    from client.http import Refused
    from client.journal import LONGEST_WAIT_S

    if after < 0:
        after = running.journal_page(world, last=0)["next"]
    while True:
        try:
            page = running.journal_page(world, after=after, wait=LONGEST_WAIT_S, **filters)
        except Refused as refusal:
            if refusal.slug != "world-not-found":
                raise
            if _stands(running, world):  # brought back to an earlier state: another world under that name
                continue
            typer.echo(plain(f"Le monde « {world} » n'existe plus."), err=True)
            return
        yield from page["exchanges"]
        after = page["next"]
        if page["exchanges"]:
            time.sleep(REST_S)  # what a busy world exchanges meanwhile comes in one page


def _stands(running: BenchClient, world: str) -> bool:
    from client.http import Refused

    try:
        return bool(running.world(world))
    except Refused:
        return False


def _as_line(exchange: dict[str, Any]) -> str:
    return json.dumps(exchange, ensure_ascii=True, separators=(",", ":"))
