"""What the library of commands says by itself in a help (headings, types, defaults), said in French.

It asks gettext for a few of these words only, in the language of the machine: a help is French everywhere. So the
words are put where a page is written (`formatter_class`), and each command is made of a class that writes such pages.
"""

from __future__ import annotations

import io
import re
import sys
from contextlib import redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand, TyperGroup

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_PAGE: Any = typer.Context.formatter_class  # HelpFormatter, which Typer does not name
_HEADINGS = {"Options": "Options", "Arguments": "Arguments", "Commands": "Commandes"}
_TYPES = {
    "int range": "entier", "float range": "nombre", "int": "entier", "float": "nombre", "str": "texte",
    "path": "chemin", "file": "fichier", "dir": "dossier", "Path": "chemin", "datetime": "instant", "bool": "oui|non",
}  # fmt: skip
_HELPS = {
    "Show this message and exit.": "Montrer cette aide.",
    "Install completion for the current shell.": "Installer la complétion dans l'interpréteur de commandes.",
    "Show completion for the current shell, to copy it or customize the installation.": (
        "Écrire le script de complétion, à copier ou à adapter."
    ),
}
_EXTRA = re.compile(r"(?:^|(?<=  ))\[((?:(?:default|env var): |[-0-9.x]+[<>]).*|required)\]$", re.S)
_ADDED = tuple((re.compile(rf"(^|; ){english}(?=;|$)"), rf"\1{word}") for english, word in (
    ("default: ([^;]*)", "par défaut\u00a0: \\2"),
    ("env var: ([^;]*)", "variable\u00a0: \\2"),
    ("([-0-9.]+)<=x<=([-0-9.]+)", "de \\2 à \\3"),
    ("x>=([-0-9.]+)", "\\2 au moins"),
    ("x<=([-0-9.]+)", "\\2 au plus"),
    ("required", "obligatoire"),
))  # fmt: skip
_INSTALLED = (
    (r"(\S+) completion installed in (.+)", r"Complétion installée pour \1 : \2"),
    (r"Completion will take effect once you restart the terminal", "Elle sert dès le prochain terminal ouvert."),
    (r"Shell \S+ (?:is )?not supported\.", "Pas de complétion pour cet interpréteur : bash, zsh, fish ou powershell."),
    (r"Couldn't .+", "Le profil PowerShell ne se trouve pas."),
)


def french(app: typer.Typer) -> typer.Typer:
    """The same application, whose helps and those of all its commands are French."""
    app.info.cls = _Group
    _fill(app)
    return app


def _fill(app: typer.Typer) -> None:
    for command in app.registered_commands:
        command.cls = _Command
    for group in app.registered_groups:
        group.cls = _Group
        if group.typer_instance is not None:
            _fill(group.typer_instance)


class _Page(_PAGE):  # type: ignore[misc]
    """A page of help as the library writes it, its own words in French."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(
            prog, args.replace("COMMAND [ARGS]...", "COMMANDE [ARGUMENTS]..."), prefix or "Emploi\u00a0: "
        )

    def write_heading(self, heading: str) -> None:
        self.write(f"{'':>{self.current_indent}}{_HEADINGS.get(heading, heading)}\u00a0:\n")

    def write_dl(self, rows: Sequence[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        super().write_dl([(_typed(first), _told(second)) for first, second in rows], col_max, col_spacing)


class _Context(typer.Context):
    formatter_class = _Page


class _Command(TyperCommand):
    context_class = _Context


class _Group(TyperGroup):
    context_class = _Context

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """The library answers `--install-completion` itself, in English: what it says is taken, then told."""
        if args[:1] not in (["--install-completion"], ["--show-completion"]):
            return super().parse_args(ctx, args)
        out, err = io.StringIO(), io.StringIO()
        try:
            with redirect_stdout(out), redirect_stderr(err):
                return super().parse_args(ctx, args)
        finally:
            for said, stream in ((out, sys.stdout), (err, sys.stderr)):
                stream.writelines(_answered(said.getvalue()))


def _typed(first: str) -> str:
    """The name of an option or of an argument, then the type of its value."""
    for english, word in _TYPES.items():
        first = first.replace(f"<list[{english}]>", f"<{word}…>").replace(f"<{english}>", f"<{word}>")
    return first


def _told(second: str) -> str:
    """The help of an option: its own words, then what the library adds to them between brackets."""
    return _EXTRA.sub(lambda found: f"[{_extra(found[1])}]", _HELPS.get(second, second))


def _extra(said: str) -> str:
    for english, words in _ADDED:
        said = english.sub(words, said)
    return said


def _answered(said: str) -> Iterator[str]:
    for line in said.splitlines(keepends=True):
        for english, words in _INSTALLED:
            if re.fullmatch(english, line.strip()):
                line = re.sub(english, words, line.strip()) + "\n"
        yield line
