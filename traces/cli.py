"""`fse trace`: a bug report that replays elsewhere. Heavy imports stay inside the commands."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from terminal.plain import plain
from terminal.saying import JsonOption, refuse, say
from workbench.running import DEFAULT_WORLD, SimulatorOption, TokenFileOption, WorldOption, bench

if TYPE_CHECKING:
    from client.bench import BenchClient
    from traces.file import Trace
    from traces.replaying import Outcome

MOST = 1_000
"""Characters of a line."""
REASONS = {
    "body-not-kept": "le journal n'a pas gardé leur corps",
    "copied": "vécues sous un autre nom, avant que le monde soit copié",
    "credential-unknown": "un identifiant faux ou inconnu, envoyé aussi faux",
    "cut": "coupée en son milieu, que la longueur de l'adresse déplace",
    "simultaneous": "plusieurs requêtes à la fois, ou une attente",
}


def register(app: typer.Typer) -> None:
    """Mount this room's commands."""
    trace = typer.Typer(help="Un rapport de défaut en un petit fichier, qui se rejoue ailleurs.", no_args_is_help=True)
    trace.command("record")(record)
    trace.command("replay")(replay)
    app.add_typer(trace, name="trace")


def record(
    file: Annotated[Path, typer.Argument(metavar="FICHIER", help="Où écrire ; .json, ou .json.gz pour plus petit.")],
    world: WorldOption = DEFAULT_WORLD,
    until: Annotated[
        int | None, typer.Option("--until", min=1, metavar="SEQ", help="S'arrêter à cet échange du journal.")
    ] = None,
    simulator: SimulatorOption = "",
    bench_token_file: TokenFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Écrire la trace d'un monde : sa graine, ses réglages, ses requêtes dans l'ordre et leurs réponses.

    Rien n'y est secret : jetons, assertions et secrets de logiciel n'y sont que des empreintes. Ce qui ne se refera
    pas à l'identique est compté.

    Exemples :

      fse trace record --world essai-1 defaut.json.gz

      fse trace record --world essai-1 --until 42 defaut.json
    """
    from traces.file import BrokenTrace, write
    from traces.recording import NotRecordable
    from traces.recording import record as recorded

    with bench(simulator, bench_token_file) as running:
        try:
            trace = recorded(running, world, until)
            size = write(file, trace)
        except (BrokenTrace, NotRecordable) as error:
            refuse(str(error))
    requests = sum("request" in step for step in trace["steps"])
    others, left = len(trace["steps"]) - requests, trace["not_replayable"]
    made = {"file": str(file), "bytes": size, "requests": requests, "not_replayable": left, "operations": others}
    counted = f"{file} : {requests} requêtes, {others} opérations du banc, {max(1, round(size / 1000))} Ko."
    _say(made, as_json, [counted, *_left(trace)])


def replay(
    file: Annotated[Path, typer.Argument(metavar="FICHIER", help="Une trace écrite par fse trace record.")],
    simulator: Annotated[
        str,
        typer.Option("--simulator", metavar="URL", help="Simulateur qui tourne ; par défaut, un neuf est lancé ici."),
    ] = "",
    bench_token_file: TokenFileOption = None,
    medicines: Annotated[
        Path | None,
        typer.Option("--medicines", metavar="LISTE", help="Liste de médicaments à charger dans le simulateur lancé."),
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Garder le monde du rejeu dans le simulateur donné.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Rejouer une trace dans un monde neuf, et comparer chaque réponse, octet pour octet (forme canonique du journal).

    Les jetons sont redemandés par les mêmes personnes, avec une clé propre au rejeu ; tout le reste est envoyé tel
    quel, à l'heure du monde de l'original. La première différence est montrée.

    Codes de sortie : 0 mêmes réponses, 1 une réponse diffère, 2 trace ou demande à corriger.

    Exemples :

      fse trace replay defaut.json.gz

      fse trace replay defaut.json.gz --simulator http://127.0.0.1:8700 --keep
    """
    from traces.file import BrokenTrace, read
    from traces.replaying import Unfit
    from traces.replaying import replay as replayed

    if keep and not simulator:
        refuse("--keep va avec --simulator URL : le simulateur lancé ici s'arrête avec la commande.")
    try:
        trace = read(file)
        with _somewhere(simulator, bench_token_file, medicines) as running:
            outcome = replayed(running, trace, keep=keep, progress=_progress)
    except (BrokenTrace, Unfit) as error:
        refuse(str(error))
    _say(_as_json(outcome, trace), as_json, _told(outcome, trace, keep))
    if not outcome.same:
        raise typer.Exit(1)


@contextmanager
def _somewhere(url: str, token_file: Path | None, medicines: Path | None) -> Iterator[BenchClient]:
    """The bench of the simulator that runs there, or of one started for the time of the replay."""
    from client.launch import LaunchError
    from client.launch import simulator as started

    with ExitStack() as stack:
        if not url:
            options = ["--memory", *(["--medicines", str(medicines)] if medicines else [])]
            try:
                own = stack.enter_context(started(*options))
            except LaunchError as error:
                refuse(str(error))
            url, token_file = own.url, own.data / "bench-token"
        elif medicines:
            refuse("--medicines ne vaut que pour un simulateur lancé ici ; là-bas : fse nomenclature import.")
        yield stack.enter_context(bench(url, token_file))


def _told(outcome: Outcome, trace: Trace, keep: bool) -> Iterator[str]:
    from traces.comparing import carried, cut, shown

    for warning in outcome.warnings:
        yield f"Attention : {warning}"
    if keep:
        yield f"Monde du rejeu : {outcome.world}"
    if outcome.same:
        exactly = outcome.requests - outcome.loosely
        yield f"Mêmes réponses : {outcome.requests} requêtes rejouées, {exactly} comparées octet pour octet."
        yield from _left(trace)
        return
    first = outcome.differences[0]
    asked = first.step.get("request") or first.step["bench"]
    query = f"?{asked['query']}" if asked.get("query") else ""
    yield f"Première différence, étape {first.rank} sur {len(trace['steps'])}, {first.step['at']} :"
    yield f"  {asked['method']} {asked['path']}{query}"
    if body := asked.get("body"):
        yield f"  corps    {cut(plain(str(body), MOST))}"
    yield f"  endroit  {first.pointer or '/'}"
    yield f"  attendu  {shown(first.expected)}"
    yield f"  reçu     {shown(first.received)}"
    for rank, before, value in carried(outcome.differences, trace["steps"])[:3]:
        yield f"L'étape {rank} porte {shown(value)}, que l'étape {before} n'a pas répondu cette fois."
    yield f"{len(outcome.differences)} étapes sur {len(trace['steps'])} diffèrent."
    yield from _left(trace)


def _left(trace: Trace) -> Iterator[str]:
    """What a replay does not make again, by reason."""
    for reason, said in REASONS.items():
        if steps := [str(one["step"]) for one in trace["not_replayable"] if one["reason"] == reason]:
            which = ", ".join(steps[:10]) + ("…" if len(steps) > 10 else "")
            yield f"  Statut et motif seuls comparés ({said}) : étape{'s' * (len(steps) > 1)} {which}."


def _as_json(outcome: Outcome, trace: Trace) -> dict[str, Any]:
    from traces.comparing import carried

    return {
        "same": outcome.same,
        "world": outcome.world,
        "requests": outcome.requests,
        "compared_loosely": outcome.loosely,
        "not_replayable": trace["not_replayable"],
        "warnings": outcome.warnings,
        "differences": [one.as_json() for one in outcome.differences[:100]],
        "different": len(outcome.differences),
        "carried": [
            {"step": rank, "from": before, "value": value}
            for rank, before, value in carried(outcome.differences, trace["steps"])[:100]
        ],
    }


def _say(found: Any, as_json: bool, lines: Iterable[str]) -> None:
    """A trace comes from somebody else: nothing in it commands the terminal."""
    say(found, as_json, (plain(line, MOST) for line in lines))


def _progress(done: int, of: int) -> None:
    if sys.stderr.isatty() and not os.environ.get("NO_COLOR"):
        print(f"\r  étape {done}/{of} ", end="\n" if done == of else "", file=sys.stderr, flush=True)
