"""What the system refuses is told in French, whatever its own language."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

import fse
from terminal.system import reason
from traces.file import BrokenTrace, read


@pytest.mark.parametrize(
    ("place", "said"), [("absent", "introuvable"), (".", "c'est un dossier"), ("f/g", "un fichier")]
)
def test_a_file_that_cannot_be_read(tmp_path: Path, place: str, said: str) -> None:
    (tmp_path / "f").write_text("")
    with pytest.raises(OSError) as error:
        (tmp_path / place).read_bytes()
    assert said in reason(error.value)


def test_an_error_without_words_gives_its_name() -> None:
    assert reason(OSError(errno.EXDEV, os.strerror(errno.EXDEV))) == "erreur EXDEV du système"
    assert reason(OSError("nothing is known of it")) == "erreur inconnue du système"


def test_commands_say_it_so(tmp_path: Path) -> None:
    with pytest.raises(BrokenTrace, match=r"ne se lit pas \(fichier ou dossier introuvable\)"):
        read(tmp_path / "absente.json")
    done = CliRunner().invoke(fse.build(), ["qr", "render", str(tmp_path / "nulle" / "part.png")])
    assert done.exit_code == 2 and "(fichier ou dossier introuvable)" in done.output
