"""The measured rates: counted right, the same on any number of processes, and a reader that is blind is not passed."""

import json
from typing import Any

import pytest
from PIL import Image
from typer.testing import CliRunner

from client.reading import Reading, zbar_available
from fse import build
from qrlab import bench
from qrlab.bench import Plan, exit_code, measure, wilson

needs_zbar = pytest.mark.skipif(not zbar_available(), reason="ZBar (libzbar0) is not installed")
SMALL = Plan(images=2, dpis=(203,))


def run(*words: str) -> Any:
    return CliRunner().invoke(build(), ["qr", "bench", "--images", "2", "--dpi", "203", "--processes", "1", *words])


@pytest.mark.parametrize(("read", "of", "low", "high"), [
    (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605),
])  # fmt: skip
def test_the_interval_of_wilson(read: int, of: int, low: float, high: float) -> None:
    """The two last are Newcombe's published examples (1998, method 3)."""
    assert wilson(read, of) == pytest.approx((low, high), abs=1e-4)


def test_no_image_says_nothing() -> None:
    assert wilson(0, 0) == (0.0, 1.0)


@needs_zbar
def test_a_few_images_are_measured() -> None:
    told: list[tuple[int, int]] = []
    results = measure(SMALL, 1, lambda done, of: told.append((done, of)))
    table = results["dpi"]["203"]
    assert list(table["conditions"]) == ["clean", "blur", "ink-spread", "low-contrast", "creases", "blot", "azerty"]
    for name in ("clean", "low-contrast", "azerty"):
        assert table["conditions"][name]["both"]["read"] == 2
    assert table["mean"]["both"]["of"] == 12
    for row in table["conditions"].values():
        assert row["both"]["read"] >= max(row["zxing"]["read"], row["zbar"]["read"])
        assert all(cell["low"] <= cell["rate"] <= cell["high"] for cell in row.values())
    assert told[-1] == (14, 14)


def test_the_same_seed_gives_the_same_table_in_two_processes() -> None:
    assert measure(SMALL, 1) == measure(SMALL, 2)


@needs_zbar
def test_what_the_command_prints() -> None:
    done = run("--json")
    assert json.loads(done.stdout) == measure(SMALL)
    said = run()
    assert said.exit_code == done.exit_code == exit_code(measure(SMALL))
    for wanted in ("moyenne des six", "[", "à ne pas publier", "tenu", "Lectures fausses"):
        assert wanted in said.stdout
    assert "100 % (14 images sur 14)" in said.stderr


@needs_zbar
def test_readers_that_read_nothing_fail_the_bench(monkeypatch: pytest.MonkeyPatch) -> None:
    for reader in ("read_zxing", "read_zbar", "read_patiently"):
        monkeypatch.setattr(bench, reader, lambda image, **_: [])
    done = run()
    assert done.exit_code == 1
    assert done.stdout.count("MANQUÉ") == 4


@needs_zbar
def test_readers_that_read_something_else_fail_it_and_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def another(image: Image.Image) -> list[Reading]:
        return [Reading("zxing", "FSE1:AUTRE", "QR Code", ())]

    monkeypatch.setattr(bench, "read_patiently", another)
    done = run()
    assert done.exit_code == 1
    assert "Lectures fausses (un texte, mais pas le bon) : 14." in done.stdout


def test_without_zbar_nothing_is_said_to_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "zbar_available", lambda: False)
    done = run()
    assert done.exit_code == 4
    assert "libzbar0" in done.stdout
    assert "tenu" not in done.stdout
    assert measure(SMALL)["dpi"]["203"]["mean"]["zbar"]["read"] == 0
