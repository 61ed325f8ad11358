"""Every relative link of the documentation leads to a file that is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def broken(page: Path) -> list[str]:
    """Targets of a page that are neither an address, an anchor, nor a file."""
    links = re.findall(r"\]\(([^)\s]+)\)", re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.S))
    files = [link.partition("#")[0] for link in links if not re.match(r"[a-z]+:|#", link)]
    return [file for file in files if file and not (page.parent / file).exists()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    assert broken(page) == []


def test_a_link_to_nothing_is_seen(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text("[a](b.md) [c](page.md#d) [e](https://exemple.invalid/)", encoding="utf-8")
    assert broken(tmp_path / "page.md") == ["b.md"]
