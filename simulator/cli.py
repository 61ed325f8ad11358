"""`fse serve`: the simulator on this machine. Heavy imports happen inside the command."""

from __future__ import annotations

from pathlib import Path

import typer

from terminal.saying import refuse


def register(app: typer.Typer) -> None:
    """Mount this room's commands."""
    app.command("serve")(serve)


def serve(
    host: str = typer.Option("127.0.0.1", help="Adresse d'écoute."),
    port: int = typer.Option(
        8700, envvar="FSE_PORT", show_envvar=False, min=0, max=65535, help="Port, ou FSE_PORT ; 0 : un port libre."
    ),
    database: str = typer.Option("", help="Base, sqlite:///essai.sqlite, postgresql://… ; sinon : .fse/fse.sqlite."),
    memory: bool = typer.Option(False, "--memory", help="Tout en mémoire : rien ne reste à l'arrêt."),
    announce: bool = typer.Option(False, "--announce", help="Annonce « FSE_READY {…} » pour un programme."),
    medicines: Path | None = typer.Option(None, help="Liste de médicaments à importer avant de démarrer."),
    allow_remote: bool = typer.Option(
        False, "--allow-remote", help="Accepte une adresse d'écoute visible d'autres machines."
    ),
    remote_bench: list[str] = typer.Option(
        [], help="Nom d'hôte par lequel le pilotage du banc reste permis hors de cette machine."
    ),
    base_url: str = typer.Option("", help="Adresse publique, derrière un relais."),
) -> None:
    """Démarre le simulateur de la plateforme FSE (non officiel).

    Exemple : fse serve --port 8700
    """
    from simulator.launch import Choice, StartError, run

    choice = Choice(
        host=host,
        port=port,
        database=database,
        memory=memory,
        announce=announce,
        medicines=medicines,
        allow_remote=allow_remote,
        bench_hosts=frozenset(remote_bench),
        base_url=base_url.rstrip("/"),
    )
    try:
        run(choice)
    except StartError as error:
        refuse(str(error))
