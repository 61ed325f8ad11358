"""`fse qr`: the QR laboratory. Heavy imports stay inside the commands."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from qrlab import measuring, texts
from qrlab.texts import chosen, comma
from terminal.saying import JsonOption, refuse, say
from terminal.system import reason

ImageFile = Annotated[Path, typer.Argument(metavar="IMAGE", help="Image PNG ou JPEG.", exists=True, dir_okay=False)]
Output = Annotated[Path, typer.Argument(metavar="SORTIE", help="Image PNG à écrire.")]
PayloadOption = Annotated[str, typer.Option("--payload", metavar="TEXTE", help="Contenu du QR.")]
VectorOption = Annotated[
    str, typer.Option("--vector", metavar="NOM", help="Contenu d'un vecteur (plain, duplicate, altered/expired, …).")
]
DpiOption = Annotated[float, typer.Option("--dpi", min=50, max=2400, help="Points par pouce de l'imprimante.")]
SeedOption = Annotated[str, typer.Option("--seed", metavar="GRAINE", help="La même graine refait la même image.")]


def register(app: typer.Typer) -> None:
    """Mount this room's commands."""
    qr = typer.Typer(
        help="Laboratoire des QR imprimés : dessiner, abîmer, lire, mesurer. Tout se passe ici, sans simulateur.",
        no_args_is_help=True,
    )
    for name, command in (("render", render), ("damage", damage), ("read", read), ("sheet", sheet)):
        qr.command(name)(command)
    texts.register(qr)
    measuring.register(qr)
    app.add_typer(qr, name="qr")


