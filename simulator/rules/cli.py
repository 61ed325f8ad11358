"""`fse rules`: the rules in force, one of them, and a new set checked. Heavy imports stay inside the commands."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from difflib import get_close_matches
from typing import Annotated, Any, NoReturn

import typer

_ON = Annotated[
    str, typer.Option("--on", metavar="JOUR", help="Jour, comme 2027-03-01 ; par défaut, aujourd'hui au Maroc.")
]
_JSON = Annotated[bool, typer.Option("--json", help="Réponse en JSON, pour un programme.")]


def register(app: typer.Typer) -> None:
    """Mount this room's commands."""
    group = typer.Typer(help="Règles datées : celles d'un jour, l'histoire d'une règle.", invoke_without_command=True)
    group.callback()(in_force)
    group.command("show")(show)
    app.add_typer(group, name="rules")


def in_force(
    context: typer.Context,
    on: _ON = "",
    tariff_set: Annotated[
        str, typer.Option("--set", metavar="JEU", help="Jeu de tarifs ; par défaut, celui en vigueur.")
    ] = "",
    subject: Annotated[
        str, typer.Option("--subject", metavar="DÉBUT", help="Sujets qui commencent ainsi : rate, tariff.C…")
    ] = "",
    as_json: _JSON = False,
) -> None:
    """Voir les règles en vigueur un jour : valeur, période, source, fidélité.

    Exemples :

      fse rules --subject rate

      fse rules --on 2027-03-01 --set conventions-2020
    """
    if context.invoked_subcommand:
        return
    import fixtures
    from simulator.rules import dated, shown

    day, name = _day(on), tariff_set or fixtures.DEFAULT_TARIFF_SET
    if name not in fixtures.tariff_sets():
        _refuse(f"le jeu de tarifs « {name} » n'existe pas ; les jeux : {', '.join(fixtures.tariff_sets())}.")
    subjects = {rule.subject for rule in fixtures.rules()}
    if subject and not any(one.startswith(subject) for one in subjects):
        _refuse(f"aucun sujet ne commence par « {subject} ».{_near(subject, subjects)}")
    rules = dated.in_force(day, name, subject)
    if as_json:
        _print_json({"on": day.isoformat(), "tariff_set": name, "rules": [shown.as_json(rule) for rule in rules]})
    elif rules:
        typer.echo("\n".join(shown.listing(rules, day, name)))
    else:
        typer.echo(f"Aucune règle en vigueur le {day}, jeu de tarifs {name}.")


def show(
    rule: Annotated[str, typer.Argument(metavar="RÈGLE", help="Identifiant, comme RGL-TAUX-PRIVE.")],
    on: _ON = "",
    as_json: _JSON = False,
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
        _refuse(f"la règle « {rule} » n'existe pas.{_near(id, (one.id for one in fixtures.rules()))}")
    if as_json:
        _print_json(shown.history_json(found, day))
    else:
        typer.echo("\n".join(shown.detail(found, day)))


def _day(text: str) -> date:
    from simulator.kit import clock
    from simulator.rules.units import day_of

    if not text:
        return clock.day(clock.real_now())
    day = day_of(text)
    if day is None:
        _refuse(f"--on attend un jour du calendrier, comme 2027-03-01 ; reçu « {text} ».")
    return day


def _near(typed: str, known: Iterable[str]) -> str:
    near = get_close_matches(typed, sorted(known), n=3, cutoff=0.5)
    return f" Voulez-vous dire {', '.join(near)} ?" if near else " Les voir : fse rules."


def _print_json(answer: dict[str, Any]) -> None:
    typer.echo(json.dumps(answer, ensure_ascii=False, indent=1))


def _refuse(reason: str) -> NoReturn:
    typer.echo(f"Erreur : {reason}", err=True)
    raise typer.Exit(2)
