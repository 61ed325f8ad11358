"""The guide of rules: its commands print what it shows."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import SimpleNamespace

ROOT = Path(__file__).resolve().parents[3]


def test_the_guide_prints_what_it_shows(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("play", ROOT / "tests" / "guides" / "play.py")
    assert spec and spec.loader
    play = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(play)
    page = play.blocks((ROOT / "docs" / "guides" / "regles.md").read_text(encoding="utf-8"))
    printed = play.play([commands for commands, _ in page], SimpleNamespace(url="", data=tmp_path), tmp_path)
    assert len(page) == 5 and printed == [shown for _, shown in page]
