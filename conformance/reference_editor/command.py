"""The command line of the reference editor, shared with the faulty editors."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from .development_key import key_from_file
from .editor import ReferenceEditor
from .server import serve

MakeEditor = Callable[[ECKey | None], ReferenceEditor]


def options(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """Add what every editor of this package understands."""
    parser.add_argument("--host", default="127.0.0.1", help="adresse d'écoute (par défaut 127.0.0.1)")
    parser.add_argument("--port", type=int, default=8710, help="port d'écoute, 0 pour un port libre")
    parser.add_argument("--announce", action="store_true", help="annoncer l'adresse par une ligne EDITOR_READY {…}")
    parser.add_argument(
        "--key-file",
        type=Path,
        help="clé privée du logiciel (JWK P-256) ; par défaut une clé de développement publique",
    )
    return parser


def start(make: MakeEditor, given: argparse.Namespace) -> int:
    """Serve an editor; exit code 0, or 2 with one French line when it cannot start."""
    try:
        key = key_from_file(given.key_file) if given.key_file else None
    except (OSError, ValueError, JoseError):
        print(f"Clé illisible : « {given.key_file} » doit être un JWK privé P-256.", file=sys.stderr)
        return 2
    try:
        serve(make(key), given.host, given.port, announce=given.announce)
    except OSError as error:
        print(f"Impossible d'écouter sur {given.host}:{given.port} : {error.strerror}.", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        pass
    return 0


def main(arguments: list[str] | None = None) -> int:
    """``python -m conformance.reference_editor``."""
    parser = argparse.ArgumentParser(
        prog="python -m conformance.reference_editor",
        description="Éditeur de référence : un petit logiciel de cabinet et de pharmacie.",
        epilog="Exemple : python -m conformance.reference_editor --port 0 --announce",
    )
    return start(ReferenceEditor, options(parser).parse_args(arguments))
