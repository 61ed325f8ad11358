"""`fse rules`: the rules in force, one of them, and a new set checked. Heavy imports stay inside the commands."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from simulator.kit.near import near
from terminal.saying import JsonOption, refuse, say
from terminal.system import reason

_ON = Annotated[
    str, typer.Option("--on", metavar="JOUR", help="Jour, comme 2027-03-01 ; par défaut, aujourd'hui au Maroc.")
]


def register(app: typer.Typer) -> None:
    """Mount this room's commands."""
    group = typer.Typer(
        help="Règles datées : celles d'un jour, leur histoire, un jeu nouveau.", invoke_without_command=True
    )
    group.callback()(in_force)
    group.command("show")(show)
    group.command("check")(check)
    app.add_typer(group, name="rules")


def in_force(
    context: typer.Context,
    on: _ON = "",
    tariff_set: Annotated[
        str, typer.Option("--set", metavar="JEU", help="Jeu de tarifs ; par défaut, celui en vigueur.")
    ] = "",
    subject: Annotated[
        str, typer.Option("--subject", metavar="DÉBUT", help="Sujets qui commencent ainsi : rate., tariff.C…")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Règles datées : celles d'un jour, leur histoire, un jeu nouveau.

    Sans commande : les règles en vigueur un jour, avec leur valeur, leur période, leur source, leur fidélité.

    Exemples :

      fse rules --subject rate.

      fse rules --on 2027-03-01 --set conventions-2020
    """
    if context.invoked_subcommand:
        return
    import fixtures
    from simulator.rules import dated, shown

    day, name = _day(on), tariff_set or fixtures.DEFAULT_TARIFF_SET
    if name not in fixtures.tariff_sets():
        refuse(f"le jeu de tarifs « {name} » n'existe pas ; les jeux : {', '.join(fixtures.tariff_sets())}.")
    subjects = {rule.subject for rule in fixtures.rules()}
    if subject and not any(one.startswith(subject) for one in subjects):
        refuse(f"aucun sujet ne commence par « {subject} ».{_near(subject, subjects)}")
    rules = dated.in_force(day, name, subject)
    none = [f"Aucune règle en vigueur le {day}, jeu de tarifs {name}."]
    answer = {"on": day.isoformat(), "tariff_set": name, "rules": [shown.as_json(rule) for rule in rules]}
    say(answer, as_json, shown.listing(rules, day, name) if rules else none)


def show(
    rule: Annotated[str, typer.Argument(metavar="RÈGLE", help="Identifiant, comme RGL-TAUX-PRIVE.")],
    on: _ON = "",
    as_json: JsonOption = False,
) -> None:
    """Voir une règle, ce qu'elle remplace et ce qui la remplace.

    Exemple : fse rules show RGL-ENFANT-ETUDIANT-26
    """
    import fixtures
    from simulator.rules import dated, shown

    day, id = _day(on), rule.upper()
    try:
        found = dated.history(id)
    except KeyError:
        refuse(f"la règle « {rule} » n'existe pas.{_near(id, (one.id for one in fixtures.rules()))}")
    say(shown.history_json(found, day), as_json, shown.detail(found, day))


def check(
    files: Annotated[list[Path], typer.Argument(metavar="FICHIER", help="Règles, en YAML.", show_default=False)],
    alone: Annotated[bool, typer.Option("--alone", help="Ces fichiers seuls, sans les règles du banc à côté.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Vérifier un jeu de règles, avant de le mettre dans fixtures/rules.

    Les fichiers sont lus avec les règles du banc ; l'un d'eux qui porte le nom d'un fichier de fixtures/rules
    le remplace. Chaque faute dit son fichier, sa ligne, ce qui est reçu, attendu, et que faire.

    Codes de sortie : 0 aucune faute, 1 des fautes, 2 demande à corriger.

    Exemples :

      fse rules check nouvelles.yaml

      fse rules check --alone fixtures/rules/*.yaml
    """
    from dataclasses import asdict

    from simulator.rules import checking, project, shown, written

    try:
        sheets = [written.read(file.read_bytes(), str(file)) for file in dict.fromkeys(files)]
    except OSError as error:
        refuse(f"{error.filename} ne peut pas être lu : {_why(error)}.")
    own = project.sheets()
    faults = checking.check(sheets, own, project.words(own), alone=alone)
    count = sum(len(sheet.rules) for sheet in sheets)
    answer = {"sound": not faults, "rules": count, "faults": [asdict(fault) for fault in faults]}
    say(answer, as_json, shown.told(faults, count))
    raise typer.Exit(1 if faults else 0)


def _why(error: OSError) -> str:
    return "il n'existe pas" if isinstance(error, FileNotFoundError) else reason(error)


def _day(text: str) -> date:
    from simulator.kit import clock
    from simulator.rules.units import day_of

    if not text:
        return clock.day(clock.real_now())
    day = day_of(text)
    if day is None:
        refuse(f"--on attend un jour du calendrier, comme 2027-03-01 ; reçu « {text} ».")
    return day


def _near(typed: str, known: Iterable[str]) -> str:
    found = near(typed, known)
    return f" Voulez-vous dire {found} ?" if found else " Les voir : fse rules."
