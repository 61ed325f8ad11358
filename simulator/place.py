"""The database of a command line: which file it is, whether it can be used, and who is using it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import IO, TYPE_CHECKING

from simulator.kit.storage.address import parsed, shown
from terminal.system import reason

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

if TYPE_CHECKING:
    from simulator.kit.storage import Database


class PlaceError(Exception):
    """The database cannot be used; one French line."""


def data_folder() -> Path:
    """The folder of a database that nobody named: FSE_DATA, else `.fse`."""
    return Path(os.environ.get("FSE_DATA") or ".fse")


def default_database() -> str:
    """The address of that database."""
    return f"sqlite:///{data_folder() / 'fse.sqlite'}"


def database_file(url: str) -> Path | None:
    """The file of a database URL that a person typed, None in memory or on a server. Creates nothing.

    Raises PlaceError for what is no address of a database, and for a file whose folder does not exist: only the
    default folder is ever made for its user.
    """
    try:
        address = parsed(url)
    except ValueError:
        raise PlaceError(
            f"« {shown(url)} » n'est pas une adresse de base "
            "(exemples : sqlite:///essai.sqlite, postgresql://moi@localhost/fse)."
        ) from None
    if address.get_backend_name() != "sqlite" or address.database in (None, "", ":memory:"):
        return None
    file = Path(str(address.database))
    if not file.parent.is_dir():
        raise PlaceError(f"la base {file} ne s'ouvre pas : le dossier {file.parent} n'existe pas.")
    if file.is_dir():
        raise PlaceError(f"la base {file} ne s'ouvre pas : c'est un dossier.")
    return file


@contextmanager
def opened(url: str) -> Iterator[Database]:
    """An existing database, for a command that reads; the default one when `url` is empty.

    Raises PlaceError when there is none, or when it cannot be used.
    """
    where = url or default_database()
    file = database_file(where)
    if file is not None and not file.is_file():
        raise PlaceError(f"la base {file} n'existe pas.")
    with closing(_open(where)) as db:
        yield db


@contextmanager
def taken(url: str) -> Iterator[Database]:
    """A database for a command that writes for a while, made where there is none; held as a server holds it.

    Raises PlaceError when it is in use, or when it cannot be used.
    """
    if not url:
        folder = data_folder()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise PlaceError(f"le dossier {folder} n'est pas utilisable ({reason(error)}).") from None
    where = url or default_database()
    file = database_file(where)
    with nullcontext() if file is None else hold(file), closing(_open(where)) as db:
        yield db


def _open(where: str) -> Database:
    from simulator.kit.problems import Problem
    from simulator.kit.storage import Database

    try:
        return Database.open(where)
    except (ValueError, OSError, Problem) as error:
        raise PlaceError(f"la base ne peut pas être ouverte : {error}") from None


def hold(file: Path) -> IO[bytes]:
    """Take the database for one server, as long as the answer is open: the system lets go of it with the
    process, however that ends, so that the `.lock` file left beside the base never blocks anyone.

    Raises PlaceError when another server has it, or when nothing can be written there.
    """
    path = file.resolve()
    try:
        held = path.with_name(f"{path.name}.lock").open("ab")
    except OSError:
        raise PlaceError(f"la base {file} ne s'ouvre pas : son dossier refuse l'écriture.") from None
    try:
        if sys.platform == "win32":
            held.seek(0)
            msvcrt.locking(held.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        held.close()
        raise PlaceError(
            f"un autre fse serve emploie déjà la base {file} ; l'arrêter, ou choisir --database."
        ) from None
    return held
