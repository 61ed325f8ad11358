"""The command line `fse`: mounts what each room offers, and nothing more.

Each room owns a `cli.py` with `register(app)`; heavy imports stay inside the commands, so that
`fse --help` answers at once. Exit codes: 0 done, 1 the thing examined is wrong, 2 the request or the
configuration is wrong, 3 the bench itself failed, 4 incomplete.
"""

from __future__ import annotations

import importlib
import os
import sys

import typer

ROOMS = ("simulator", "simulator.nomenclature", "conformance", "conformance.fuzz", "load", "reports")


def build() -> typer.Typer:
    """The Typer application with the commands of every room."""
    app = typer.Typer(
        name="fse",
        help="Banc FSE : simulateur de référence et banc d'homologation (non officiel).",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    for room in ROOMS:
        importlib.import_module(f"{room}.cli").register(app)
    return app


def main() -> None:
    """Entry point of the `fse` script. An unexpected fault ends with code 3 and one line, never a trace."""
    try:
        build()()
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as fault:
        if os.environ.get("FSE_DEBUG"):
            raise
        print(f"Faute du banc : {type(fault).__name__} : {fault}", file=sys.stderr)
        print("Pour la trace complète, relancer avec FSE_DEBUG=1.", file=sys.stderr)
        sys.exit(3)


if __name__ == "__main__":
    main()
