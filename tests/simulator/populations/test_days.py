"""Days that were lived: the same for a seed, byte for byte, and everything that reads holds afterwards."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import fixtures
from simulator.app import create_app
from simulator.approvals.store import approvals
from simulator.audit import replay, verify
from simulator.kit import clock
from simulator.kit.storage import Database, Tx, metadata, query
from simulator.operations import SOURCES
from simulator.place import opened
from simulator.populations import filling
from simulator.populations.creating import make, summaries
from simulator.settings import DEMO_CLIENT, DEMO_SECRET, Settings
from simulator.worlds import state, store
from tests.simulator.conftest import BASE, TOKEN, Platform
from tests.simulator.database import shared_url
from tests.simulator.populations.conftest import DAYS, PER_DAY, UNTIL, Filled, silent, wanted

REAL = {"worlds": ("clock_since", "life"), "nomenclature_versions": ("imported_at",)}
"""Columns that hold real time, or what tells this database from another."""


def rows(db: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table that is about worlds, without real time."""

    def unit(tx: Tx) -> dict[str, list[tuple[Any, ...]]]:
        found = {}
        for table in metadata.sorted_tables:
            columns = [c for c in table.c if c.name not in REAL.get(table.name, ())]
            read = tx.all(query(sa.select(*columns)))
            found[table.name] = sorted(tuple(str(row[c.name]) for c in columns) for row in read)
        return found

    return db.call(unit)


@pytest.fixture(scope="module")
def sheets(filled: Filled) -> list[dict[str, Any]]:
    def unit(tx: Tx) -> list[dict[str, Any]]:
        world = store.find(tx, "kenitra", "")
        assert world is not None
        return list(state.dump(tx, world, None)["care_sheets"])

    return filled.db.call(unit, "kenitra")


def test_the_same_seed_gives_the_same_bytes(filled: Filled, tmp_path: Path) -> None:
    url = shared_url(f"sqlite:///{tmp_path / 'two.sqlite'}")
    again = make(url, wanted(), silent)
    assert again.lived == filled.created.lived
    with opened(url) as db:
        assert rows(db) == rows(filled.db)


def test_the_name_of_a_world_changes_neither_numbers_nor_trail_and_its_seed_does(
    filled: Filled, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'three.sqlite'}"
    assert make(url, wanted(name="autre"), silent).lived == filled.created.lived
    assert make(url, wanted(name="encore", seed="autre"), silent).lived.head != filled.created.lived.head


def test_the_trail_holds_and_gives_the_sheets_back(filled: Filled) -> None:
    verdict = verify.world(filled.db, "kenitra")
    assert verdict.sound and f"{verdict.links}:{verdict.head}" == filled.created.lived.head
    assert replay.drift(filled.db, "kenitra") == []
    (said,) = [one for one in summaries(filled.db) if one["id"] == "kenitra"]
    assert said["audit_head"] == filled.created.lived.head and said["care_sheets"] == filled.created.lived.sheets


def test_nothing_is_executed_beyond_what_was_prescribed(sheets: list[dict[str, Any]]) -> None:
    for sheet in sheets:
        for section in sheet["sections"]:
            for line in section["lines"]:
                executed, remaining = Decimal(line["executed"]), Decimal(line["remaining"])
                assert executed >= 0 and remaining >= 0, sheet["number"]
                if line["state"] not in ("cancelled", "not_executed", "moved_to_paper"):
                    assert executed + remaining == Decimal(line["quantity"]), sheet["number"]


def test_every_claim_adds_up(sheets: list[dict[str, Any]]) -> None:
    claims = [claim for sheet in sheets for claim in sheet["claims"]]
    assert len(claims) > 50
    for claim in claims:
        for line in claim["lines"]:
            shares = sum(Decimal(line[name]) for name in ("cnss_share", "state_share", "patient_share"))
            assert shares == Decimal(line["charged"]), claim["id"]


def test_the_days_are_those_asked_for_and_time_goes_forward(filled: Filled, sheets: list[dict[str, Any]]) -> None:
    days = {clock.day(clock.parse(sheet["issued_at"])).isoformat() for sheet in sheets}
    assert days == {"2026-11-17", "2026-11-18", "2026-11-19"}
    assert filled.created.now == "2026-11-20T07:00:00Z"
    entries = filled.db.call(lambda tx: [row["at"] for row in _trail(tx)], "kenitra")
    assert entries == sorted(entries) and entries[-1] <= filled.created.now


def test_a_holiday_is_quiet(sheets: list[dict[str, Any]]) -> None:
    many = Counter(clock.day(clock.parse(sheet["issued_at"])).isoformat() for sheet in sheets)
    assert many["2026-11-18"] * 5 < min(many["2026-11-17"], many["2026-11-19"])


