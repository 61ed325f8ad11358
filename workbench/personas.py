"""`fse persona`: who and what is special, as printed in the reference. Needs no simulator."""

from __future__ import annotations

from typing import Annotated

import typer

from terminal.saying import JsonOption, refuse, say


def register(app: typer.Typer) -> None:
    """Mount this room's commands."""
    persona = typer.Typer(help="Les personnes et les valeurs particulières du banc.", no_args_is_help=True)
    persona.callback()(lambda: None)
    persona.command("list")(listed)
    app.add_typer(persona, name="persona")


def listed(
    kind: Annotated[str, typer.Option("--kind", help="professional, beneficiary, medicine ou act.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Imprimer la table : la valeur à envoyer, son nom, ce qu'elle a de particulier.

    Exemple : fse persona list --kind beneficiary
    """
    from fixtures import magic

    if kind and kind not in magic.KINDS:
        refuse(f"--kind : {', '.join(magic.KINDS)}.")
    rows = [row for row in magic.table() if kind in ("", row.kind)]
    told = [
        {"kind": row.kind, "value": row.value, "name": row.name, "special": row.special, "persona": row.persona}
        for row in rows
    ]
    lines: list[str] = []
    for name, title in magic.KINDS.items():
        found = [row for row in rows if row.kind == name]
        lines += [title] if found else []
        lines += [f"  {row.value:15} {row.persona or '':18} {row.name:34} {row.special}" for row in found]
    say({"personas": told}, as_json, lines)
