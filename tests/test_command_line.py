"""The `fse` script: what a person mistypes is answered in French, and exit codes keep their meaning."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import typer

import fse


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["fse", *words])
    with pytest.raises(SystemExit) as ended:
        fse.main()
    assert isinstance(ended.value.code, int)
    return ended.value.code


@pytest.mark.parametrize(
    ("typed", "says", "help_of"),
    [
        ("serve --databse x", "l'option « --databse » n'existe pas ; voulez-vous dire --database ?", "fse serve"),
        ("verify", "il manque « CAMPAGNE »", "fse verify"),
        ("nomenclature import", "il manque « FICHIER »", "fse nomenclature import"),
        ("serve --port abc", "« --port » : un nombre entier est attendu", "fse serve"),
        ("serve --port 99999", "« --port » : au plus 65535", "fse serve"),
        ("homologate --lanes 0", "« --lanes » : au moins 1", "fse homologate"),
        ("load --rate x", "« --rate » : un nombre est attendu", "fse load"),
        ("serve --port", "l'option « --port » attend une valeur", "fse serve"),
        ("serve --memory=3", "l'option « --memory » n'attend pas de valeur", "fse serve"),
        ("world create --days -1", "« --days » : au moins 0", "fse world create"),
        ("world nope", "la commande « nope » n'existe pas", "fse world"),
        ("editor nope", "la commande « nope » n'existe pas", "fse editor"),
        ("nope", "la commande « nope » n'existe pas", "fse"),
        ("verify a b", "argument en trop : b", "fse verify"),
    ],
)
def test_a_mistyped_command_is_two_french_lines_and_code_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], typed: str, says: str, help_of: str
) -> None:
    assert run(monkeypatch, *typed.split()) == 2
    out, err = capsys.readouterr()
    assert out == "" and says in err
    assert err.splitlines()[1:] == [f"Aide : {help_of} --help"]


@pytest.mark.parametrize("typed", ["--help", "serve --help", "editor -h"])
def test_help_is_no_mistake(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], typed: str) -> None:
    assert run(monkeypatch, *typed.split()) == 0
    assert "Emploi\u00a0: fse" in capsys.readouterr().out


def _app(ending: BaseException | None) -> typer.Typer:
    app = typer.Typer()

    @app.command()
    def only() -> None:
        if ending is not None:
            raise ending

    return app


@pytest.mark.parametrize(
    ("ending", "code"),
    [
        (None, 0),
        *((typer.Exit(code), code) for code in range(5)),
        (KeyboardInterrupt(), 130),
        (OSError("disque"), 3),
    ],
)
def test_the_codes_of_commands_go_through(
    monkeypatch: pytest.MonkeyPatch, ending: BaseException | None, code: int
) -> None:
    monkeypatch.setattr(fse, "build", lambda: _app(ending))
    assert run(monkeypatch) == code


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_interrupted_is_130(tmp_path: Path) -> None:
    slow = (
        "import fse, time, typer\na = typer.Typer()\n@a.command()\ndef f():\n print('go', flush=True); time.sleep(60)\n"
    )
    program = [sys.executable, "-c", f"{slow}fse.build = lambda: a\nfse.main()"]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "go\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 130
