"""`fse explain`, as people type it: in a database, in the answer an editor received, and asked wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from simulator.app import create_app
from simulator.claims import cli
from simulator.settings import Settings
from tests.simulator.conftest import BASE, TOKEN, Counter, Platform, delivered, sheet_request
from tests.simulator.database import shared_url


def fse(*words: str, given: str | None = None) -> Any:
    app = typer.Typer(pretty_exceptions_enable=False)
    cli.register(app)
    app.callback()(lambda: None)
    return CliRunner().invoke(app, ["explain", *words], input=given)


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """A database with a sheet, its consultation and, later, its medicines."""
    url = shared_url(f"sqlite:///{tmp_path_factory.mktemp('base') / 'essai.sqlite'}")
    simulator = create_app(Settings(base_url=BASE, bench_token=TOKEN, database=url))
    counter = Counter(Platform(simulator))
    sheet = counter.issue()
    counter.advance(seconds=60)
    done = counter.execute(counter.hold(sheet), delivered(charged="120.00")).json()
    yield SimpleNamespace(url=url, world=counter.world["id"], sheet=sheet, claim=done["claim"])
    simulator.close()


def test_one_claim_while_the_simulator_runs(held: SimpleNamespace) -> None:
    said = fse(held.claim["id"], "--database", held.url)
    assert said.exit_code == 0, said.output
    text = " ".join(said.output.split())
    assert f"Monde {held.world}" in text
    assert "Patient Hassan Idrissi, immatriculation 100000001, assuré" in text
    assert "section pharmacie" in text
    assert "42,30 × quantité 2 = 84,60" in text
    assert "84,60 × 0,70 = 59,22" in text
    assert "120,00 − 59,22 = 60,78" in text


def test_every_claim_of_a_sheet(held: SimpleNamespace) -> None:
    spaced = " ".join(held.sheet["number"][at : at + 4] for at in range(0, 16, 4))
    said = fse(spaced, "--database", held.url, "--world", held.world)
    assert said.exit_code == 0, said.output
    assert said.output.count("Demande de remboursement clm-") == 2
    assert said.output.index("150,00 − 56,00 = 94,00") < said.output.index("120,00 − 59,22 = 60,78"), "oldest first"


def test_for_a_program(held: SimpleNamespace) -> None:
    (told,) = json.loads(fse(held.claim["id"], "--database", held.url, "--json").output)["claims"]
    assert told["claim"] == held.claim
    assert (told["world"], told["adds_up"], told["faults"]) == (held.world, True, [])
    assert told["text"].startswith(f"Demande de remboursement {held.claim['id']} : ACCORDÉE")


@pytest.mark.parametrize("wrapped", ["claim", "issuance", "execution", "page", "own"])
def test_an_answer_that_an_editor_kept(held: SimpleNamespace, tmp_path: Path, wrapped: str) -> None:
    answer = {
        "claim": held.claim,
        "issuance": held.sheet,
        "execution": {"id": "exe-a", "claim": held.claim},
        "page": {"items": [held.claim]},
        "own": json.loads(fse(held.claim["id"], "--database", held.url, "--json").output),
    }[wrapped]
    file = tmp_path / "reponse.json"
    file.write_text(json.dumps(answer), encoding="utf-8")
    read, piped = fse("--file", str(file)), fse("-", given=json.dumps(answer))
    assert read.exit_code == piped.exit_code == 0, read.output
    assert read.output == piped.output == fse("--file", "-", given=json.dumps(answer)).output
    assert "Patient " not in read.output
    assert ("94,00" if wrapped == "issuance" else "60,78") in read.output


def test_a_file_whose_amounts_do_not_add_up(held: SimpleNamespace) -> None:
    edited = {**held.claim, "totals": {**held.claim["totals"], "cnss_share": "100.00"}}
    said = fse("-", given=json.dumps(edited))
    assert said.exit_code == 1
    assert "total « part de la CNSS » : 100,00, les lignes font 59,22" in said.output


def test_what_is_asked_wrong(held: SimpleNamespace, tmp_path: Path) -> None:
    base = ["--database", held.url]
    missing = f"sqlite:///{tmp_path / 'absente.sqlite'}"
    for words, given, says in (
        ([], None, "donner une demande"),
        (["clm-a", "--file", "x.json"], None, "donner une demande"),
        (["--file", "x.json", *base], None, "sans --database"),
        (["clm-aaaaaaaaaaaaaaaa", *base], None, "aucune demande de remboursement pour « clm-aaaaaaaaaaaaaaaa »"),
        (["9999 9999 9999 9999", *base], None, "aucune demande"),
        (["clm-aaaaaaaaaaaaaaaa", *base, "--world", held.world], None, f"dans le monde « {held.world} »"),
        (["bonjour", *base], None, "« bonjour » n'est ni une demande (clm-…), ni un numéro de FSE"),
        ([held.claim["id"], *base, "--world", "inconnu"], None, "le monde « inconnu » n'existe pas"),
        ([held.claim["id"], "--database", missing], None, "n'existe pas"),
        ([held.claim["id"], "--database", "rien"], None, "n'est pas une adresse de base"),
        (["--file", str(tmp_path / "absent.json")], None, "ne se lit pas"),
        (["-"], "pas du JSON", "n'est pas du JSON"),
        (["-"], '{"items": []}', "ne contient aucune demande"),
        (["-"], json.dumps({**held.claim, "lines": "rien"}), "telle que la plateforme la répond : lines"),
        (["-"], '{"totals": 1}', "telle que la plateforme la répond"),
    ):
        said = fse(*words, given=given)
        assert said.exit_code == 2, (words, said.output)
        assert said.output.startswith("Erreur : ") and says in said.output, (words, said.output)
        assert said.output.count("\n") == 1
    assert not (tmp_path / "absente.sqlite").exists()


def test_the_same_claim_in_several_worlds(tmp_path: Path) -> None:
    """Worlds of the same seed make the same numbers and ids: which one must be said."""
    url = shared_url(f"sqlite:///{tmp_path / 'jumeaux.sqlite'}")
    simulator = create_app(Settings(base_url=BASE, bench_token=TOKEN, database=url))
    platform = Platform(simulator)
    ids = set()
    for name in ("un", "deux"):
        counter = Counter(platform)
        counter.world = platform.world(id=name, seed="jumeaux")
        answer = counter.try_issue(sheet_request())
        ids.add(answer.json()["claims"][0]["id"])
    (twin,) = ids
    said = fse(twin, "--database", url)
    assert said.exit_code == 2
    assert "existe dans plusieurs mondes (deux, un) ; préciser --world" in said.output
    assert "Monde             un\n" in fse(twin, "--database", url, "--world", "un").output
    simulator.close()


def test_the_help_has_examples() -> None:
    assert "fse explain --file reponse.json" in fse("--help").output
