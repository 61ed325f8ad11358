"""Opening a run, folder or zip. A zip comes from elsewhere: nothing in it is trusted.

Refused with one French line: absolute paths, `..`, backslashes, drive letters, links, duplicate names
(also by case, for Windows and macOS), encryption, too many files, too large a file or total. Sizes are
counted while reading, never believed from the headers.
"""

from __future__ import annotations

import stat
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO
from zlib import error as ZlibError

from reports.source import RunUnreadable
from terminal.system import reason

MAX_FILES = 20_000
#: Bytes, once unpacked: one file, and all of them.
MAX_FILE = 256 * 1024 * 1024
MAX_TOTAL = 1024 * 1024 * 1024
_BLOCK = 1024 * 1024


@contextmanager
def opened(run: Path) -> Iterator[Path]:
    """The run as a folder: itself, or a zip unpacked in a temporary place that goes away afterwards."""
    if run.is_dir():
        yield run
    elif run.is_file():
        with tempfile.TemporaryDirectory(prefix="fse-run-") as place:
            safe_extract(run, Path(place))
            yield _root(Path(place))
    else:
        raise RunUnreadable(f"« {run} » n'existe pas ; donnez un dossier d'exécution, une liasse .zip ou « dernier »")


def safe_extract(archive: Path, target: Path) -> None:
    """Unpacks a zip under an existing folder. Raises `RunUnreadable` (French) for anything suspect."""
    try:
        with zipfile.ZipFile(archive) as opened_zip:
            left = MAX_TOTAL
            for entry in _checked(opened_zip.infolist()):
                path = target / entry.filename
                path.parent.mkdir(parents=True, exist_ok=True)
                with opened_zip.open(entry) as source, path.open("xb") as sink:
                    left -= _copy(source, sink, min(left, MAX_FILE), entry.filename)
    except (zipfile.BadZipFile, ZlibError, EOFError, NotImplementedError):
        raise RunUnreadable(f"« {archive.name} » n'est pas une liasse zip lisible") from None
    except OSError as error:
        raise RunUnreadable(f"« {archive.name} » ne peut pas être dépliée : {reason(error)}") from None


def _checked(entries: list[zipfile.ZipInfo]) -> Iterator[zipfile.ZipInfo]:
    if len(entries) > MAX_FILES:
        raise RunUnreadable(f"liasse refusée : plus de {MAX_FILES} fichiers")
    seen: set[str] = set()
    for entry in entries:
        name = entry.filename
        parts = PurePosixPath(name).parts
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if not parts or name.startswith("/") or ".." in parts or any(sign in name for sign in ":\\\x00"):
            raise RunUnreadable(f"liasse refusée : chemin « {name} » interdit")
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise RunUnreadable(f"liasse refusée : « {name} » est un lien ou un fichier spécial")
        if entry.flag_bits & 0x1:
            raise RunUnreadable(f"liasse refusée : « {name} » est chiffré")
        if name.casefold() in seen:
            raise RunUnreadable(f"liasse refusée : « {name} » y figure deux fois")
        seen.add(name.casefold())
        if not entry.is_dir():
            yield entry


def _copy(source: IO[bytes], sink: IO[bytes], limit: int, name: str) -> int:
    written = 0
    while block := source.read(_BLOCK):
        written += len(block)
        if written > limit:
            raise RunUnreadable(f"liasse refusée : « {name} » dépasse la taille permise")
        sink.write(block)
    return written


def _root(place: Path) -> Path:
    """The folder that holds run.json: the top, or the single folder of a bundle zipped again by hand."""
    inside = list(place.iterdir())
    return inside[0] if len(inside) == 1 and inside[0].is_dir() else place
