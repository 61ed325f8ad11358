"""`fse explain`, in a database or in a file; `workbench` adds to it the simulator that runs.

Heavy imports stay inside the command.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulator.command import DatabaseOption, existing
from terminal.saying import JsonOption, refuse, ruled, say
from terminal.system import reason

if TYPE_CHECKING:
    from simulator.claims.found import Found

_MOST = 5_000_000


def register(app: typer.Typer) -> None:
    """Mount this room's command."""
    app.command("explain")(explain)


def explain(
    claim: Annotated[
        str, typer.Argument(metavar="DEMANDE", help="Identifiant de la demande (clm-…), ou numéro de sa FSE.")
    ] = "",
    file: Annotated[
        str,
        typer.Option("--file", metavar="FICHIER", help="Réponse reçue de la plateforme, en JSON ; « - » : l'entrée."),
    ] = "",
    database: DatabaseOption = "",
    world: Annotated[str, typer.Option("--world", metavar="MONDE", help="Monde à lire ; par défaut, tous.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Expliquer, en français, la décision prise sur une demande de remboursement.

    Chaque ligne : ce qui a été facturé, le tarif ou la base et d'où il vient, le taux et pourquoi, les parts et
    l'arrondi ; un refus, son motif et que faire. Chaque étape donne sa règle, sa fidélité et son texte de loi. Un
    numéro de FSE explique toutes ses demandes. Rien n'est changé ; le simulateur peut tourner.

    Codes de sortie : 0 expliquée, 1 les montants ne s'additionnent pas, 2 demande à corriger.

    Exemples :

      fse explain clm-7q2m5xk3wz4n6b2d

      fse explain "2604 8173 9055 2494" --database sqlite:///essai.sqlite --world default

      fse explain --file reponse.json

      curl -s … | fse explain --file -
    """
    from simulator.claims.found import explained

    if claim == "-":
        claim, file = "", file or "-"
    if bool(claim) == bool(file):
        refuse("donner une demande (clm-… ou un numéro de FSE), ou bien --file.")
    if file and (database or world):
        refuse("--file se lit seul : sans --database ni --world.")
    found = _of_file(file) if file else _of_database(claim, database, world)
    told = [explained(one) for one in found]
    say({"claims": told}, as_json, [ruled(one["text"] for one in told)])
    raise typer.Exit(0 if all(one["adds_up"] for one in told) else 1)


def _of_database(claim: str, database: str, world: str) -> list[Found]:
    from simulator.claims.found import NotOne, find

    with existing(database) as db:
        try:
            return find(db, claim.strip(), world)
        except NotOne as error:
            refuse(str(error))


def _of_file(file: str) -> list[Found]:
    """The claims in an answer of the platform, whichever it is. Ends with one French line when there is none."""
    from pydantic import ValidationError

    from simulator.claims.found import Found, place
    from simulator.claims.page import Around
    from simulator.claims.schemas import ClaimAnswer
    from simulator.kit.payload import refusal

    where = "l'entrée standard" if file == "-" else f"le fichier {file}"
    try:
        raw = sys.stdin.buffer.read(_MOST + 1) if file == "-" else _bytes(Path(file))
    except OSError as error:
        refuse(f"{where} ne se lit pas : {reason(error)}.")
    if len(raw) > _MOST:
        refuse(f"{where} est trop long : {_MOST // 1_000_000} Mo au plus.")
    try:
        answer = json.loads(raw)
    except (ValueError, RecursionError):
        refuse(f"{where} n'est pas du JSON.")
    claims = _claims(answer)
    if not claims:
        refuse(f"{where} ne contient aucune demande de remboursement.")
    try:
        for one in claims:
            ClaimAnswer.model_validate_json(json.dumps(one))
    except ValidationError as error:
        first = refusal(error).errors[0]
        at = first["pointer"].strip("/") or "racine"
        refuse(f"{where} n'est pas une demande telle que la plateforme la répond : {at}. {first['detail']}")
    return [Found(one, Around(establishment=place(one["establishment"]))) for one in claims]


def _bytes(file: Path) -> bytes:
    with file.open("rb") as stream:
        return stream.read(_MOST + 1)


def _claims(answer: Any) -> list[Any]:
    """A claim alone, or those of an issuance, of an execution, of a page, of this command's own JSON."""
    if isinstance(answer, list):
        return [claim for one in answer for claim in _claims(one)]
    if not isinstance(answer, dict):
        return []
    if "totals" in answer:
        return [answer]
    return [claim for name in ("claim", "claims", "items") for claim in _claims(answer.get(name))]
