"""`fse qr bench`: the measured reading rates, as a table, and whether the floors hold."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Annotated, Any

import typer

from qrlab.texts import comma
from terminal.saying import JsonOption, refuse, say

_COLUMNS = (("zxing", "zxing-cpp seul"), ("zbar", "ZBar, échelle"), ("both", "les deux, échelle"))
_WIDTH = 34


def register(qr: typer.Typer) -> None:
    """Mount this part's command."""
    qr.command("bench")(bench)


def bench(
    images: Annotated[int, typer.Option(min=1, max=10_000, help="Images par condition.")] = 200,
    seed: Annotated[str, typer.Option(metavar="GRAINE", help="La même graine refait le même tableau.")] = "banc-fse-qr",
    dpi: Annotated[
        list[int] | None, typer.Option(min=100, max=600, help="Résolutions ; par défaut 203 et 300.")
    ] = None,
    module_mm: Annotated[float, typer.Option("--module", metavar="MM", min=0.25, max=2, help="Module, en mm.")] = 0.5,
    level: Annotated[str, typer.Option(help="Niveau de correction : L, M, Q ou H.")] = "M",
    processes: Annotated[int | None, typer.Option(min=1, max=64, help="Processus ; le résultat est le même.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Mesurer les taux de lecture par condition d'impression et par lecteur, avec leurs intervalles à 95 %.

    Codes de sortie : 0 les planchers tiennent ; 1 l'un est manqué ; 4 ZBar manque (paquet libzbar0), rien n'est conclu.
    Exemple : fse qr bench --images 50 --dpi 203
    """
    from qrlab.bench import DPIS, Plan, exit_code, measure
    from qrlab.render import LEVELS, Unprintable

    if level not in LEVELS:
        refuse(f"niveau inconnu : {level} ; connus : {', '.join(LEVELS)}")
    plan = Plan(images, seed, tuple(dict.fromkeys(dpi or DPIS)), module_mm, level)
    workers = processes or min(4, os.cpu_count() or 1)
    try:
        results = measure(plan, workers, _progress())
    except Unprintable as error:
        refuse(str(error))
    say(results, as_json, [table(results)])
    raise typer.Exit(exit_code(results))


def table(results: dict[str, Any]) -> str:
    """The results for a person: a table for each resolution, then the floors."""
    from qrlab.bench import AZERTY, PUBLISHED_IMAGES
    from qrlab.conditions import conditions

    labels = {name: each.label for name, each in conditions().items()} | {AZERTY: "nette, tapée en AZERTY"}
    lines = [
        f"Taux de lecture : {results['images']} images par condition, module {comma(results['module_mm'])} mm,"
        f" niveau {results['level']}, graine {results['seed']} ; intervalle de Wilson à 95 %."
    ]
    for dpi, found in results["dpi"].items():
        lines += ["", f"{f'{dpi} dpi':{_WIDTH}}" + "".join(f"{said:>22}" for _, said in _COLUMNS)]
        rows = [(labels[name], row) for name, row in found["conditions"].items() if name != AZERTY]
        rows += [("moyenne des six", found["mean"]), (labels[AZERTY], found["conditions"][AZERTY])]
        lines += [
            f"{label:{_WIDTH}}" + "".join(f"{_cell(row[reader]):>22}" for reader, _ in _COLUMNS) for label, row in rows
        ]
    wrong = sum(row[reader]["wrong"] for found in results["dpi"].values()
                for row in found["conditions"].values() for reader, _ in _COLUMNS)  # fmt: skip
    lines += ["", f"Lectures fausses (un texte, mais pas le bon) : {wrong}."]
    if not results["zbar_available"]:
        lines.append("ZBar n'est pas installé ici (paquet libzbar0) : aucun plancher n'est jugé.")
    for floor in results["floors"]:
        what = labels.get(floor["what"], "moyenne des six conditions")
        held = "tenu  " if floor["held"] else "MANQUÉ"
        asked, got = (_percent(floor[name]) for name in ("asked", "got"))
        lines.append(f"{held} {floor['dpi']} dpi, {what} : {got}, plancher {asked}")
    if results["images"] < PUBLISHED_IMAGES:
        lines.append(f"Moins de {PUBLISHED_IMAGES} images par condition : à ne pas publier.")
    return "\n".join(lines)


def _cell(cell: dict[str, Any]) -> str:
    return f"{_percent(cell['rate'])} [{100 * cell['low']:.0f}–{100 * cell['high']:.0f}]"


def _percent(rate: float) -> str:
    return f"{100 * rate:.1f} %".replace(".", ",")


def _progress() -> Callable[[int, int], None]:
    """On a terminal a line that is written over, elsewhere one at each tenth; always on the error output."""
    shown = -1

    def progress(done: int, of: int) -> None:
        nonlocal shown
        part = 100 * done // of
        if sys.stderr.isatty():
            typer.echo(f"\r{part:3} % ({done} images sur {of})" + ("\n" if done == of else ""), err=True, nl=False)
        elif part // 10 > shown:
            shown = part // 10
            typer.echo(f"{part} % ({done} images sur {of})", err=True)

    return progress