def render(
    output: Output,
    payload: PayloadOption = "",
    vector: VectorOption = "plain",
    module_mm: Annotated[float, typer.Option("--module", metavar="MM", help="Côté d'un module, en mm.")] = 0.5,
    level: Annotated[str, typer.Option(help="Niveau de correction : L, M, Q ou H.")] = "M",
    dpi: DpiOption = 300,
    quiet: Annotated[int, typer.Option(min=0, max=20, help="Marge blanche, en modules.")] = 4,
    uneven: Annotated[
        bool, typer.Option("--uneven", help="Modules inégaux, comme d'un pilote qui met l'image à l'échelle.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Dessiner un QR comme une imprimante le pose, point par point.

    Un module est un nombre entier de points, arrondi vers le haut : 0,5 mm fait 4 points à 203 dpi, 6 à 300.

    Exemple : fse qr render code.png --module 0.5 --dpi 203
    """
    from qrlab import render as drawing

    text = chosen(payload, vector)
    if level not in drawing.LEVELS:
        refuse(f"niveau inconnu : {level} ; connus : {', '.join(drawing.LEVELS)}")
    try:
        module_mm = module_mm if uneven else drawing.whole_dots(module_mm, dpi)
        image = drawing.render(text, module_mm=module_mm, dpi=dpi, level=level, quiet=quiet)
    except drawing.Unprintable as error:
        refuse(str(error))
    _save(image, output, dpi)
    side = image.width * drawing.MM_PER_INCH / dpi
    said = {
        "file": str(output),
        "characters": len(text),
        "pixels": image.width,
        "side_mm": round(side, 2),
        "module_mm": round(module_mm, 3),
    }
    sizes = f"{comma(round(side, 1))} mm de côté, {image.width} points à {dpi:g} dpi"
    module = f"module de {comma(round(module_mm, 3))} mm"
    small = f" : sous la règle d'impression, {comma(drawing.MODULE_MM)} mm" if module_mm < drawing.MODULE_MM else ""
    say(said, as_json, [f"{output} : {len(text)} caractères, {sizes}, {module}{small}"])


def damage(
    source: ImageFile,
    output: Output,
    condition: Annotated[str, typer.Option(metavar="NOM", help="Une condition d'impression du banc d'essai.")] = "",
    wanted: Annotated[
        list[str] | None,
        typer.Option("--with", metavar="DÉGÂT=FORCE", help="Un dégât et sa force ; se répète, dans l'ordre."),
    ] = None,
    dpi: Annotated[
        float | None, typer.Option(min=50, max=2400, help="Points par pouce ; par défaut, ce que dit l'image.")
    ] = None,
    seed: SeedOption = "1",
    as_json: JsonOption = False,
) -> None:
    """Abîmer l'image d'un QR : plis, taches, lignes mortes, encre qui bave… Sans option, dit ce qui est possible.

    Exemple : fse qr damage code.png abime.png --with creases=2 --with blot=6 --seed 7
    """
    from client.reading import UnreadableDocument, pages_of
    from qrlab.conditions import conditions, under
    from qrlab.damage import DAMAGES, Unknown
    from qrlab.damage import damage as harm

    if not condition and not wanted:
        kinds = [
            f"  {name:13} {kind.about} ({kind.unit}, {comma(kind.most)} au plus)" for name, kind in DAMAGES.items()
        ]
        known = [f"  {name:13} {each.label}" for name, each in conditions().items()]
        refuse(
            "\n".join(["donner --condition NOM, ou --with DÉGÂT=FORCE.", "Dégâts :", *kinds, "Conditions :", *known])
        )
    if condition and condition not in conditions():
        refuse(f"condition inconnue : {condition} ; connues : {', '.join(conditions())}")
    try:
        page = pages_of(source.read_bytes(), "image/*", 300)[0]
        image, resolution = page.image, dpi or page.dpi or 300.0
        if condition:
            image = under(conditions()[condition], image, seed, resolution)
        image = harm(image, _steps(wanted or ()), seed, resolution)
    except UnreadableDocument as error:
        refuse(f"{source} n'est pas une image lisible ({error})")
    except Unknown as error:
        refuse(str(error))
    _save(image, output, resolution)
    done = ", ".join([*filter(None, [condition]), *(wanted or [])])
    said = {"file": str(output), "condition": condition or None, "with": wanted or [], "seed": seed}
    say(said, as_json, [f"{output} : {done}, graine {seed}"])


def read(
    files: Annotated[
        list[Path], typer.Argument(metavar="FICHIER…", help="Images ou PDF.", exists=True, dir_okay=False)
    ],
    dpi: Annotated[float, typer.Option(min=50, max=1200, help="Points par pouce où rendre un PDF.")] = 300,
    as_json: JsonOption = False,
) -> None:
    """Lire les codes d'images ou de PDF : zxing-cpp, puis ZBar, en corrigeant l'image marche après marche.

    Code de sortie 1 si un fichier n'a rien de lisible. Exemple : fse qr read abime.png
    """
    from client.reading import UnreadableDocument, pages_of, read_patiently, zbar_available

    rows: list[dict[str, Any]] = []
    if not zbar_available():
        typer.echo("ZBar n'est pas installé ici (paquet libzbar0) : zxing-cpp seul.", err=True)
    for file in files:
        kind = "application/pdf" if file.suffix.lower() == ".pdf" else "image/*"
        try:
            pages = pages_of(file.read_bytes(), kind, dpi)
        except UnreadableDocument as error:
            refuse(f"{file} ne se laisse pas montrer ({error})")
        rows += [
            {"file": str(file), "page": at, "reader": found.reader, "attempt": found.attempt, "format": found.format,
             **texts.described(found.text)}
            for at, page in enumerate(pages, 1)
            for found in read_patiently(page.image)
        ]  # fmt: skip
    lines = (f"{row['file']} p. {row['page']} · {row['reader']} ({row['attempt']}) · {texts.said(row)}" for row in rows)
    say(rows, as_json, lines)
    silent = {str(file) for file in files} - {row["file"] for row in rows}
    for name in sorted(silent):
        typer.echo(f"{name} : rien de lisible", err=True)
    raise typer.Exit(1 if silent else 0)


def sheet(
    output: Annotated[Path, typer.Argument(metavar="SORTIE", help="PDF à écrire.")],
    dpi: DpiOption = 300,
    seed: SeedOption = "banc-fse-planche",
    as_json: JsonOption = False,
) -> None:
    """Écrire la planche d'essai à imprimer (A4, PDF) : tailles, niveaux, accidents, codes à refuser.

    Exemple : fse qr sheet planche.pdf --dpi 203
    """
    from qrlab.render import Unprintable
    from qrlab.sheet import sheet as made

    try:
        pdf = made(dpi, seed)
        output.write_bytes(pdf)
    except Unprintable as error:
        refuse(str(error))
    except OSError as error:
        refuse(f"impossible d'écrire {output} ({reason(error)})")
    said = f"{output} : à imprimer à 100 %, sans ajuster à la page"
    say({"file": str(output), "dpi": dpi, "bytes": len(pdf)}, as_json, [said])


def _steps(wanted: Sequence[str]) -> list[tuple[str, float]]:
    steps = []
    for each in wanted:
        name, _, strength = each.partition("=")
        try:
            steps.append((name, float(strength)))
        except ValueError:
            refuse(f"« {each} » : écrire DÉGÂT=FORCE, par exemple blot=6")
    return steps


def _save(image: Any, output: Path, dpi: float) -> None:
    try:
        image.save(output, "PNG", dpi=(dpi, dpi))
    except OSError as error:
        refuse(f"impossible d'écrire {output} ({reason(error)})")
