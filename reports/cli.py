"""`fse report` and `fse bundle`. Heavy imports stay inside the commands: `fse --help` must be instant."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from terminal.saying import refuse

_RUN = Annotated[
    str,
    typer.Argument(
        metavar="EXÉCUTION", help="Dossier d'exécution, liasse .zip, ou « dernier » : la plus récente sous runs/."
    ),
]
_RUNS = Annotated[Path, typer.Option("--runs", help="Dossier où les exécutions sont rangées.")]


def register(app: typer.Typer) -> None:
    """Adds the two commands to the command line."""
    app.command("report")(report)
    app.command("bundle")(bundle)


def report(
    run: _RUN = "dernier",
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Dossier des rapports ; par défaut, report dans l'exécution."),
    ] = None,
    show: Annotated[bool, typer.Option("--open", help="Ouvrir le rapport dans le navigateur.")] = False,
    runs: _RUNS = Path("runs"),
) -> None:
    """Écrire les rapports d'une exécution : HTML, JUnit et JSON.

    Codes : 0 écrits, 1 écrits mais les preuves ont changé depuis la clôture, 2 ce n'est pas une exécution.

    Exemple : fse report dernier --open
    """
    from reports.source import RunUnreadable
    from reports.words import ALTERED
    from reports.writer import make_reports

    try:
        written, altered = make_reports(find_run(run, runs), output)
    except RunUnreadable as error:
        refuse(str(error))
    for path in written:
        typer.echo(path)
    if show:
        import webbrowser

        if not webbrowser.open(written[0].resolve().as_uri()):
            typer.echo("Aucun navigateur n'a pu être ouvert : ouvrez le premier fichier ci-dessus.")
    if altered:
        typer.echo(ALTERED, err=True)
        for discrepancy in altered:
            typer.echo(f"  {discrepancy}", err=True)
        raise typer.Exit(1)


def bundle(
    run: _RUN = "dernier",
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Fichier .zip à écrire ; par défaut, à côté de l'exécution."),
    ] = None,
    runs: _RUNS = Path("runs"),
) -> None:
    """Mettre une exécution en liasse : un zip reproductible et son manifeste d'empreintes.

    Exemple : fse bundle dernier --output liasse.zip
    """
    from reports.bundle import make_bundle
    from reports.source import RunUnreadable

    try:
        typer.echo(make_bundle(find_run(run, runs), output))
    except RunUnreadable as error:
        refuse(str(error))


def find_run(name: str, runs: Path = Path("runs")) -> Path:
    """The run that a person means: a path, a name under `runs/`, or `dernier` / `latest` by start time.

    Raises `RunUnreadable` (French) when there is none.
    """
    from reports.source import RunUnreadable, mapping, read_json, text

    if name not in ("dernier", "latest"):
        return Path(name) if Path(name).exists() or not (runs / name).exists() else runs / name
    found: list[tuple[str, str, Path]] = []
    for folder in runs.iterdir() if runs.is_dir() else ():
        if (folder / "run.json").is_file():
            try:
                started = text(mapping(read_json(folder / "run.json")).get("started_at"))
            except RunUnreadable:
                started = ""
            found.append((started, folder.name, folder))
    if not found:
        raise RunUnreadable(f"aucune exécution sous « {runs.resolve()} » ; lancez d'abord fse homologate")
    return max(found)[2]
