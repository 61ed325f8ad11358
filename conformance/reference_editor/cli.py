"""``fse editor reference``: the reference editor from the common command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Mount ``editor reference``."""
    group = typer.Typer(help="Les éditeurs fournis avec le banc.", no_args_is_help=True)
    app.add_typer(group, name="editor")

    @group.callback()
    def editors() -> None:
        """Les éditeurs fournis avec le banc."""

    @group.command("reference")
    def reference(
        port: Annotated[int, typer.Option(help="Port d'écoute, 0 pour un port libre.")] = 8710,
        host: Annotated[str, typer.Option(help="Adresse d'écoute.")] = "127.0.0.1",
        announce: Annotated[bool, typer.Option("--announce", help="Annoncer l'adresse par EDITOR_READY {…}.")] = False,
        key_file: Annotated[Path | None, typer.Option(help="Clé privée du logiciel (JWK P-256).")] = None,
    ) -> None:
        """Lancer l'éditeur de référence. Exemple : fse editor reference --port 0 --announce."""
        from .command import main

        arguments = ["--port", str(port), "--host", host]
        arguments += ["--announce"] if announce else []
        arguments += ["--key-file", str(key_file)] if key_file else []
        raise typer.Exit(main(arguments))
