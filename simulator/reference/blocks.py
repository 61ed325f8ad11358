"""A page as a list of blocks, written once and shown twice: Markdown in the repository, HTML by the server.

Text knows three marks, the same in both: `code`, **bold** and [link](target).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_CODE, _BOLD = re.compile(r"`([^`]+)`"), re.compile(r"\*\*([^*]+)\*\*")
_LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")


@dataclass(frozen=True)
class Heading:
    """A title; level 1 is the page's own."""

    level: int
    text: str

    @property
    def anchor(self) -> str:
        """As GitHub makes it: lower case, words joined by dashes, punctuation gone."""
        kept = "".join(c for c in self.text.lower() if c in " -" or unicodedata.category(c)[0] in "LN")
        return kept.replace(" ", "-")

    def markdown(self) -> str:
        return f"{'#' * self.level} {self.text}"

    def html(self) -> str:
        return f'<h{self.level} id="{escape(self.anchor)}">{inline(self.text)}</h{self.level}>'


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    text: str

    def markdown(self) -> str:
        return self.text

    def html(self) -> str:
        return f"<p>{inline(self.text)}"


@dataclass(frozen=True)
class Bullets:
    """A list."""

    items: Sequence[str]

    def markdown(self) -> str:
        return "\n".join(f"- {item}" for item in self.items)

    def html(self) -> str:
        return f"<ul>{''.join(f'<li>{inline(item)}' for item in self.items)}</ul>"


@dataclass(frozen=True)
class Table:
    """Columns and rows of cells; `folded`: behind this title."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    folded: str = ""

    def markdown(self) -> str:
        lines = [self.head, ["---"] * len(self.head), *self.rows]
        shown = "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)
        return _folded(self.folded, f"\n\n{shown}\n\n") if self.folded else shown

    def html(self) -> str:
        head = "".join(f"<th>{inline(cell)}" for cell in self.head)
        rows = "".join(f"<tr>{''.join(f'<td>{inline(cell)}' for cell in row)}" for row in self.rows)
        shown = f"<table><tr>{head}{rows}</table>"
        return _folded(self.folded, shown) if self.folded else shown


@dataclass(frozen=True)
class Code:
    """Text to show as it is; `folded`: behind this title."""

    language: str
    text: str
    folded: str = ""

    def markdown(self) -> str:
        shown = f"```{self.language}\n{self.text}\n```"
        if not self.folded:
            return shown
        return _folded(self.folded, f"\n\n{shown}\n\n")

    def html(self) -> str:
        shown = f"<pre>{escape(self.text)}</pre>"
        return _folded(self.folded, shown) if self.folded else shown


@dataclass(frozen=True)
class Drawing:
    """An SVG: a file beside the Markdown, in the page itself in HTML."""

    file: str
    svg: str
    alt: str

    def markdown(self) -> str:
        return f"![{self.alt}]({self.file})"

    def html(self) -> str:
        return f'<figure role="img" aria-label="{escape(self.alt)}">{self.svg}</figure>'


Block = Heading | Text | Bullets | Table | Code | Drawing


@dataclass(frozen=True)
class Page:
    """One page of the reference; `name` is its file without `.md`, and its address below ``/docs/``."""

    name: str
    title: str
    blocks: Sequence[Block]

    def markdown(self, note: str) -> str:
        """The file: a title, the note that it is generated, the blocks."""
        parts = [Heading(1, self.title).markdown(), f"<!-- {note} -->", *(block.markdown() for block in self.blocks)]
        return "\n\n".join(parts) + "\n"

    def html(self) -> str:
        """The body of the server's page."""
        return Heading(1, self.title).html() + "".join(block.html() for block in self.blocks)

    def drawings(self) -> dict[str, str]:
        """File name → SVG."""
        return {block.file: block.svg + "\n" for block in self.blocks if isinstance(block, Drawing)}


def _folded(title: str, shown: str) -> str:
    return f"<details><summary>{escape(title, quote=False)}</summary>{shown}</details>"


def inline(text: str) -> str:
    """HTML of one line of text; a link between pages, ``api.md#x``, becomes ``/docs/api#x``.

    A file of another folder is not served: its path in the repository is shown.
    """
    done = _CODE.sub(r"<code>\1</code>", escape(text, quote=False))
    done = _BOLD.sub(r"<b>\1</b>", done)
    return _LINK.sub(_anchor, done)


def _anchor(found: re.Match[str]) -> str:
    if found[2].startswith("../"):
        return f"{found[1]} (<code>docs/{found[2].removeprefix('../')}</code>)"
    return f'<a href="{escape(_address(found[2]))}">{found[1]}</a>'


def _address(target: str) -> str:
    page, extension, rest = target.partition(".md")
    return f"/docs/{page}{rest}" if extension else target