def test_every_profession_and_most_accidents_are_met(filled: Filled, sheets: list[dict[str, Any]]) -> None:
    kinds = {section["type"] for sheet in sheets for section in sheet["sections"]}
    assert kinds >= {"prescriber", "pharmacy", "biology", "imaging", "physiotherapy", "dental", "nursing", "devices"}
    states = {line["state"] for sheet in sheets for section in sheet["sections"] for line in section["lines"]}
    assert {"open", "executed", "partial"} <= states
    done = filled.created.lived.operations
    assert {"check-rights", "issue-care-sheet", "resolve-care-sheet", "execute-section", "release-lease"} <= done.keys()
    provinces = Counter(_province(sheet["establishment"]) for sheet in sheets)
    assert provinces["KEN"] > len(sheets) / 2 and len(provinces) >= 6


def test_the_numbers_are_near_what_was_asked(filled: Filled) -> None:
    lived = filled.created.lived
    assert filled.created.days == DAYS and 0.75 < lived.sheets / (PER_DAY * 2) < 1.4
    assert 0.7 < lived.executions / lived.sheets < 1.6


def test_the_cnss_answers_as_days_pass(tmp_path: Path) -> None:
    """What the sheets ask of it is decided by the agenda, at the instant at which it was due."""
    url = shared_url(f"sqlite:///{tmp_path / 'week.sqlite'}")
    created = make(url, wanted(days=7, per_day=25), silent)
    assert created.lived.operations["request-prior-approval"] > 0
    with opened(url) as db:
        found = db.call(lambda tx: tx.all(query(sa.select(approvals))), "kenitra")
    waiting = [row["due_at"] for row in found if row["due_at"] is not None]
    assert len(found) - len(waiting) > 0 and all(due > created.now for due in waiting)


def test_a_waiting_agenda_is_caught_up_as_days_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the world's clock brings by itself happens at its own instant, among the days."""
    fired = []

    class Noon:
        name = "noon"

        def next(self, tx: Tx, world: Any) -> Any:
            coming = [filling.at(day, 12 * 3600) for day in filling.Days(DAYS, UNTIL, 1).all]
            return next((one for one in coming if one not in fired), None)

        def fire(self, tx: Tx, world: Any, at: Any) -> None:
            assert world.now() >= at
            fired.append(at)

    monkeypatch.setattr("simulator.populations.creating.SOURCES", (*SOURCES, Noon()))
    make(f"sqlite:///{tmp_path / 'agenda.sqlite'}", wanted(per_day=2), silent)
    assert len(fired) == DAYS and fired == sorted(fired)


def test_a_filled_world_is_served(tmp_path: Path) -> None:
    """A server opens it; its people act on its sheets, with the software of the first hour."""
    url = shared_url(f"sqlite:///{tmp_path / 'served.sqlite'}")
    created = make(url, wanted(per_day=20), silent)
    simulator = create_app(Settings(base_url=BASE, bench_token=TOKEN, database=url))
    platform = Platform(simulator)
    try:
        described = platform.bench("GET", "/worlds/kenitra").json()
        assert (described["persona_set"], described["now"]) == ("kenitra", created.now)
        sheets = platform.bench("GET", "/worlds/kenitra/state").json()["care_sheets"]
        assert len(sheets) == created.lived.sheets
        sheet = next(one for one in sheets if one["claims"] and one["status"] != "cancelled")
        form = {"grant_type": "urn:fse:params:oauth:grant-type:first-hour", "inpe": sheet["author"]}
        answer = platform("POST", f"{BASE}/w/kenitra/oauth2/token", data=form, auth=(DEMO_CLIENT, DEMO_SECRET))
        assert answer.status_code == 200, answer.text
        bearer = {"authorization": f"Bearer {answer.json()['access_token']}"}
        read = platform("GET", f"{BASE}/w/kenitra/v1/care-sheets/{sheet['number']}", headers=bearer)
        assert read.status_code == 200 and read.json()["claims"]
        assert platform.bench("GET", "/worlds/kenitra/audit/verification").json()["sound"]
    finally:
        simulator.close()


def test_codes_are_those_of_the_built_in_lists() -> None:
    said = fixtures.population_care("kenitra")
    known = {one.ean13 for one in fixtures.medicines()}
    assert {code for pool in said["pools"].values() for codes in pool.values() for code in codes} <= known
    sections = {act.code: act.section for act in fixtures.acts()}
    for motive in said["motives"]:
        for kind in ("biology", "imaging", "physiotherapy", "nursing", "dental", "devices"):
            assert all(sections[code] == kind for code in motive.get(kind, {"acts": []})["acts"]), motive["id"]
        assert {asked[0] for asked in motive["medicines"]} <= said["pools"].keys()
        assert all(sections[one[0]] == "prescriber" for one in motive.get("own", ()))


def _trail(tx: Tx) -> Any:
    from simulator.audit import store as audit

    return audit.rows(tx, "kenitra")


def _province(establishment: str) -> str:
    return establishment.split("-")[1]
