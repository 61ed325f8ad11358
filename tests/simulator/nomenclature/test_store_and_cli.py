"""Versions in the database, and the commands people type."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

import fixtures
from simulator.kit.storage import Database
from simulator.nomenclature import cli, importer, store

LIST = (
    "code;nom;dci;ppv;base;taux\n"
    "6118999000018;ALPHA;AMOXICILLINE;56,80;42,30;70\n"
    "6118999000019;FAUX;AMOXICILLINE;56,80;42,30;70\n"
    "6118999000025;BETA;PARACETAMOL;13,90;;0\n"
)


@pytest.fixture
def db() -> Iterator[Database]:
    database = Database.open("sqlite://")
    database.call(store.prepare)
    yield database
    database.close()


@pytest.fixture
def app() -> typer.Typer:
    application = typer.Typer(pretty_exceptions_enable=False)
    cli.register(application)
    return application


def test_a_new_database_holds_the_built_in_list(db: Database) -> None:
    assert [(v.version, v.rows) for v in db.call(store.versions)] == [("synthetic-2026.1", 120)]
    found = db.call(lambda tx: store.find_medicine(tx, "synthetic-2026.1", "6118999000018"))
    assert found is not None
    assert (found.name, found.ppv, found.rate) == ("AMOXIRAM", Decimal("42.30"), Decimal("0.70"))
    assert str(found.rate) == "0.70"
    assert db.call(lambda tx: store.find_medicine(tx, "synthetic-2026.1", "6118000000000")) is None
    assert db.call(lambda tx: store.find_medicine(tx, "autre", "6118999000018")) is None


def test_the_store_gives_back_what_the_list_said(db: Database) -> None:
    for item in importer.load(fixtures.MEDICINES_FILE).medicines:
        assert db.call(lambda tx, e=item.ean13: store.find_medicine(tx, "synthetic-2026.1", e)) == item


def test_a_version_never_changes(db: Database) -> None:
    one, other = importer.parse(LIST.encode(), "a.csv"), importer.parse(LIST.replace("ALPHA", "X").encode(), "b.csv")
    first = db.call(lambda tx: store.add(tx, "v1", one))
    assert (first.rows, first.sequence) == (2, 1)
    assert db.call(lambda tx: store.add(tx, "v1", one)) == first
    with pytest.raises(ValueError, match="ne change jamais"):
        db.call(lambda tx: store.add(tx, "v1", other))
    found = db.call(lambda tx: store.find_medicine(tx, "v1", "6118999000018"))
    assert found is not None and found.name == "ALPHA"
    assert db.call(store.current) == "v1"
    assert db.call(store.prepare) == "v1"


def test_pages_follow_each_other_and_filters_hold(db: Database) -> None:
    version = "synthetic-2026.1"
    seen, after = [], ""
    while rows := db.call(partial(store.page, version=version, after=after, limit=50)):
        seen += [item.ean13 for item in rows]
        after = rows[-1].ean13
    assert seen == sorted(item.ean13 for item in fixtures.medicines())
    antibiotics = db.call(lambda tx: store.page(tx, version, after="", limit=100, antibiotic=True))
    assert {item.atc[:3] for item in antibiotics if item.atc} == {"J01"} and len(antibiotics) == 22
    free = db.call(lambda tx: store.page(tx, version, after="", limit=100, reimbursable=False))
    assert free and all(item.rate == 0 for item in free)
    by_dci = db.call(lambda tx: store.page(tx, version, after="", limit=100, text="Acide clavulanique"))
    assert {item.name for item in by_dci} == {"CLAVUMED"}
    assert db.call(lambda tx: store.page(tx, version, after="", limit=9, text="100%_inconnu")) == []


def test_acts() -> None:
    consultation = store.find_act("synthetic-2026.1", "C")
    assert consultation is not None and consultation.letter == "C"
    assert store.find_act("synthetic-2026.1", "ZZZ") is None


def test_import_says_everything_and_list_shows_it(app: typer.Typer, tmp_path: Path) -> None:
    file, base = tmp_path / "liste.csv", f"sqlite:///{tmp_path}/essai.sqlite"
    file.write_text(LIST, encoding="utf-8")
    run = CliRunner().invoke(app, ["nomenclature", "import", str(file), "--database", base])
    assert run.exit_code == 0, run.output
    assert "3 lignes lues (UTF-8, point-virgule)" in run.output
    assert "2 médicaments retenus, 0 ligne fusionnée" in run.output and "1 ligne écartée" in run.output
    assert "ligne 3 : 6118999000019 FAUX — clé de contrôle de l'EAN-13 fausse (9 lu, 8 attendu)" in run.output
    assert "Les nouveaux mondes l'emploient dès maintenant." in run.output
    again = CliRunner().invoke(app, ["nomenclature", "import", str(file), "--database", base, "--json"])
    told = json.loads(again.output)
    assert (told["rows"], told["taken"], told["merged"], told["already_imported"]) == (3, 2, 0, True)
    assert told["left_out"][0]["line"] == 3
    listed = CliRunner().invoke(app, ["nomenclature", "list", "--database", base])
    assert "synthetic-2026.1 : 120" in listed.output and f"* {told['version']} : 2" in listed.output


def test_an_older_list_imported_again_is_not_said_to_be_in_force(app: typer.Typer, tmp_path: Path) -> None:
    base = f"sqlite:///{tmp_path}/essai.sqlite"
    for name in ("vieille", "neuve", "vieille"):
        (tmp_path / f"{name}.csv").write_text(LIST.replace("ALPHA", name), encoding="utf-8")
        args = ["nomenclature", "import", str(tmp_path / f"{name}.csv"), "--version", name, "--database", base]
        run = CliRunner().invoke(app, args)
    assert "Les nouveaux mondes gardent la liste neuve" in run.output
    assert f"fse serve --database {base} --medicines {tmp_path}/vieille.csv" in run.output


@pytest.mark.parametrize(
    ("content", "reason"), [(b"", "vide"), (b"\x00\x01", "binaire"), (b"a;b\n1;2\n", "aucune colonne")]
)
def test_a_broken_file_changes_nothing(app: typer.Typer, tmp_path: Path, content: bytes, reason: str) -> None:
    file, database = tmp_path / "liste.csv", tmp_path / "essai.sqlite"
    file.write_bytes(content)
    args = ["nomenclature", "import", str(file), "--database", f"sqlite:///{database}"]
    run = CliRunner().invoke(app, args)
    assert run.exit_code == 2
    assert reason in run.stderr and run.stderr.count("\n") == 1
    assert not database.exists()


@pytest.mark.parametrize("url", ["n'importe quoi", "postgresql://127.0.0.1:1/x", "sqlite:////proc/absent/x.sqlite"])
def test_a_database_that_cannot_be_opened(app: typer.Typer, url: str) -> None:
    run = CliRunner().invoke(app, ["nomenclature", "list", "--database", url])
    assert run.exit_code == 2
    assert run.stderr.startswith("Erreur : ") and run.stderr.count("\n") == 1
