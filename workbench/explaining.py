"""`fse explain` on a claim of a simulator that runs; in a database or in a file, the command that another room mounted.

Heavy imports stay inside the command.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from terminal.plain import plain
from terminal.saying import JsonOption, refuse, ruled, say
from workbench.offline import Offline, over
from workbench.running import SimulatorOption, TokenFileOption, bench

if TYPE_CHECKING:
    from client.bench import BenchClient

_LINE = 300


def register(app: typer.Typer) -> None:
    """Mount the command, in the place of the one that reads a database when there is one."""
    over(app, "explain", _explain)


def _explain(offline: Offline | None) -> Offline:
    def explain(
        claim: Annotated[
            str, typer.Argument(metavar="DEMANDE", help="Identifiant de la demande (clm-…), ou numéro de sa FSE.")
        ] = "",
        file: Annotated[
            str,
            typer.Option(
                "--file", metavar="FICHIER", help="Réponse reçue de la plateforme, en JSON ; « - » : l'entrée."
            ),
        ] = "",
        database: Annotated[
            str,
            typer.Option(
                "--database", metavar="URL",
                help="Lire cette base (sqlite:///chemin, postgresql://…), sans simulateur qui tourne.",
            ),
        ] = "",
        world: Annotated[str, typer.Option("--world", metavar="MONDE", help="Monde à lire ; par défaut, tous.")] = "",
        simulator: SimulatorOption = "",
        bench_token_file: TokenFileOption = None,
        as_json: JsonOption = False,
    ) -> None:  # fmt: skip
        """Expliquer, en français, la décision prise sur une demande de remboursement.

        Chaque ligne : ce qui a été facturé, le tarif ou la base et d'où il vient, le taux et pourquoi, les parts et
        l'arrondi ; un refus, son motif et que faire. Chaque étape donne sa règle, sa fidélité et son texte de loi. Un
        numéro de FSE explique toutes ses demandes. Rien n'est changé ; le simulateur peut tourner.

        Où elle est lue : dans le simulateur que nomme --simulator, --bench-token-file ou FSE_SIMULATOR ; dans la base
        que nomme --database ; sinon dans .fse/fse.sqlite, ou dans le simulateur qui tourne ici quand il n'y en a pas.

        Codes de sortie : 0 expliquée, 1 les montants ne s'additionnent pas, 2 demande à corriger.

        Exemples :

          fse explain clm-7q2m5xk3wz4n6b2d

          fse explain clm-7q2m5xk3wz4n6b2d --simulator http://127.0.0.1:8700 --world essai-1

          fse explain "2604 8173 9055 2494" --database sqlite:///essai.sqlite --world default

          fse explain --file reponse.json

          curl -s … | fse explain --file -
        """
        read_here = claim == "-" or bool(file or database) or not claim
        if offline is not None and (read_here or (not (simulator or bench_token_file) and _base_is_here())):
            offline(claim=claim, file=file, database=database, world=world, as_json=as_json)
            return
        if read_here:
            refuse("donner une demande : clm-… ou un numéro de FSE ; cette installation ne lit ni base ni fichier.")
        with bench(simulator, bench_token_file) as running:
            told = running.explained(world, claim) if world else _of_all(running, claim)
        pages = ("\n".join(plain(line, _LINE) for line in one["text"].splitlines()) for one in told)
        say({"claims": told}, as_json, [ruled(pages)])
        raise typer.Exit(0 if all(one["adds_up"] for one in told) else 1)

    return explain


def _of_all(running: BenchClient, claim: str) -> list[dict[str, Any]]:
    """Those of the only world that has some. Ends with one French line when none has, or several."""
    from client.http import Refused

    found, worlds = {}, [one["id"] for one in running.worlds()]
    for world in worlds:
        try:
            found[world] = running.explained(world, claim)
        except Refused as refusal:
            if refusal.status != 404:
                raise
    if not found:
        many = f"{len(worlds)} monde{'s' if len(worlds) > 1 else ''}"
        refuse(f"aucune demande de remboursement pour « {claim} » dans ce simulateur ({many}).")
    if len(found) > 1:
        refuse(f"« {claim} » existe dans plusieurs mondes ({', '.join(sorted(found))}) ; préciser --world.")
    return next(iter(found.values()))


def _base_is_here() -> bool:
    return (Path(os.environ.get("FSE_DATA") or ".fse") / "fse.sqlite").is_file()
