"""The database that a command of these rooms reads.

Heavy imports stay inside the functions.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from terminal.saying import refuse

if TYPE_CHECKING:
    from simulator.kit.storage import Database

DatabaseOption = Annotated[
    str,
    typer.Option(
        "--database", metavar="URL", help="Base (sqlite:///chemin, postgresql://…) ; par défaut .fse/fse.sqlite."
    ),
]


@contextmanager
def existing(url: str) -> Iterator[Database]:
    """An existing database; ends with one French line when there is none, or when it cannot be used."""
    from simulator.place import PlaceError, opened

    try:
        with opened(url) as db:
            yield db
    except PlaceError as error:
        refuse(str(error))
