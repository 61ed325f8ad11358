"""`fse world create` and `fse world list`. Heavy imports stay inside the commands."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulator.command import DatabaseOption, existing
from terminal.saying import JsonOption, refuse, say

if TYPE_CHECKING:
    from simulator.populations.creating import Created

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


def register(app: typer.Typer) -> None:
    """Mount this room's commands."""
    group = typer.Typer(help="Mondes : en créer, les voir, les garder, les ramener.", no_args_is_help=True)
    group.command("create")(create)
    group.command("list")(everything)
    app.add_typer(group, name="world")


def create(
    name: Annotated[str, typer.Option("--name", metavar="NOM", help="Nom du monde ; par défaut, le peuplement.")] = "",
    seed: Annotated[str, typer.Option("--seed", metavar="GRAINE", help="Graine ; par défaut, le peuplement.")] = "",
    database: DatabaseOption = "",
    persona_set: Annotated[
        str,
        typer.Option("--persona-set", metavar="PEUPLEMENT", help="Qui l'habite : kenitra, ou default (vide)."),
    ] = "kenitra",
    tariff_set: Annotated[
        str, typer.Option("--tariff-set", metavar="JEU", help="Tarifs : tnr-2006, en vigueur, ou conventions-2020.")
    ] = "tnr-2006",
    days: Annotated[int, typer.Option("--days", min=0, max=400, help="Jours d'activité.")] = 30,
    until: Annotated[
        str, typer.Option("--until", metavar="AAAA-MM-JJ", help="Dernier jour d'activité ; par défaut 2026-11-22.")
    ] = "",
    per_day: Annotated[
        int,
        typer.Option("--per-day", min=0, max=20_000, help="Feuilles d'un jour ordinaire ; 0 : celles du peuplement."),
    ] = 0,
    base_url: Annotated[
        str, typer.Option("--base-url", metavar="URL", help="Adresse où le monde sera servi ; les reçus la portent.")
    ] = "http://127.0.0.1:8700",
    as_json: JsonOption = False,
) -> None:
    """Créer un monde peuplé, avec des jours d'activité de toutes les professions.

    Des feuilles émises, exécutées en tout ou en partie, annulées, rectifiées, saisies après coup : tout passe par les
    opérations de la plateforme, jour après jour, à l'heure du monde. La même graine refait les mêmes gens, les mêmes
    numéros et la même piste d'audit. Rien n'est visible avant la fin : interrompue, la commande ne laisse aucun monde.
    L'horloge du monde reste figée au matin qui suit le dernier jour.

    Codes de sortie : 0 créé, 2 demande à corriger (rien n'est écrit), 3 le banc a failli, 130 interrompue.

    Exemples :

      fse world create --persona-set kenitra --days 30

      fse world create --name essai --seed 7 --days 3 --per-day 20 --database sqlite:///essai.sqlite --json

      fse serve --database sqlite:///essai.sqlite
    """
    from simulator.place import PlaceError
    from simulator.populations.creating import Refused, Wanted, make

    if name and not _NAME.fullmatch(name):
        refuse(f"« {name} » n'est pas un nom de monde (minuscules, chiffres et tirets, 63 au plus).")
    if len(seed) > 200:
        refuse("une graine a 200 caractères au plus.")
    wanted = Wanted(name, seed, persona_set, days, _day(until), per_day, base_url.rstrip("/"), tariff_set)
    try:
        created = make(database, wanted, _progress)
    except (PlaceError, Refused) as error:
        refuse(str(error))
    if not as_json:
        print(f"{created.seconds:.0f} s", file=sys.stderr)
    say(created.as_json(), as_json, _told(created, database))


def everything(database: DatabaseOption = "", as_json: JsonOption = False) -> None:
    """Voir les mondes d'une base : heure, peuplement, feuilles, tête de la piste d'audit.

    Exemple : fse world list --database sqlite:///essai.sqlite
    """
    from simulator.populations.creating import summaries

    with existing(database) as db:
        found = summaries(db)
    lines = [line for one in found for line in _shown(one)]
    say({"worlds": found}, as_json, lines or ["Aucun monde dans cette base."])


def _shown(one: Mapping[str, Any]) -> tuple[str, str]:
    mode = "figée" if one["clock"] == "frozen" else "court"
    return (
        f"{one['id']} : {one['now']} ({mode}), peuplement {one['persona_set']}, {one['care_sheets']} feuilles",
        f"  tête de la piste d'audit : {one['audit_head'] or 'aucune'}",
    )


def _told(created: Created, database: str) -> list[str]:
    lived, served = created.lived, f" --database {database}" if database else ""
    lines = [
        f"Monde « {created.id} » créé, peuplement {created.persona_set}, horloge au {created.now}.",
        f"  Jeu de tarifs : {created.tariff_set}",
    ]
    if created.days:
        lines += [
            f"  {created.days} jours : {lived.sheets} feuilles, {lived.executions} exécutions, "
            f"{created.claims} demandes de remboursement.",
            f"  Refus (comme il en arrive) : {sum(lived.refusals.values())}.",
            f"  Tête de la piste d'audit : {lived.head}",
        ]
    return [*lines, f"Le servir : fse serve{served}"]


def _progress(done: int, of: int, sheets: int) -> None:
    """One line that is written over on a terminal; one line a week elsewhere."""
    said = f"jour {done}/{of}, {sheets} feuilles"
    if sys.stderr.isatty():
        print(f"\r  {said} ", end="\n" if done == of else "", file=sys.stderr, flush=True)
    elif done % 7 == 0 or done == of:
        print(said, file=sys.stderr, flush=True)


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no time zone
    except ValueError:
        refuse(f"--until attend un jour comme 2026-11-22, pas « {text} ».")
