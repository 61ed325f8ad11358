"""Over HTTP: what is counted, when it shows, in which form, and to whom."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from simulator.indicators import following, store, table
from simulator.kit.storage import query
from tests.simulator.conftest import Platform, delivered, medicine
from tests.simulator.indicators.conftest import AMOXIRAM, OTHER, PATIENTS, Town

K = 11
WEEK = ("04", "2026-W48", "J01")
NATION = ("MA", "2026-W48", "J01")


def test_a_week_shows_once_it_is_over_or_has_twice_the_threshold(town: Town) -> None:
    for patient in range(K):
        town.visit(patient)
    assert town.boxes("antibiotics") == {}, "of today: nothing"
    town.advance(days=1)
    assert town.boxes("antibiotics") == {}, "the last k are kept for the last lot"
    town.advance(days=6)
    assert town.boxes("antibiotics", "from=2026-W48") == {WEEK: 2 * K, NATION: 2 * K}
    (cell,) = town.read("antibiotics", "region=04&from=2026-W48&to=2026-W48")["cells"]
    assert (cell["provisional"], cell["suppressed"]) == (False, False)


def test_fewer_patients_than_the_threshold_show_nowhere_whatever_they_took(town: Town) -> None:
    for patient in range(K - 1):
        town.visit(patient, boxes="9")
    town.advance(days=60)
    for indicator in ("antibiotics", "treatments", "outside-list", "comparison"):
        assert town.boxes(indicator, "region=all&from=2026&to=2027" + ("&by=year" * (indicator != "comparison"))) == {}
    read = town.read("outside-list", "by=year")
    assert all("total" not in cell for cell in read["cells"])


def test_one_more_patient_changes_nothing_and_a_withdrawal_neither(town: Town) -> None:
    town.advance(days=2)
    done = [town.visit(patient) for patient in range(K)]
    town.advance(days=5)
    before = town.boxes("antibiotics", "by=year&from=2026")
    late = town.visit(K)
    town.withdraw(done[0])
    town.advance(days=1)
    assert (
        town.boxes("antibiotics", "by=year&from=2026")
        == before
        == {(region, "2026", "J01"): 2 * K for region in ("04", "MA")}
    )
    assert late["id"]


def test_what_is_taken_back_or_amended_in_time_counts_as_it_stands(town: Town) -> None:
    done = [town.visit(patient) for patient in range(K + 1)]
    town.withdraw(done[0])
    headers = {"if-match": f'"{done[1]["revision"]}"', **town.key()}
    line = {"line": 1, "outcome": "executed", "quantity": "1", "ean13": "6118999000018", "charged": "9.00", "lot": "L"}
    body = {"performed_at": town.now(), "lines": [line]}
    path = f"/v1/executions/{done[1]['id']}/amendment"
    assert town.call("pharmacy", "POST", path, json=body, headers=headers).is_success
    town.advance(days=7)
    assert town.boxes("antibiotics", "from=2026-W48")[WEEK] == 2 * K - 1


def test_treatments_outside_list_and_comparison(town: Town) -> None:
    for patient in range(K):
        town.visit(patient)
        town.visit(patient, OTHER)
        town.visit(patient, None, boxes="1")
    town.advance(days=40)
    month = "2026-M11"
    levels = {n: town.boxes("treatments", f"atc_level={n}&from={month}&to={month}") for n in (1, 2, 3)}
    for found in levels.values():
        assert sum(found.values()) == 5 * K and found["MA", month, "outside"] == K
    assert levels[1]["MA", month, "J"] == levels[2]["MA", month, "J01"] == levels[3]["MA", month, "J01C"] == 2 * K
    (cell,) = town.read("outside-list", f"region=04&from={month}&to={month}")["cells"]
    assert (cell["boxes"], cell["total"], cell["share"]) == (K, 5 * K, "0.2000")
    cells = town.read("comparison", "from=2026&to=2026&region=04")["cells"]
    assert (cells[0]["boxes"], cells[0]["per_1000"]) == (22, "0.0043") and "change" not in cells[0]


def test_every_answer_says_what_it_is(town: Town) -> None:
    said = town.read("antibiotics", "by=month")
    assert (said["threshold"], said["rule"], said["as_of"]) == (K, "RGL-SEUIL-ANONYMAT", "2026-11-22")
    assert said["fidelity"] == "hypothesis" and "11 patients" in said["method"]
    assert (said["first_period"], said["last_period"]) == ("2025-M12", "2026-M11")
    assert (said["first_day"], said["last_day"]) == ("2025-12-01", "2026-11-29")
    assert len(said["cells"]) == 12 * 13


def test_a_reading_is_in_the_trail_and_names_nobody(town: Town) -> None:
    town.visit(0)
    town.read("treatments", "atc_level=2")
    (entry,) = [one for one in town.trail("") if one["event"] == "indicators-read"]
    assert entry["actor"] == "essai/990000037" and entry["data"]["indicator"] == "treatments"
    person = f"ben:{PATIENTS[0]['registration_number']}/{PATIENTS[0]['dependant_rank']}"
    assert not [one for one in town.trail(person) if one["event"] == "indicators-read"]


@pytest.mark.parametrize("query_", ["format=csv", ""])
def test_a_french_spreadsheet_opens_the_table(town: Town, query_: str) -> None:
    for patient in range(K):
        town.visit(patient, None)
        town.visit(patient, OTHER)
    town.advance(days=40)
    span = "region=04&from=2026-M11&to=2026-M11"
    accept = {} if query_ else {"accept": "text/csv, application/json;q=0.5"}
    answer = town.read("outside-list", f"{span}&{query_}", headers=accept)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    assert 'filename="outside-list_2026-M11_2026-M11.csv"' in answer.headers["content-disposition"]
    assert answer.content.startswith(b"\xef\xbb\xbf") and b"\r\n" in answer.content
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), delimiter=";"))
    blank = rows.index([])
    assert ["Seuil de patients", "11"] in rows[:blank] and ["Fidélité", "hypothèse du banc"] in rows[:blank]
    header, cell = rows[blank + 1 :]
    assert dict(zip(header, cell, strict=True)) == {
        "Région": "04 Rabat-Salé-Kénitra",
        "Période": "2026-M11",
        "Groupe": "outside",
        "Libellé": "Produits hors liste",
        "Boîtes": "22",
        "Toutes boîtes": "44",
        "Part": "0,5000",
        "État": "publiée",
    }


@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/csv;q=0.2, application/json", "text/csv;q=0"])
def test_json_is_what_is_answered_otherwise(town: Town, accept: str) -> None:
    assert town.read("antibiotics", headers={"accept": accept})["indicator"] == "antibiotics"


@pytest.mark.parametrize(
    ("indicator", "asked", "pointer"),
    [
        ("antibiotics", "from=2026-M11", "?from"),
        ("antibiotics", "to=2026-W54", "?to"),
        ("antibiotics", "from=2026-W10&to=2026-W09", "?from"),
        ("antibiotics", "from=2020-W10", "?from"),
        ("antibiotics", "by=day", "?by"),
        ("antibiotics", "region=13", "?region"),
        ("treatments", "by=week", "?by"),
        ("treatments", "atc_level=4", "?atc_level"),
        ("treatments", "format=xls", "?format"),
        ("comparison", "group=J01CA04", "?group"),
        ("outside-list", "to=2026-M13&by=month", "?to"),
    ],
)
def test_nothing_else_can_be_asked(town: Town, indicator: str, asked: str, pointer: str) -> None:
    answer = town.call("public-health", "GET", f"/v1/indicators/{indicator}?{asked}")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


def test_the_table_comes_back_the_same_from_nothing(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "PAGE", 4)
    done = [town.visit(patient, OTHER) for patient in range(14)]
    town.read("antibiotics")
    town.withdraw(done[0])
    town.advance(days=1)
    town.visit(1)
    town.read("antibiotics")
    town.advance(days=9)
    wanted = town.boxes("treatments", "region=all&by=year&from=2026&to=2026")
    rows = kept(town)
    assert wanted and len(rows) == 16
    for kind in (store.facts, store.progress):
        gone = query(sa.delete(kind).where(kind.c.world == sa.bindparam("w")))
        town.platform.simulator.db.call(lambda tx, gone=gone: tx.run(gone, w=town.world["id"]), town.world["id"])
    assert kept(town) == []
    assert town.boxes("treatments", "region=all&by=year&from=2026&to=2026") == wanted
    assert kept(town) == rows


def kept(town: Town) -> list[dict[str, Any]]:
    wanted = query(sa.select(store.facts).where(store.facts.c.world == sa.bindparam("w")).order_by(store.facts.c.seq))
    return [dict(row) for row in town.platform.simulator.db.call(lambda tx: tx.all(wanted, w=town.world["id"]))]


def test_the_table_names_nobody(town: Town) -> None:
    done = town.visit(0)
    town.read("antibiotics")
    text = str(kept(town))
    assert done["id"] in text
    for secret in (PATIENTS[0]["registration_number"], done["number"], "6118999", "Amoxiram", "200000012"):
        assert secret not in text


def test_what_is_recorded_after_a_reading_does_not_change_the_days_before(town: Town) -> None:
    """An entry whose instant lies before a reading of the next day (it was on its way) counts with that day."""
    for patient in range(K):
        town.visit(patient)
    town.advance(days=7)
    before = town.boxes("antibiotics", "from=2026-W48")
    rows = query(sa.update(store.progress).where(store.progress.c.world == sa.bindparam("w")).values(day="2026-12-09"))
    town.platform.simulator.db.call(lambda tx: tx.run(rows, w=town.world["id"]), town.world["id"])
    town.visit(0)
    assert town.boxes("antibiotics", "from=2026-W48")[WEEK] == before[WEEK]
    assert kept(town)[-1]["day"] == "2026-12-09"


def test_a_world_that_takes_the_name_of_another_is_not_taken_for_it(shared: Platform) -> None:
    """Same name, same seed, same requests: the same trail, but not the same day."""
    for last in (False, True):
        town = Town(shared, id="meme")
        for patient in range(K):
            town.visit(patient)
        town.advance(seconds=60)
        if last:
            assert town.boxes("antibiotics") == {}
            town.advance(days=1)
            town.visit(0, None)
            assert town.boxes("antibiotics") == {}
        town.advance(days=7)
        assert town.boxes("antibiotics", "from=2026-W48")[WEEK] == 2 * K
        shared.bench("DELETE", "/worlds/meme")


def within(town: Town, work: Callable[[Any, Any], None]) -> None:
    """A unit of work of the process that serves the town: the transaction, and the world as it knows it."""
    simulator = town.platform.simulator
    world = simulator.worlds._cache[town.world["id"]]
    simulator.db.call(lambda tx: work(tx, world), world.id)


def test_a_unit_that_is_undone_leaves_nothing(town: Town) -> None:
    """What a process folded of a reading that failed is thrown away."""
    for patient in range(K):
        town.visit(patient)

    def failing(tx: Any, world: Any) -> None:
        following.catch_up(tx, world)
        assert following.cells(tx, world, date(2026, 12, 7))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        within(town, failing)
    assert kept(town) == [] and town.boxes("antibiotics") == {}
    town.advance(days=7)
    assert town.boxes("antibiotics", "from=2026-W48")[WEEK] == 2 * K


def test_what_was_folded_too_early_is_folded_again(town: Town) -> None:
    """A process had gone on to a day whose eve was not over in the trail."""
    for patient in range(K):
        town.visit(patient)

    def early(tx: Any, world: Any) -> None:
        following.catch_up(tx, world)
        following.cells(tx, world, date(2026, 11, 30))

    within(town, early)
    town.visit(K)
    town.advance(days=7)
    assert town.boxes("antibiotics", "from=2026-W48")[WEEK] == 2 * (K + 1)


def test_what_was_folded_of_another_trail_is_forgotten(town: Town) -> None:
    for patient in range(K):
        town.visit(patient)
    town.advance(days=7)
    wanted = town.boxes("antibiotics", "from=2026-W48")

    def another(tx: Any, world: Any) -> None:
        known = following._known(tx, world)
        known.hash, known.publication.cells = "0" * 64, {}

    within(town, another)
    assert town.boxes("antibiotics", "from=2026-W48") == wanted


@pytest.fixture
def small(town: Town, monkeypatch: pytest.MonkeyPatch) -> Town:
    """A town where three patients are enough."""
    monkeypatch.setattr(following, "threshold", lambda day: 3)
    return town


def test_nothing_of_today_shows_however_many_they_are(small: Town) -> None:
    for patient in range(8):
        small.visit(patient)
    assert small.boxes("antibiotics") == {}
    small.advance(days=1)
    assert small.boxes("antibiotics", "region=04") == {WEEK: 2 * 5}, "all but the last three"


def test_a_late_entry_counts_on_the_day_of_care(small: Town) -> None:
    sheets = [small.issue(medicine(), beneficiary=PATIENTS[n], rights_acknowledged=True) for n in range(3)]
    small.advance(days=2)
    for sheet in sheets:
        item = {"ean13": AMOXIRAM, "quantity": "2", "charged": "10.00", "lot": "L1"}
        body = {"scan": sheet["qr"]["payload"], "performed_at": "2026-11-23T09:00:00Z", "items": [item]}
        assert small.call("pharmacy", "POST", "/v1/late-executions", json=body, headers=small.key()).is_success
    small.advance(days=5)
    assert small.boxes("antibiotics", "region=04&from=2026-W48") == {WEEK: 6}


def test_packs_that_were_handed_over_are_counted_and_nothing_else(small: Town) -> None:
    for n in range(3):
        lines = [medicine(), medicine(), medicine(quantity="3")]
        held = small.hold(small.issue(*lines, beneficiary=PATIENTS[n], rights_acknowledged=True))
        done = small.execute(
            held,
            delivered(1, "2", lot="L1"),
            {"line": 2, "outcome": "not_executed", "reason": "out-of-stock"},
            delivered(3, "1", lot="L1", owed=True),
        )
        assert done.status_code == 201, done.text
    small.advance(days=7)
    assert small.boxes("antibiotics", "region=04&from=2026-W48") == {WEEK: 3 * 3}


def test_no_cell_is_a_formula() -> None:
    assert [table.harmless(text) for text in ("=1+1", "+1", "-1", "@x", "\t=1\r\n", "J01")] == [
        *("'=1+1", "'+1", "'-1", "'@x", "'=1", "J01")
    ]
