"""`fse sheet`, `fse event`: a care sheet in any state, an event for a software. Heavy imports stay inside."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from terminal.saying import JsonOption, refuse, say
from workbench.running import DEFAULT_WORLD, SimulatorOption, TokenFileOption, WorldOption, bench
from workbench.tokens import ClientOption

SectionsOption = Annotated[
    Path | None, typer.Option("--sections", metavar="FICHIER", help="Ce qui est prescrit, en JSON, comme à l'émission.")
]


def register(app: typer.Typer) -> None:
    """Mount this room's commands."""
    sheet = typer.Typer(help="Des feuilles de soins dans n'importe quel état.", no_args_is_help=True)
    sheet.command("make")(make)
    sheet.command("states")(states)
    app.add_typer(sheet, name="sheet")
    event = typer.Typer(help="Des événements, pour essayer un récepteur.", no_args_is_help=True)
    event.callback()(lambda: None)
    event.command("send")(send)
    app.add_typer(event, name="event")


def make(
    state: Annotated[str, typer.Argument(metavar="ÉTAT", help="État ; les lister : fse sheet states.")] = "issued",
    prescriber: Annotated[str, typer.Option("--prescriber", help="Auteur : personne du banc ou INPE.")] = "gp",
    patient: Annotated[
        str, typer.Option("--patient", help="Patient : personne du banc ou immatriculation/rang.")
    ] = "salaried",
    client: ClientOption = None,
    sections: SectionsOption = None,
    rights_acknowledged: Annotated[bool, typer.Option("--rights-acknowledged", help="Même droits fermés.")] = False,
    may_advance: Annotated[bool, typer.Option("--may-advance", help="L'horloge du monde peut avancer.")] = False,
    world: WorldOption = DEFAULT_WORLD,
    simulator: SimulatorOption = "",
    bench_token_file: TokenFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fabriquer une feuille dans un état, en un appel.

    Avec --json, de quoi continuer : contenu du QR, ETags, baux, exécutions, jetons.

    Exemple : fse sheet make held --patient ald-97 --json
    """
    asked = {"state": state, "prescriber": prescriber, "patient": patient, "client": client}
    options = {"rights_acknowledged": rights_acknowledged, "may_advance": may_advance}
    with bench(simulator, bench_token_file) as running:
        made = running.make_sheet(world, **asked, **options, sections=_read(sections))
    say(made, as_json, _told(made))


def states(as_json: JsonOption = False) -> None:
    """Les états que la fabrique sait donner.

    Exemple : fse sheet states
    """
    from fixtures.loader import read

    found = read("factories.yaml")["states"]
    lines = (
        f"{name:24} {said['title']}" + (" (l'horloge avance)" if "until" in said else "")
        for name, said in found.items()
    )
    say({"states": [{"state": name, **said} for name, said in found.items()]}, as_json, lines)


def send(
    type: Annotated[str, typer.Argument(metavar="TYPE", help="Type du catalogue, comme care-sheet.executed.")],
    client: ClientOption = None,
    number: Annotated[str | None, typer.Option("--number", help="Feuille ; par défaut, la dernière émise.")] = None,
    claim: Annotated[str | None, typer.Option("--claim", help="Demande de remboursement.")] = None,
    world: WorldOption = DEFAULT_WORLD,
    simulator: SimulatorOption = "",
    bench_token_file: TokenFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Envoyer un événement à un logiciel ; ce qu'il dit n'est pas arrivé.

    Exemple : fse event send care-sheet.executed --client mon-logiciel
    """
    with bench(simulator, bench_token_file) as running:
        sent = running.send_event(world, type=type, client=client, number=number, claim=claim)
    about = " ".join(f"{name}={value}" for name, value in sent["data"].items())
    say(sent, as_json, [f"{sent['id']} {sent['type']} → {sent['client_id']} : {about}"])


def _told(made: dict[str, Any]) -> Iterator[str]:
    yield f"Feuille {made['number']} : {made['title']}."
    yield f"code de secours {made['backup_code']} ; QR {made['scan']}"
    for section in made["care_sheet"]["sections"]:
        lines = ", ".join(f"ligne {line['line']} {line['state']}" for line in section["lines"])
        lease = f" ; bail {section['lease']['id']}" if section["lease"] else ""
        yield f"{section['type']:14} {lines} ; ETag {section['etag']}{lease}"
    for claim in made["care_sheet"]["claims"]:
        yield f"{claim['section']:14} {claim['id']} {claim['status']}"


def _read(file: Path | None) -> Any:
    if file is None:
        return None
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        refuse(f"{file} n'est pas un fichier JSON lisible.")
