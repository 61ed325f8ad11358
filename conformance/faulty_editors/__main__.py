"""``python -m conformance.faulty_editors NAME --port 0 --announce``; ``--list`` names them all."""

from __future__ import annotations

import argparse
import sys

from conformance.reference_editor.command import options, start

from .registry import all_faults


def main(arguments: list[str] | None = None) -> int:
    """Serve one faulty editor; exit code 2 when no editor has this name."""
    faults = all_faults()
    parser = argparse.ArgumentParser(
        prog="python -m conformance.faulty_editors",
        description="Éditeurs fautifs : l'éditeur de référence avec une seule faute chacun.",
        epilog="Exemple : python -m conformance.faulty_editors no-rights-check --port 0 --announce",
    )
    parser.add_argument("name", nargs="?", help="nom de la faute")
    parser.add_argument("--list", action="store_true", help="nommer toutes les fautes")
    given = options(parser).parse_args(arguments)
    if given.list:
        for known in faults.values():
            print(f"{known.name:26} {known.says_fr}")
        return 0
    if given.name not in faults:
        asked = f"« {given.name} » n'est pas" if given.name else "Aucun nom donné : ce n'est pas"
        print(f"{asked} un éditeur fautif. Connus : {', '.join(faults)}.", file=sys.stderr)
        return 2
    return start(faults[given.name].editor, given)


if __name__ == "__main__":
    sys.exit(main())
