"""A database of the first version opens in this one, with its sheets intact; a newer one is refused.

`data/version-1.sql` was written by the simulator of version 0001 (its journal and its medicines left out), and
`version-1.json` is what it said of its sheets.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory

import simulator.migrations
from simulator.app import create_app
from simulator.audit import replay, verify
from simulator.care_sheets import store as sheets
from simulator.care_sheets.model import Sheet
from simulator.kit import clock
from simulator.kit.storage import Database, Tx, Unusable, metadata
from simulator.migrations import BASE, HEAD, runner
from simulator.settings import Settings
from tests.simulator import conftest
from tests.simulator.conftest import BASE as SERVER_URL
from tests.simulator.conftest import TOKEN, Counter, Platform, delivered
from tests.simulator.database import SERVER, shared_url

AT = clock.parse("2026-11-23T09:00:00Z")
DATA = Path(__file__).parent / "data"
WAS: dict[str, Any] = json.loads((DATA / "version-1.json").read_text())


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "ancienne.sqlite"
    with sqlite3.connect(path) as connection:
        connection.executescript((DATA / "version-1.sql").read_text())
    connection.close()
    return path


@pytest.fixture
def counter(old: Path) -> Iterator[Counter]:
    url = shared_url(f"sqlite:///{old}")
    if SERVER:
        runner.upgrade(lambda: psycopg.connect(url, autocommit=True), "postgresql", to=BASE)
        rows = [line for line in (DATA / "version-1.sql").read_text().splitlines() if line.startswith("INSERT")]
        with psycopg.connect(url) as connection:
            for row in rows:
                if ",X'" not in row:  # bytes are written otherwise there: the journal, the answers to replay
                    connection.execute(row.encode())
    opened = create_app(Settings(base_url=SERVER_URL, bench_token=TOKEN, database=url))
    found = Counter.__new__(Counter)
    found.platform = Platform(opened)
    found.world = found.platform.bench("GET", f"/worlds/{WAS['world']}").json()
    found._bearers, found._serial = {}, 1000
    yield found
    opened.close()


@pytest.mark.parametrize("name", WAS["sheets"])
def test_each_sheet_stands_where_it_stood(counter: Counter, name: str) -> None:
    was, found = WAS["sheets"][name], counter.state(WAS["sheets"][name]["number"])
    lines = [
        [x["type"], line["line"], line["state"], line["remaining"]] for x in found["sections"] for line in x["lines"]
    ]
    assert (found["status"], found["revision"], lines) == (was["status"], was["revision"], was["lines"])
    assert {execution["id"] for execution in found["executions"]} == set(was["executions"])
    assert [[claim["id"], claim["totals"]] for claim in found["claims"]] == was["claims"]
    read = counter.call("gp", "GET", f"/v1/care-sheets/{was['number']}")
    assert read.status_code == 200 and read.json()["status"] == was["status"]


def test_the_trail_holds_and_its_replay_gives_what_is_stored(counter: Counter) -> None:
    sheets = WAS["sheets"]
    held = counter.hold({"qr": {"payload": sheets["open"]["scan"]}})
    assert counter.execute(held, delivered()).status_code == 201
    db = counter.platform.simulator.db
    assert verify.world(db, WAS["world"]).sound
    assert replay.drift(db, WAS["world"]) == []


def test_what_was_begun_goes_on(counter: Counter) -> None:
    sheets = WAS["sheets"]
    held = counter.hold({"qr": {"payload": sheets["held"]["scan"]}})  # the lease of before, renewed
    assert counter.execute(held, delivered()).status_code == 201
    rest = counter.hold({"qr": {"payload": sheets["partial"]["scan"]}})
    done = counter.execute(rest, delivered(1, "1", charged="42.30"))
    assert done.status_code == 201, done.text
    assert {line["state"] for line in done.json()["lines"]} == {"executed"}
    assert counter.state(sheets["partial"]["number"])["status"] == "executed"
    taken = {"reason": "erreur de saisie"}
    headers = {"if-match": f'"{done.json()["revision"]}"', **counter.key()}
    path = f"/v1/executions/{done.json()['id']}/withdrawal"
    assert counter.call("pharmacy", "POST", path, json=taken, headers=headers).status_code == 200
    first = sheets["partial"]["executions"][1]
    headers = {
        "if-match": f'"{counter.hold({"qr": {"payload": sheets["partial"]["scan"]}})["revision"]}"',
        **counter.key(),
    }
    answer = counter.call("pharmacy", "POST", f"/v1/executions/{first}/withdrawal", json=taken, headers=headers)
    assert answer.status_code == 200, answer.text
    line = counter.state(sheets["partial"]["number"])["sections"][1]["lines"][0]
    assert (line["state"], line["remaining"]) == ("open", "2")


def test_the_softwares_that_took_part_are_known(counter: Counter) -> None:
    def read(tx: Tx, name: str) -> Sheet:
        found = sheets.find(tx, WAS["world"], WAS["sheets"][name]["number"], AT)
        assert found is not None
        return found

    held, opened = (counter.platform.simulator.db.call(partial(read, name=name)) for name in ("held", "open"))
    assert (held.client, held.beneficiary) == ("essai", ("100000001", 0))
    assert held.sections["pharmacy"].clients == ("essai",) and opened.sections["pharmacy"].clients == ()


@pytest.mark.skipif(bool(SERVER), reason="the answers to replay are bytes")
def test_an_answer_of_before_is_replayed(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conftest, "require_documented_shape", lambda answer: None)  # it was said in the old shape
    sheet = {"number": WAS["sheets"]["partial"]["number"], "revision": 2, "lease": {"id": "lea-finie"}}
    line = delivered(2, "3", ean13="6118999000025", charged="100.00")
    again = counter.execute(sheet, line, headers={"idempotency-key": "cle-rejouee"})
    assert again.headers["idempotent-replayed"] == "true" and again.json()["id"] == WAS["answer"]["id"]


def test_wrong_codes_are_still_counted(counter: Counter) -> None:
    proof = {"number": WAS["sheets"]["wrong"]["number"], "backup_code": "00000000"}
    answers = [counter.resolve(proof) for _ in range(4)]
    assert [answer.json()["code"] for answer in answers][-1] == "typing-locked"
    assert answers[2].json()["code"] == "wrong-backup-code"


def _schema(url: str) -> dict[str, Any]:
    """Table → columns (type, NULL, default) by name, primary key, indexes."""
    if SERVER:
        engine = sa.create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(url), poolclass=sa.NullPool)
    else:
        engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        inspector = sa.inspect(connection)
        return {name: _table(inspector, name) for name in inspector.get_table_names() if name != "alembic_version"}


def _table(inspector: Any, name: str) -> Any:
    return (
        {c["name"]: (str(c["type"]), c["nullable"], c["default"]) for c in inspector.get_columns(name)},
        inspector.get_pk_constraint(name)["constrained_columns"],
        {
            (index["name"], tuple(index["column_names"]), bool(index["unique"]), _where(index))
            for index in inspector.get_indexes(name)
        },
    )


def _where(index: Any) -> str:
    options = index.get("dialect_options", {})
    text = str(options.get("sqlite_where", options.get("postgresql_where", "")))
    return "".join(letter for letter in text.partition("::")[0] if letter.isalnum() or letter in "='")


def test_the_converted_tables_are_those_of_a_new_database(tmp_path: Path) -> None:
    converted, made = (shared_url(f"sqlite:///{tmp_path}/{name}.sqlite") for name in ("ancienne", "neuve"))
    if SERVER:
        runner.upgrade(lambda: psycopg.connect(converted, autocommit=True), "postgresql", to=BASE)
    else:
        runner.upgrade(lambda: sqlite3.connect(tmp_path / "ancienne.sqlite", isolation_level=None), "sqlite", to=BASE)
    assert "leases" in _schema(converted)
    for url in (converted, made):
        Database.open(url).close()
    assert set(_schema(made)) == set(metadata.tables)
    assert _schema(converted) == _schema(made)


def test_a_database_of_medicines_alone_is_completed(tmp_path: Path) -> None:
    path = tmp_path / "listes.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute(
            "CREATE TABLE nomenclature_versions (version TEXT PRIMARY KEY, sequence INTEGER NOT NULL, "
            "rows INTEGER NOT NULL, source_name TEXT NOT NULL, sha256 TEXT NOT NULL, imported_at TEXT NOT NULL)"
        )
    connection.close()
    Database.open(f"sqlite:///{path}").close()
    with sqlite3.connect(path) as connection:
        made = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    connection.close()
    assert made == {*metadata.tables, "alembic_version"}


def test_a_newer_database_is_refused_and_left_alone(old: Path) -> None:
    url = f"sqlite:///{old}"
    Database.open(url).close()
    with sqlite3.connect(old) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(Unusable, match="plus récente"):
        Database.open(url)


def test_a_conversion_that_fails_leaves_the_old_database_whole(old: Path) -> None:
    with sqlite3.connect(old) as connection:
        connection.execute(
            "UPDATE care_sheets SET content = 'illisible' WHERE number = ?", (WAS["sheets"]["open"]["number"],)
        )
    connection.close()
    before = old.read_bytes()
    with pytest.raises(ValueError):
        Database.open(f"sqlite:///{old}")
    with sqlite3.connect(old) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    connection.close()
    assert {"leases", "wrong_codes"} <= tables and "marks" not in tables and before


def test_the_head_is_the_last_script_and_alembic_is_loaded_only_to_upgrade(tmp_path: Path) -> None:
    scripts = ScriptDirectory(str(Path(simulator.migrations.__file__).parent))
    assert scripts.get_current_head() == HEAD and scripts.get_base() == BASE
    program = (
        "import sys; from simulator.app import create_app; create_app().close(); sys.exit('alembic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=tmp_path).returncode == 0
