"""`fse nomenclature import` and `fse nomenclature list`. Heavy imports stay inside the commands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulator.command import DatabaseOption
from terminal.saying import JsonOption, refuse, say

if TYPE_CHECKING:
    from simulator.kit.storage import Database


def register(app: typer.Typer) -> None:
    """Mount this room's commands."""
    group = typer.Typer(help="Listes de médicaments : importer, voir.", no_args_is_help=True)
    group.command("import")(import_list)
    group.command("list")(list_versions)
    app.add_typer(group, name="nomenclature")


def import_list(
    file: Annotated[Path, typer.Argument(metavar="FICHIER", help="Liste au format CSV.")],
    database: DatabaseOption = "",
    version: Annotated[
        str, typer.Option("--version", metavar="NOM", help="Nom de la version ; par défaut, tiré du fichier.")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Importer une liste publique de médicaments remboursables.

    Dit combien de lignes sont retenues, fusionnées, écartées et, pour chacune des écartées, sa ligne et
    la raison. La liste importée est celle des mondes créés ensuite, et du monde default dès que fse serve
    redémarre. Un fichier illisible ne change rien.

    Exemple : fse nomenclature import liste-2026.csv
    """
    from simulator.kit.problems import Problem
    from simulator.nomenclature import importer, report, store

    try:
        parsed = importer.load(file)
        name = importer.version_name(parsed, version or None)
    except importer.BrokenList as error:
        refuse(f"{file} : {error}. Rien n'a été changé.")
    with _database(database) as db:
        already = db.call(lambda tx: store.find_version(tx, name)) is not None
        try:
            stored = db.call(lambda tx: store.add(tx, name, parsed))
        except (ValueError, Problem) as error:
            refuse(f"{error}. Rien n'a été changé.")
        current = db.call(store.current)
    lines = [
        *report.lines(parsed, stored, already=already),
        *report.afterwards(stored, current, str(file), database),
    ]
    say(report.as_json(parsed, stored, already=already), as_json, lines)


def list_versions(database: DatabaseOption = "", as_json: JsonOption = False) -> None:
    """Voir les listes de médicaments enregistrées.

    Exemple : fse nomenclature list
    """
    from dataclasses import asdict

    from simulator.nomenclature import store

    with _database(database) as db:
        found = db.call(store.versions)
        current = db.call(store.current)
    lines = [
        f"{'*' if item.version == current else ' '} {item.version} : {item.rows} médicaments, {item.source_name}, "
        f"{item.imported_at}"
        for item in found
    ]
    rows = [asdict(item) for item in found]
    say({"current": current, "versions": rows}, as_json, [*lines, "* liste des mondes créés sans en nommer une"])


@contextmanager
def _database(url: str) -> Iterator[Database]:
    """The database, with the built-in list in it; ends with one French line when it cannot be used."""
    from simulator.kit.problems import Problem
    from simulator.kit.storage import Database, shown
    from simulator.nomenclature import store
    from simulator.place import PlaceError, database_file, default_database

    where = url or default_database()
    try:
        database_file(url or "sqlite://")
        db = Database.open(where)
        db.call(store.prepare)
    except PlaceError as error:
        refuse(str(error))
    except (ValueError, OSError, Problem) as error:
        refuse(f"la base « {shown(where)} » ne peut pas être ouverte : {error}")
    try:
        yield db
    finally:
        db.close()
