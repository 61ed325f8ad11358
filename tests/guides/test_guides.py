"""What the guides show is what a real simulator does, on a free port, with the commands that they give."""

from __future__ import annotations

import importlib.util
import os
import re
from pathlib import Path
from types import ModuleType

import pytest

from client.launch import Running

ROOT = Path(__file__).resolve().parents[2]
STORY = ROOT / "docs" / "guides" / "histoire-d-une-feuille.md"


def _play() -> ModuleType:
    spec = importlib.util.spec_from_file_location("play", Path(__file__).with_name("play.py"))
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


play = _play()


@pytest.fixture(scope="module")
def told(running: Running, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str]]:
    """(what the guide shows, what was printed), block by block."""
    page = play.blocks(STORY.read_text(encoding="utf-8"))
    printed = play.play([commands for commands, _ in page], running, tmp_path_factory.mktemp("histoire"))
    return [(shown, said) for (_, shown), said in zip(page, printed, strict=True)]


def test_the_story_prints_what_it_shows(told: list[tuple[str, str]]) -> None:
    assert [said for _, said in told] == [shown for shown, _ in told]


def test_the_story_tells_what_it_promises(told: list[tuple[str, str]]) -> None:
    """Not only the same text: the four ends, in the page itself."""
    said = "\n".join(said for _, said in told)
    for wanted in (
        '"state": "owed"',
        "nothing-open",
        "la pharmacie Ibn Sina (Omar Fassi) a tenté d'accéder à votre feuille",
        '"session": {"index": 1, "of": 10}',
        "cancellation-requested",
        "imaging 1 executed reste 0",
        "imaging 2 cancelled reste 0",
        '"outcome": "matched"',
        "physiotherapy 1 partial reste 9",
        "pharmacy 1 executed reste 0",
    ):
        assert wanted in said, wanted


GUIDES = [
    "accord-prealable",
    "coach",
    "fabriques-et-webhooks",
    "indicateurs",
    "jetons-et-personas",
    "journal",
    "laboratoire-qr",
    "monde-peuple",
    "mondes-et-horloge",
    "pannes",
    "papier-et-numerique",
    "suivre-un-remboursement",
    "traces",
]


@pytest.mark.parametrize("guide", GUIDES)
def test_a_guide_prints_what_it_shows(guide: str, running: Running, tmp_path: Path) -> None:
    page = play.blocks((ROOT / "docs" / "guides" / f"{guide}.md").read_text(encoding="utf-8"))
    assert play.play([commands for commands, _ in page], running, tmp_path) == [shown for _, shown in page]


def test_the_hour_is_followed_word_by_word(tmp_path: Path) -> None:
    """From `fse serve` on: in a folder where nothing is, with nothing in the environment but where to listen."""
    page = play.blocks((ROOT / "docs" / "guides" / "integrer-en-une-heure.md").read_text(encoding="utf-8"))
    assert page[0][0] == play.SERVE
    printed = play.play([commands for commands, _ in page], None, tmp_path)
    for (commands, shown), said in zip(page, printed, strict=True):
        assert play.masked(said.replace(f"{tmp_path}/", "")) == play.masked(shown), commands


def test_the_first_hour_goes_on_with_another_list(tmp_path: Path) -> None:
    """A real one where there is one; the trace is replayed with it, as the page says."""
    real = Path(os.environ.get("FSE_REAL_LISTS", "")) / "meds_reference_cnops2014.csv"
    listed = real if real.is_file() else tmp_path / "liste.csv"
    if listed != real:
        listed.write_text("ean13;nom;dci;ppv;base;taux\n6119990000038;GAMMA;C;20,00;18,00;70\n", encoding="utf-8")
    page = (ROOT / "docs" / "guides" / "integrer-en-une-heure.md").read_text(encoding="utf-8")
    replay = "fse trace replay defaut.json.gz"
    blocks = [commands.replace(replay, f"{replay} --medicines {listed}") for commands, _ in play.blocks(page)]
    printed = play.play([f"fse nomenclature import {listed}\n", *blocks], None, tmp_path)
    assert "6118999000018" not in "".join(printed)
    assert "Mêmes réponses" in printed[-2]


def test_what_belongs_to_one_run_is_masked_and_nothing_else() -> None:
    one = "2026-11-22T17:41:47Z 428 /sections clm-yceaa6zgmopndecb 2601515843320112 7 ms http://127.0.0.1:8911/w"
    other = "2027-01-02T08:00:00Z 428 /sections clm-aaaaaaaaaaaaaaaa 2699999999999999 12 ms http://127.0.0.1:8700/w"
    assert play.masked(one) == play.masked(other)
    assert play.masked(one) != play.masked(one.replace("428", "200"))
    assert play.masked("part de la CNSS 59,22") == "part de la CNSS 59,22"


def test_the_readme_s_own_story_runs(running: Running, tmp_path: Path) -> None:
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    block = next(text for text in re.findall(r"```sh\n(.*?)```", page, re.S) if "/v1/resolutions" in text)
    [printed] = play.play([block.replace("http://127.0.0.1:8700", running.url)], running, tmp_path)
    assert '"cnss_share": "56.00"' in printed and '"status": "adjudicated"' in printed
