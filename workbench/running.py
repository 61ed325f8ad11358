"""The simulator that a command of the bench speaks to: where it is, its token, what is said when it is not there."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from terminal.saying import refuse

if TYPE_CHECKING:
    from client.bench import BenchClient

Found = TypeVar("Found")
_HERE = "http://127.0.0.1:8700"

SimulatorOption = Annotated[
    str,
    typer.Option(
        "--simulator", metavar="URL", envvar="FSE_SIMULATOR", show_envvar=False,
        help=f"Adresse du simulateur qui tourne ; par défaut {_HERE}, ou FSE_SIMULATOR.",
    ),
]  # fmt: skip
TokenFileOption = Annotated[
    Path | None,
    typer.Option(
        "--bench-token-file", metavar="FICHIER",
        help="Fichier du jeton de banc ; par défaut FSE_BENCH_TOKEN, puis le dossier de données (.fse, ou FSE_DATA).",
    ),
]  # fmt: skip
WorldOption = Annotated[
    str, typer.Option("--world", metavar="MONDE", show_default=False, help="Monde ; par défaut, default.")
]
DEFAULT_WORLD = "default"


@contextmanager
def bench(simulator: str, token_file: Path | None, timeout_s: float = 20.0) -> Iterator[BenchClient]:
    """The bench of the simulator that runs there.

    Ends with one French line, exit code 2, when nothing answers, when the token is missing or refused, or when what is
    asked of it is refused.
    """
    from client.bench import BenchClient
    from client.http import PlatformUnreachable, Refused
    from client.launch import LaunchError, reach

    url, file = simulator or _HERE, token_file or _token_file()
    if file is None and "FSE_BENCH_TOKEN" not in os.environ:
        refuse("pas de jeton de banc ici : démarrer un simulateur (fse serve), ou donner --bench-token-file FICHIER.")
    try:
        with reach(url, file) as (at, token), closing(BenchClient(at, token, timeout_s)) as it:
            yield it
    except LaunchError as error:
        refuse(str(error))
    except PlatformUnreachable:
        refuse(f"aucun simulateur ne répond à {url} ; le démarrer (fse serve), ou donner --simulator URL.")
    except Refused as refusal:
        if refusal.status == 401:
            refuse(f"{url} refuse ce jeton de banc ; donner celui de ce simulateur : --bench-token-file.")
        refuse(_why(refusal.problem) or str(refusal))


def quietly(
    simulator: str, token_file: Path | None, ask: Callable[[BenchClient], Found], timeout_s: float = 2.0
) -> Found | None:
    """What the simulator that runs there answers; None when there is none that says it: nothing is refused."""
    from client.bench import BenchClient
    from client.http import PlatformUnreachable, Refused
    from client.launch import LaunchError, reach

    try:
        with (
            reach(simulator or _HERE, token_file or _token_file()) as (at, token),
            closing(BenchClient(at, token, timeout_s)) as it,
        ):
            return ask(it)
    except (LaunchError, PlatformUnreachable, Refused):
        return None


def _why(problem: Mapping[str, Any]) -> str:
    """What is wrong, then member by member where the refusal says it."""
    detail = str(problem.get("detail") or "")
    errors = [
        f"{str(error['pointer']).strip('/')} : {error['detail']}"
        for error in problem.get("errors", ())
        if error["detail"] != detail
    ]
    return " ".join([detail, *errors]).strip()


def _token_file() -> Path | None:
    """The one that a simulator started from here has written, unless the environment gives a token."""
    if "FSE_BENCH_TOKEN" in os.environ:
        return None
    found = Path(os.environ.get("FSE_DATA") or ".fse") / "bench-token"
    return found if found.is_file() else None
