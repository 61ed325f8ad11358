"""What the commands of the rooms share: two options, a database to read, JSON, the line that refuses.

Heavy imports stay inside the functions.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from simulator.kit.storage import Database

DatabaseOption = Annotated[
    str,
    typer.Option(
        "--database", metavar="URL", help="Base (sqlite:///chemin, postgresql://…) ; par défaut .fse/fse.sqlite."
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Réponse en JSON, pour un programme.")]


@contextmanager
def existing(url: str) -> Iterator[Database]:
    """An existing database; ends with one French line when there is none, or when it cannot be used."""
    from simulator.place import PlaceError, opened

    try:
        with opened(url) as db:
            yield db
    except PlaceError as error:
        refuse(str(error))


def print_json(answer: Any) -> None:
    typer.echo(json.dumps(answer, ensure_ascii=False, indent=1))


def refuse(reason: str) -> NoReturn:
    """What is asked for has to be corrected: one French line, exit code 2."""
    typer.echo(f"Erreur : {reason}", err=True)
    raise typer.Exit(2)
