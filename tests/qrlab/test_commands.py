"""The commands, played one after the other on files, and their refusals."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from typer.testing import CliRunner

from client.reading import read_patiently, render_pages
from fse import build
from qrlab.hostile import corpus
from qrlab.render import vectors
from qrlab.sheet import DAMAGED, MORE, REFUSED, SIZES, sheet


def qr(*words: object) -> Any:
    return CliRunner().invoke(build(), ["qr", *map(str, words)])


def test_draw_harm_read(tmp_path: Path) -> None:
    whole, harmed = tmp_path / "code.png", tmp_path / "abime.png"
    drawn = json.loads(qr("render", whole, "--dpi", 203, "--json").stdout)
    assert (drawn["characters"], drawn["side_mm"]) == (148, pytest.approx(24.5, abs=0.1))
    assert qr("damage", whole, harmed, "--condition", "creases", "--with", "blur=0.05", "--seed", 3).exit_code == 0
    first = harmed.read_bytes()
    qr("damage", whole, harmed, "--condition", "creases", "--with", "blur=0.05", "--seed", 3)
    assert harmed.read_bytes() == first
    with Image.open(harmed) as kept:
        assert kept.info["dpi"][0] == pytest.approx(203, abs=0.1)
    read = qr("read", whole, "--json")
    assert (read.exit_code, json.loads(read.stdout)[0]["number"]) == (0, "2604817390552494")
    assert "FSE 2604 8173 9055 2494" in qr("read", whole).stdout


def test_a_blank_page_is_told(tmp_path: Path) -> None:
    Image.new("L", (200, 200), 255).save(tmp_path / "blanc.png")
    done = qr("read", tmp_path / "blanc.png")
    assert done.exit_code == 1
    assert "rien de lisible" in done.stderr


def test_what_is_read_cannot_write_on_the_terminal(tmp_path: Path) -> None:
    qr("render", tmp_path / "c.png", "--payload", "\x1b[2J\x1b[31mACCEPTEE\r\n")
    said = qr("read", tmp_path / "c.png").stdout
    assert "\\x1b[2J" in said
    assert "\x1b" not in said
    everything = qr("hostile").stdout
    assert all(char.isprintable() or char == "\n" for char in everything)


@pytest.mark.parametrize("words", [
    ("render", "{}/c.png", "--vector", "rien"), ("render", "{}/c.png", "--level", "Z"),
    ("render", "{}/c.png", "--module", "0.01"), ("render", "{}/c.png", "--module", "inf"),
    ("render", "{}/c.png", "--module", "1e300"), ("render", "{}/nulle/part.png"), ("sheet", "{}/nulle/part.pdf"),
    ("sheet", "{}/s.pdf", "--dpi", "50"),
    ("damage", "{}/whole.png", "{}/d.png"), ("damage", "{}/whole.png", "{}/d.png", "--condition", "neuve"),
    ("damage", "{}/whole.png", "{}/d.png", "--with", "blot"), ("damage", "{}/whole.png", "{}/d.png", "--with", "feu=1"),
    ("damage", "{}/text.png", "{}/d.png", "--with", "blot=5"), ("read", "{}/text.png"), ("read", "{}/absent.png"),
    ("type", "--layout", "bepo"), ("type", "--suffix", "X"), ("type", "--payload", "é", "--layout", "azerty"),
    ("hostile", "--family", "rien"), ("bench", "--level", "Z"), ("bench", "--images", "0"),
])  # fmt: skip
def test_a_refusal_is_one_line_and_code_2(words: tuple[str, ...], tmp_path: Path) -> None:
    qr("render", tmp_path / "whole.png")
    (tmp_path / "text.png").write_text("bonjour")
    done = qr(*(word.format(tmp_path) for word in words))
    assert done.exit_code == 2
    assert "Traceback" not in done.output


def test_what_a_scanner_types_is_shown_and_read_back() -> None:
    rows = json.loads(qr("type", "--suffix", "CR", "--aim", "--json").stdout)
    assert len(rows) == 6
    assert all(row["read"] == vectors()["plain"] for row in rows)
    assert rows[1]["typed"].startswith("$A&FSE&M")
    assert "illisible" in qr("type", "--received", "bonjour").stdout


def test_the_corpus_is_json_for_other_languages() -> None:
    rows = json.loads(qr("hostile", "--json").stdout)
    assert [row["text"] for row in rows] == [row.text for row in corpus()]
    assert len({row["name"] for row in rows}) == len(rows) >= 60


@pytest.mark.parametrize("dpi", [203, 300])
def test_the_sheet_prints_what_it_says(dpi: int, tmp_path: Path) -> None:
    assert qr("sheet", tmp_path / "planche.pdf", "--dpi", dpi).exit_code == 0
    pdf = (tmp_path / "planche.pdf").read_bytes()
    assert pdf == sheet(dpi)
    pages = [read_patiently(page) for page in render_pages(pdf, 300)]
    assert len(pages) == 2
    assert len(SIZES) + len(DAMAGED) + len(MORE) - 3 <= len(pages[0]) <= len(SIZES) + len(DAMAGED) + len(MORE)
    wanted = {row.text for row in corpus() if row.name in REFUSED}
    assert {found.text for found in pages[1]} == wanted
    assert io.BytesIO(pdf).read(5) == b"%PDF-"


def test_a_drawn_module_is_a_whole_number_of_dots_and_a_small_one_is_said(tmp_path: Path) -> None:
    """The print rule: 4 dots at 203 dpi, 6 at 300."""
    for dpi, side in ((203, 49 * 4), (300, 49 * 6)):
        told = json.loads(qr("render", tmp_path / "a.png", "--dpi", dpi, "--json").stdout)
        assert told["pixels"] == side and told["module_mm"] >= 0.5
    assert json.loads(qr("render", tmp_path / "a.png", "--uneven", "--json").stdout)["pixels"] == 289
    assert "sous la règle d'impression" in qr("render", tmp_path / "a.png", "--module", "0.2").stdout
    assert "règle" not in qr("render", tmp_path / "a.png").stdout
