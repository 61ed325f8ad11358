"""`fse qr type` and `fse qr hostile`: texts rather than images, and how a text is told to a person."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from terminal.plain import plain
from terminal.saying import JsonOption, refuse


def register(qr: typer.Typer) -> None:
    """Mount this part's commands."""
    qr.command("type")(typing)
    qr.command("hostile")(hostile)


def typing(
    payload: Annotated[str, typer.Option("--payload", metavar="TEXTE", help="Contenu lu du QR.")] = "",
    vector: Annotated[str, typer.Option("--vector", metavar="NOM", help="Contenu d'un vecteur.")] = "plain",
    layout: Annotated[str, typer.Option(metavar="CLAVIER", help="Un seul clavier ; par défaut, tous.")] = "",
    suffix: Annotated[str, typer.Option(help="Fin ajoutée par le lecteur : CR, LF, CRLF ou TAB.")] = "",
    aim: Annotated[bool, typer.Option("--aim", help="Le lecteur ajoute ]Q1 devant.")] = False,
    received: Annotated[str, typer.Option("--received", metavar="TEXTE", help="Relire ce qui est arrivé.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Taper un contenu comme un lecteur clavier, clavier par clavier, et le relire comme un logiciel devrait.

    Exemple : fse qr type --layout azerty --suffix CR --aim
    """
    from client.keyboards import LAYOUTS
    from qrlab.keyboard import SUFFIXES, typed

    if received:
        rows = [_received("", received)]
    else:
        if layout and layout not in LAYOUTS:
            refuse(f"clavier inconnu : {layout} ; connus : {', '.join(LAYOUTS)}")
        if suffix and suffix not in SUFFIXES:
            refuse(f"fin inconnue : {suffix} ; connues : {', '.join(SUFFIXES)}")
        text = chosen(payload, vector)
        try:
            rows = [
                _received(each or "us", typed(text, each, suffix or None, aim=aim))  # type: ignore[arg-type]
                for each in ([layout] if layout else [None, *LAYOUTS])
            ]
        except KeyError as error:
            refuse(f"un lecteur clavier ne tape pas {error} : hors de l'alphabet du QR alphanumérique")
    if as_json:
        typer.echo(_ascii(rows))
        return
    for row in rows:
        accidents = ", ".join(row["accidents"]) or "aucun accident"
        typer.echo(f"{row['layout']:16} {_shown(row['typed'])}")
        typer.echo(f"{'':16} → " + (f"relu, {accidents}" if row["read"] else f"illisible ({row['reason']})"))


def chosen(payload: str, vector: str) -> str:
    """The text given, else that of the vector of this name; one French line and exit code 2 for another name."""
    from qrlab.render import vectors

    if payload:
        return payload
    if vector not in vectors():
        refuse(f"vecteur inconnu : {vector} ; connus : {', '.join(vectors())}")
    return vectors()[vector]


def hostile(
    family: Annotated[str, typer.Option(metavar="FAMILLE", help="Une seule famille.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Dire le corpus hostile : ce qu'un guichet peut lire et qui n'est pas une feuille. `--json` donne les textes.

    Exemple : fse qr hostile --json > hostiles.json
    """
    from qrlab.hostile import corpus

    families = list(dict.fromkeys(row.family for row in corpus()))
    if family and family not in families:
        refuse(f"famille inconnue : {family} ; connues : {', '.join(families)}")
    kept = [row for row in corpus() if not family or row.family == family]
    if as_json:
        typer.echo(_ascii([vars(row) for row in kept]))
        return
    for row in kept:
        typer.echo(f"{row.family:16} {row.name:24} {_shown(row.text)}")


def described(text: str) -> dict[str, Any]:
    """What a text is: its `payload` and fields when it is one, else why not (`reason`)."""
    from client.codes import CodeFault, decode

    try:
        scan = decode(text)
    except CodeFault as fault:
        return {"text": text, "reason": fault.reason}
    return {
        "text": text, "number": scan.number, "key_id": scan.key_id, "issued_on": scan.issued_on.isoformat(),
        "valid_until": scan.valid_until.isoformat(), "test": scan.test, "duplicate": scan.duplicate,
    }  # fmt: skip


def said(row: dict[str, Any]) -> str:
    """A described text in one line that a terminal may show."""
    if "number" not in row:
        return f"pas un contenu FSE1 ({row['reason']}) : {_shown(row['text'])}"
    marks = "".join([", essai" if row["test"] else ", production", ", duplicata" if row["duplicate"] else ""])
    issued = f"émise le {row['issued_on']}, valable jusqu'au {row['valid_until']}"
    return f"FSE {grouped(row['number'])}, {issued}, clé {row['key_id']}{marks}"


def grouped(number: str) -> str:
    """A number as it is printed: ``2604 8173 9055 2494``."""
    return " ".join(number[at : at + 4] for at in range(0, 16, 4))


def comma(value: float) -> str:
    """A number as it is written in French."""
    return f"{value:g}".replace(".", ",")


def _received(layout: str, text: str) -> dict[str, Any]:
    from client.codes import CodeFault
    from qrlab.keyboard import recovered

    try:
        payload, accidents = recovered(text)
    except CodeFault as fault:
        return {"layout": layout, "typed": text, "read": None, "accidents": [], "reason": fault.reason}
    return {"layout": layout, "typed": text, "read": payload, "accidents": list(accidents)}


def _shown(text: str) -> str:
    short = plain(text[:60])
    return short if len(text) <= 60 else f"{short}… ({len(text)} caractères)"


def _ascii(rows: list[dict[str, Any]]) -> str:
    """JSON whose strings hold ASCII only: a lone surrogate cannot be written otherwise."""
    import json

    return json.dumps(rows, ensure_ascii=True, indent=1)
