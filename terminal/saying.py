"""What every command says alike: its `--json` option, JSON on the output, the line that refuses."""

from __future__ import annotations

import json
from typing import Annotated, Any, NoReturn

import typer

JsonOption = Annotated[bool, typer.Option("--json", help="Réponse en JSON, pour un programme.")]


def print_json(answer: Any) -> None:
    typer.echo(json.dumps(answer, ensure_ascii=False, indent=1))


def refuse(reason: str) -> NoReturn:
    """What is asked for has to be corrected: one French line, exit code 2."""
    typer.echo(f"Erreur : {reason}", err=True)
    raise typer.Exit(2)
