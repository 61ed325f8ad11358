"""`fse homologate`, `fse verify`, `fse doctor`, `fse demo`, `fse editor`: thin shells over the suite."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Profile = Annotated[Path | None, typer.Option("--profile", help="Profil TOML du logiciel à éprouver.")]
Editor = Annotated[
    str | None, typer.Option("--editor", help="Éditeur fourni : reference, ou faulty:NOM (éditeur fautif).")
]
Driver = Annotated[str | None, typer.Option("--driver", help="Adresse d'un pilote HTTP, sans profil.")]
Simulator = Annotated[
    str | None,
    typer.Option("--simulator", help="Adresse d'un simulateur ; sinon il est démarré ici, en mémoire."),
]
TokenFile = Annotated[Path | None, typer.Option("--bench-token-file", help="Fichier du jeton de banc.")]
Medicines = Annotated[Path | None, typer.Option("--medicines", help="Liste de médicaments (CSV) à charger d'abord.")]
Runs = Annotated[Path, typer.Option("--runs", help="Dossier où ranger les campagnes.")]
Lanes = Annotated[int, typer.Option("--lanes", min=1, max=32, help="Couloirs (instances) des éditeurs fournis.")]
Seed = Annotated[str, typer.Option("--seed", help="Graine des mondes : mêmes numéros, mêmes QR.")]
Only = Annotated[
    list[str] | None,
    typer.Option("--only", help="Cas ou préfixe (CAS-RES) ; la campagne est alors partielle."),
]


def register(app: typer.Typer) -> None:
    """Mount the suite's commands."""
    app.command("homologate", help=HOMOLOGATE)(homologate)
    app.command("verify", help=VERIFY)(verify)
    app.command("doctor", help=DOCTOR)(doctor)
    app.command("demo", help=DEMO)(demo)
    app.command("trial", help=TRIAL)(trial)
    editor = typer.Typer(no_args_is_help=True, help="Éditeurs fournis avec la suite.")
    editor.command("list", help="Les éditeurs fournis et leur faute. Exemple : fse editor list")(editor_list)
    editor.command("serve", help="Servir un éditeur. Exemple : fse editor serve reference --port 8801")(editor_serve)
    app.add_typer(editor, name="editor")


HOMOLOGATE = """Mener une campagne d'homologation et rendre son verdict.

Codes : 0 conforme (ou avec réserves), 1 non conforme, 2 configuration, 3 banc, 4 incomplet.

Exemple : fse homologate --profile profil.toml
"""
VERIFY = """Recalculer chaque verdict d'une campagne depuis ses observations, sans logiciel ni simulateur.

Codes : 0 tout concorde, 1 un fichier ou un verdict diffère, 2 ce n'est pas une campagne.

Exemple : fse verify dernier
"""
DOCTOR = """Examiner la machine, le simulateur et le logiciel avant une campagne.

Exemple : fse doctor --profile profil.toml
"""
DEMO = """La démonstration : simulateur, éditeur de référence, campagne complète, rapport, vérification.

Exemple : fse demo --medicines liste.csv
"""


TRIAL = """Éprouver la suite elle-même : chaque éditeur fautif doit rougir exactement ses contrôles épinglés.

Codes : 0 tous pris, 1 au moins un éditeur fautif échappe ou rougit autre chose, 2 nom inconnu.

Exemple : fse trial no-rights-check ignores-signature
"""


def homologate(
    profile: Profile = None,
    editor: Editor = None,
    driver: Driver = None,
    simulator: Simulator = None,
    bench_token_file: TokenFile = None,
    medicines: Medicines = None,
    runs: Runs = Path("runs"),
    lanes: Lanes = 2,
    seed: Seed = "banc-fse",
    only: Only = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Ne dire que le verdict.")] = False,
) -> None:
    from conformance.console import campaign

    code, _ = campaign(
        profile=profile,
        editor=editor,
        driver=driver,
        simulator_url=simulator,
        bench_token_file=bench_token_file,
        medicines=medicines,
        lanes=lanes,
        runs=runs,
        seed=seed,
        only=tuple(only or ()),
        quiet=quiet,
    )
    raise typer.Exit(code)


def demo(
    medicines: Medicines = None,
    runs: Runs = Path("runs"),
    lanes: Lanes = 2,
    seed: Seed = "banc-fse",
) -> None:
    from conformance.console import campaign, verified

    code, folder = campaign(
        profile=None, editor="reference", driver=None, simulator_url=None, bench_token_file=None,
        medicines=medicines, lanes=lanes, runs=runs, seed=seed, only=(), quiet=False,
    )  # fmt: skip
    raise typer.Exit((verified(str(folder), runs) if folder else 0) or code)


def verify(
    run: Annotated[str, typer.Argument(metavar="CAMPAGNE", help="Dossier d'une campagne, ou « dernier ».")],
    runs: Runs = Path("runs"),
) -> None:
    from conformance.console import verified

    raise typer.Exit(verified(run, runs))


def trial(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="NOMS", help="Éditeurs fautifs ; tous par défaut.")
    ] = None,
    side_by_side: Annotated[int, typer.Option("--side-by-side", min=1, max=8, help="Campagnes de front.")] = 2,
    output: Annotated[Path | None, typer.Option("--output", help="Écrire aussi le résultat en JSON.")] = None,
) -> None:
    from conformance.console import tried

    raise typer.Exit(tried(tuple(names or ()), side_by_side, output))


def doctor(
    profile: Profile = None,
    editor: Editor = None,
    driver: Driver = None,
    simulator: Simulator = None,
    bench_token_file: TokenFile = None,
    runs: Runs = Path("runs"),
) -> None:
    from conformance.console import examined

    raise typer.Exit(
        examined(
            profile=profile,
            editor=editor,
            driver=driver,
            simulator_url=simulator,
            bench_token_file=bench_token_file,
            medicines=None,
            lanes=1,
            runs=runs,
        )
    )


def editor_list() -> None:
    from conformance.faulty_editors.registry import all_faults

    typer.echo("reference : l'éditeur de référence, sans faute connue")
    for fault in all_faults().values():
        typer.echo(f"faulty:{fault.name} : {fault.says_fr}")


def editor_serve(
    name: Annotated[str, typer.Argument(metavar="NOM", help="reference, ou faulty:NOM.")],
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="Port d'écoute sur 127.0.0.1 ; 0 : un port libre.")
    ] = 8801,
) -> None:
    from conformance.faulty_editors.__main__ import main as serve_faulty
    from conformance.programs import EditorDidNotStart, module
    from conformance.reference_editor.command import main as serve_reference

    try:
        _, *fault = module(name)
    except EditorDidNotStart as refused:
        typer.echo(str(refused), err=True)
        raise typer.Exit(2) from None
    serve = serve_faulty if fault else serve_reference
    raise typer.Exit(serve([*fault, "--port", str(port), "--announce"]))
