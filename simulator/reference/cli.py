"""`fse docs`: the pages made from the tables. Heavy imports happen inside the commands."""

from __future__ import annotations

import json
from pathlib import Path

import typer

ROOT = Path(__file__).resolve().parents[2]


def register(app: typer.Typer) -> None:
    """Mount this room's commands."""
    room = typer.Typer(name="docs", help="Pages de référence, tirées des tables.", no_args_is_help=True)
    room.command("build")(build)
    room.command("openapi")(openapi)
    app.add_typer(room)


def build(
    check: bool = typer.Option(False, "--check", help="N'écrit rien ; sort 1 si une page est périmée."),
    root: Path = typer.Option(ROOT, help="Racine du dépôt.", show_default=False),
) -> None:
    """Rejoue les exemples et refait docs/reference.

    Exemple : fse docs build
    """
    from simulator.reference.build import stale, targets
    from simulator.reference.story import recorded

    if not (root / "docs").is_dir():
        typer.echo(f"Erreur : {root} n'est pas la racine du dépôt ; la donner par --root.", err=True)
        raise typer.Exit(2)
    examples = recorded()
    old = stale(root, examples)
    for path in old:
        typer.echo(f"{'périmée' if check else 'refaite'} : {path.relative_to(root)}")
    if check:
        raise typer.Exit(1 if old else 0)
    for path, text in targets(root, examples).items():
        if path in old:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    typer.echo(f"{len(old)} page(s) refaite(s)." if old else "Tout est à jour.")


def openapi(file: Path = typer.Argument(metavar="FICHIER", help="Où écrire le document.")) -> None:
    """Écrit le document OpenAPI de l'API FSE.

    Exemple : fse docs openapi openapi.json
    """
    from simulator.reference.build import openapi as described

    file.write_text(json.dumps(described(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    typer.echo(f"Écrit : {file}")
