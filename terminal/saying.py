"""What every command says alike: its `--json` option, what it found in JSON or in French, the line that refuses."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Annotated, Any, NoReturn

import typer

from terminal.plain import plain

JsonOption = Annotated[bool, typer.Option("--json", help="Réponse en JSON, pour un programme.")]
_LONGEST = 2_000
_UNSHOWN = re.compile("[\x7f-\x9f\ud800-\udfff\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")


def say(found: Any, as_json: bool, lines: Iterable[str]) -> None:
    """What a command found: as JSON, or in French, by lines that are made only then."""
    if as_json:
        print_json(found)
        return
    if told := list(lines):  # in one piece: whoever reads the first line only (`head -1`) leaves nobody writing
        typer.echo("\n".join(told))


def print_json(answer: Any) -> None:
    """Indented; what a terminal would obey rather than show is escaped."""
    text = json.dumps(answer, ensure_ascii=False, indent=1)
    typer.echo(_UNSHOWN.sub(lambda found: f"\\u{ord(found[0]):04x}", text))


def ruled(pages: Iterable[str]) -> str:
    """Texts of several lines as one, a rule of 80 columns between them."""
    return ("\n\n" + "─" * 80 + "\n\n").join(pages)


def refuse(reason: str) -> NoReturn:
    """What is asked for has to be corrected: one French line, exit code 2. `reason` may come from outside."""
    typer.echo(f"Erreur : {plain(reason, _LONGEST)}", err=True)
    raise typer.Exit(2)
