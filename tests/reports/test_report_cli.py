from __future__ import annotations

import json
import webbrowser
from pathlib import Path
from xml.etree import ElementTree as Xml

import jsonschema
import pytest
import typer
from typer.testing import CliRunner

from reports.cli import register
from reports.summary import schema


@pytest.fixture
def fse() -> typer.Typer:
    app = typer.Typer()
    register(app)
    return app


def run(app: typer.Typer, *arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, result.stdout, result.stderr


def test_report_writes_three_views_into_the_run(fse: typer.Typer, copy: Path) -> None:
    code, out, _ = run(fse, "report", str(copy))
    assert code == 0
    assert [Path(line).name for line in out.split()] == ["report.html", "junit.xml", "report.json"]
    assert json.loads((copy / "report" / "report.json").read_text(encoding="utf-8"))["run"]["exit_code"] == 1


def test_latest_is_the_last_started_not_the_last_written(
    fse: typer.Typer, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = copy.parent / "runs"
    for name, started in (("b", "2026-11-24T00:00:00Z"), ("a", "2026-11-25T00:00:00Z"), ("c", "2026-11-23T00:00:00Z")):
        (runs / name).mkdir(parents=True)
        (runs / name / "run.json").write_text(json.dumps({"started_at": started}), encoding="utf-8")
    monkeypatch.chdir(copy.parent)
    for word in ("dernier", "latest"):
        _, out, _ = run(fse, "report", word)
        assert out.startswith("runs/a/report/report.html")
    assert run(fse, "bundle", "c")[1].strip() == "runs/c.zip"


def test_a_zip_is_reported_beside_itself(fse: typer.Typer, copy: Path) -> None:
    code, out, _ = run(fse, "bundle", str(copy))
    assert code == 0
    code, out, _ = run(fse, "report", out.strip())
    assert code == 0 and (copy.parent / f"{copy.name}-rapport" / "report.html").is_file()
    with_documents = (copy.parent / f"{copy.name}-rapport" / "report.html").read_text(encoding="utf-8")
    assert "data:application/pdf" in with_documents


@pytest.mark.parametrize("command", ["report", "bundle"])
@pytest.mark.parametrize("what", ["absent", "dernier", "fichier.txt", "vide"])
def test_a_mistake_is_one_french_line_and_code_2(
    fse: typer.Typer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, what: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("fichier.txt").write_text("bonjour", encoding="utf-8")
    Path("vide").mkdir()
    before = sorted(tmp_path.rglob("*"))
    code, out, err = run(fse, command, what)
    assert (code, out) == (2, "") and err.startswith("Erreur : ") and err.count("\n") == 1
    assert sorted(tmp_path.rglob("*")) == before


def test_an_unwritable_place_is_one_line(fse: typer.Typer, copy: Path, tmp_path: Path) -> None:
    (tmp_path / "occupé").write_text("", encoding="utf-8")
    for arguments in (
        ["report", str(copy), "-o", str(tmp_path / "occupé")],
        ["bundle", str(copy), "-o", str(tmp_path)],
    ):
        code, _, err = run(fse, *arguments)
        assert code == 2 and err.count("\n") == 1, arguments


def test_open_shows_the_page(fse: typer.Typer, copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr(webbrowser, "open", shown.append)  # answers None: not opened
    _, out, _ = run(fse, "report", str(copy), "--open")
    assert shown[0].startswith("file:///") and "Aucun navigateur" in out


def test_altered_evidence_is_said_in_every_view_and_by_the_exit_code(fse: typer.Typer, copy: Path) -> None:
    verdict = json.loads((copy / "verdict.json").read_text(encoding="utf-8"))
    verdict["run"] = {"verdict": "conformant", "exit_code": 0}
    (copy / "verdict.json").write_text(json.dumps(verdict), encoding="utf-8")
    (copy / "cases" / "<b>.txt").write_text("x", encoding="utf-8")
    code, out, err = run(fse, "report", str(copy))
    assert code == 1 and len(out.split()) == 3
    assert "Preuves modifiées" in err and "verdict.json : modifié" in err and "fse verify" in err
    page = (copy / "report" / "report.html").read_text(encoding="utf-8")
    assert page.index('role="alert"') < page.index("verdict.json : modifié") < page.index('class="verdict-word"')
    assert "<title>Preuves modifiées" in page and "<b>.txt" not in page
    assert "est conforme au jeu" not in page and "Rien ne peut être dit de" in page
    root = Xml.parse(copy / "report" / "junit.xml").getroot()
    assert root is not None
    assert [failure.text for failure in root.iter("failure") if failure.get("type") == "altered"] == [
        "cases/<b>.txt : ajouté\nverdict.json : modifié"
    ]
    summary = json.loads((copy / "report" / "report.json").read_text(encoding="utf-8"))
    jsonschema.validate(summary, schema())
    assert {"path": "verdict.json", "kind": "altered"} in summary["run"]["altered"]


def test_a_broken_manifest_is_an_alteration(fse: typer.Typer, copy: Path) -> None:
    (copy / "manifest.json").write_text("[]", encoding="utf-8")
    code, _, err = run(fse, "report", str(copy))
    assert code == 1 and "manifest.json : modifié" in err


def test_intact_or_not_yet_closed_nothing_is_said(fse: typer.Typer, copy: Path) -> None:
    assert run(fse, "report", str(copy))[0] == 0
    sealed = (copy / "report" / "report.html").read_bytes()
    (copy / "manifest.json").unlink()
    code, _, err = run(fse, "report", str(copy))
    assert (code, err) == (0, "") and (copy / "report" / "report.html").read_bytes() == sealed
    assert b'role="alert"' not in sealed


def test_runs_may_be_kept_elsewhere(fse: typer.Typer, copy: Path, tmp_path: Path) -> None:
    copy.rename(tmp_path / "ailleurs")
    kept = tmp_path / "rangées"
    kept.mkdir()
    (tmp_path / "ailleurs").rename(kept / "une")
    for command in ("report", "bundle"):
        for name in ("dernier", "une"):
            code, out, err = run(fse, command, name, "--runs", str(kept))
            assert code == 0 and "une" in out, err
