"""`fse journal checkpoint` and `fse journal verify`: what a server signed, and whether a file still says it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from terminal.plain import plain
from terminal.saying import JsonOption, refuse, say
from terminal.system import reason
from workbench.running import DEFAULT_WORLD, SimulatorOption, TokenFileOption, WorldOption, bench

if TYPE_CHECKING:
    from client.bench import BenchClient
    from client.seal import Checkpoint, Fault


def register(journal: typer.Typer) -> None:
    """Add these commands to `fse journal`."""
    journal.command("checkpoint")(checkpoint)
    journal.command("verify")(verify)


def sealed(running: BenchClient, world: str) -> list[str]:
    """The lines of a signed export: the exchanges, each with its link, then the checkpoint and the key."""
    from client.seal import chained

    signed = running.checkpoint(world) | {"key": running.instance_key()["key"]}
    last = signed["checkpoint"]["seq"]
    read = (each for each in running.journal(world) if each["seq"] <= last) if last else ()
    return [json.dumps(each, ensure_ascii=True) for each in (*chained(read), signed)]


def checkpoint(
    world: WorldOption = DEFAULT_WORLD,
    out: Annotated[Path | None, typer.Option("--out", metavar="FICHIER", help="L'écrire, pour verify.")] = None,
    simulator: SimulatorOption = "",
    bench_token_file: TokenFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Signer le journal tel qu'il est maintenant, avec la clé de ce serveur.

    À garder hors du serveur : tout ce qui serait modifié, retiré ou déplacé ensuite se verra.

    Exemple : fse journal checkpoint --out point.json
    """
    with bench(simulator, bench_token_file, timeout_s=120.0) as running:
        found = running.checkpoint(world) | {"key": running.instance_key()["key"]}
    if out is not None:
        try:
            out.write_text(json.dumps(found) + "\n", encoding="utf-8")
        except OSError as error:
            refuse(f"{out} ne s'écrit pas ({reason(error)}).")
    said = found["checkpoint"]
    lines = [
        f"{said['world']} : {counted(said['seq'])}, heure du monde {said['world_time']}",
        f"  empreinte         {said['chain']}",
        f"  forme canonique   {said['canonical']}",
        f"  signé par la clé  {said['kid']}",
    ]
    say(found, as_json, lines)


def verify(
    file: Annotated[Path, typer.Argument(metavar="FICHIER", help="Journal écrit par fse journal export --jsonl.")],
    checkpoint_file: Annotated[
        Path | None, typer.Option("--checkpoint", metavar="FICHIER", help="Un point de contrôle gardé ailleurs.")
    ] = None,
    fingerprint: Annotated[
        str, typer.Option("--fingerprint", metavar="EMPREINTE", help="La clé attendue : celle que le serveur affiche.")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Vérifier, sans le serveur, que personne n'a touché à un journal exporté.

    Sans --fingerprint, la clé est celle que le fichier porte : comparer l'empreinte affichée à celle du serveur.

    Codes de sortie : 0 intact, 1 touché, 2 demande à corriger.

    Exemple : fse journal verify journal.jsonl
    """
    from client import seal

    try:
        *_, end = lines = _lines(file)
        points = [seal.Checkpoint.read(end)]
        if checkpoint_file is not None:
            points.append(seal.Checkpoint.read(_lines(checkpoint_file)[0]))
        fault = _fault(lines[:-1], points, end.get("key") or {}, fingerprint or None)
    except seal.NotAJournal as error:
        refuse(f"{file} : {error}.")
    claims = points[0].claims
    broken = None if fault is None else {"kind": fault.kind, "seq": fault.seq, "found": fault.found}
    if fault is not None:
        lines = [plain(f"JOURNAL TOUCHÉ : {seal.in_french(fault)}.")]
    else:
        lines = [
            plain(f"{claims.get('world')} : {counted(claims['seq'])}, journal intact."),
            plain(f"  signé par la clé  {claims.get('kid')}{'' if fingerprint else ' (à comparer)'}"),
        ]
    say({"sound": fault is None, "broken": broken, "checkpoint": claims}, as_json, lines)
    raise typer.Exit(0 if fault is None else 1)


def _fault(lines: list[Any], points: list[Checkpoint], key: dict[str, Any], fingerprint: str | None) -> Fault | None:
    from client import seal

    for point in points:
        if (fault := point.faulty(key, fingerprint)) is not None:
            return fault
        if (point.claims.get("world"), point.claims.get("life")) != tuple(map(points[0].claims.get, ("world", "life"))):
            raise seal.NotAJournal("le point de contrôle est celui d'un autre monde")
    return seal.broken(lines, points, frozenset(_seqs(lines)))


def _seqs(lines: list[Any]) -> Iterator[int]:
    for line in lines:
        exchange = line.get("exchange") if isinstance(line, dict) else None
        if isinstance(exchange, dict) and isinstance(exchange.get("seq"), int):
            yield exchange["seq"]


def _lines(file: Path) -> list[Any]:
    """Raises NotAJournal."""
    from client.seal import NotAJournal

    try:
        found = [json.loads(line) for line in file.read_text(encoding="utf-8").split("\n") if line.strip()]
    except OSError as error:
        refuse(f"{file} ne se lit pas ({reason(error)}).")
    except ValueError:
        raise NotAJournal("ce n'est pas un journal exporté par --jsonl") from None
    except RecursionError:
        raise NotAJournal("ce n'est pas un journal exporté par --jsonl : trop de niveaux emboîtés") from None
    if not found or not isinstance(found[-1], dict):
        raise NotAJournal("ce n'est pas un journal exporté par --jsonl")
    return found


def counted(number: int) -> str:
    return f"{number} échange{'s' if number > 1 else ''}"
