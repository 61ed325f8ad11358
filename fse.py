"""The command line `fse`: mounts what each room offers, and nothing more.

Each room owns a `cli.py` with `register(app)`; heavy imports stay inside the commands, so that
`fse --help` answers at once. Exit codes: 0 done, 1 the thing examined is wrong, 2 the request or the
configuration is wrong, 3 the bench itself failed, 4 incomplete.
"""

from __future__ import annotations

import importlib
import os
import re
import sys
from itertools import takewhile
from typing import Any

import typer

from terminal.helps import french
from terminal.plain import plain

ROOMS = (
    "simulator", "simulator.worlds", "simulator.nomenclature", "simulator.claims", "simulator.rules", "simulator.audit",
    "simulator.reference",
    "conformance", "conformance.fuzz", "load", "reports", "workbench", "coach", "qrlab", "traces",
)  # fmt: skip
USAGE: Any = typer.BadParameter.__base__  # UsageError, which Typer does not name
EXPECTED = (
    ("greater than or equal to ([-0-9.]+)", "au moins {}"),
    ("less than or equal to ([-0-9.]+)", "au plus {}"),
    ("valid integer", "un nombre entier est attendu"),
    ("valid number", "un nombre est attendu"),
    ("valid boolean", "oui ou non est attendu"),
    ("does not exist", "rien de ce nom n'existe"),
    ("is a directory", "c'est un dossier"),
    ("is a file", "c'est un fichier"),
    ("is not (?:readable|writable)", "l'accès en est refusé"),
    ("is not one of (.+?)\\.?$", "une de ces valeurs est attendue : {}"),
)


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
    return french(app)


def main() -> None:
    """Entry point of the `fse` script. An unexpected fault ends with code 3 and one line, never a trace."""
    try:
        sys.exit(build()(prog_name="fse", standalone_mode=False) or 0)
    except KeyboardInterrupt:
        sys.exit(130)
    except USAGE as mistake:
        typed = ["fse", *takewhile(lambda word: not word.startswith("-"), sys.argv[1:])]
        command = mistake.ctx.command_path if mistake.ctx else " ".join(typed)
        if type(mistake).__name__ == "NoArgsIsHelpError":
            print(mistake.format_message(), file=sys.stderr)
        else:
            print(f"Erreur : {plain(in_french(mistake), 2_000)}", file=sys.stderr)
            print(f"Aide : {command} --help", file=sys.stderr)
        sys.exit(2)
    except Exception as fault:
        if os.environ.get("FSE_DEBUG"):
            raise
        print(f"Faute du banc : {type(fault).__name__} : {plain(str(fault), 2_000)}", file=sys.stderr)
        print("Pour la trace complète, relancer avec FSE_DEBUG=1.", file=sys.stderr)
        sys.exit(3)


def in_french(mistake: Any) -> str:
    """One line for a usage error: what is wrong, with the name of the option, the value and its bounds."""
    kind, said = type(mistake).__name__, mistake.format_message()
    name = re.search(r"'([^']*)'", said)
    quoted = f"« {name[1]} »" if name else ""
    if kind == "NoSuchOption":
        near = ", ".join(mistake.possibilities or ())
        return f"l'option « {mistake.option_name} » n'existe pas{f' ; voulez-vous dire {near} ?' if near else '.'}"
    if kind == "BadOptionUsage":
        wants = "n'attend pas de valeur" if "does not take" in said else "attend une valeur"
        return f"l'option « {mistake.option_name} » {wants}."
    if kind == "MissingParameter":
        return f"il manque {quoted}."
    if kind == "BadParameter":
        return f"valeur refusée pour {quoted} : {_expected(mistake)}."
    if said.startswith("No such command"):
        near = ", ".join(re.findall("'([^']*)'", said)[1:])
        return f"la commande {quoted} n'existe pas{f' ; voulez-vous dire {near} ?' if near else '.'}"
    if said.startswith("Got unexpected extra argument"):
        return f"argument en trop : {said[said.find(' (') + 2 : -1]}."
    return "Il manque une commande." if said.startswith("Missing command") else "cette commande ne se lit pas."


def _expected(mistake: Any) -> str:
    """What the value should be, from the words of the parser."""
    for english, words in EXPECTED:
        if found := re.search(english, mistake.message):
            return words.format(*found.groups())
    return "ce n'est pas ce qui est attendu"


if __name__ == "__main__":
    main()
