"""The factories and the personas on lists of medicines that are not the bench's own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from simulator.factories.model import states
from simulator.nomenclature import importer, store
from tests.simulator.catalogue.scene import Scene, must
from tests.simulator.lifecycle.door import TOKEN, Door, Reply, open_door

STATES = states()
HEAD = "ean13;nom;dci;dosage;forme;presentation;ppv;base;taux\n"
ROWS = {
    "unpaid": "6119990000014;ALPHA;A;1 MG;GÉLULE;1 BOITE 12;10,00;;0\n",
    "costly": "6119990000021;BETA;B;1 MG;INJECTABLE;1 BOITE 1;9000,00;9000,00;70\n",
    "syrup": "6119990000038;GAMMA;C;1 MG;SIROP;1 FLACON 60 ML;20,00;18,00;70\n",
    "box": "6119990000045;DELTA;D;1 MG;GÉLULE;1 BOITE 12;;30,00;70\n",
}
LISTS = {"tout": ("unpaid", "costly", "syrup", "box"), "rien": ("unpaid",), "cher": ("costly",)}
REAL = ("meds_reference_cnops2014.csv", "meds_cnss_official_sample_2026.csv")


def imported(door: Door, name: str, file: Path) -> None:
    parsed = importer.load(file)
    simulator: Any = door.simulator
    simulator.db.call(lambda tx: store.add(tx, name, parsed))


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A simulator with each of these lists, and the real ones where there are some."""
    door, folder = open_door(), os.environ.get("FSE_REAL_LISTS")
    for name, rows in LISTS.items():
        file = tmp_path_factory.mktemp("listes") / f"{name}.csv"
        file.write_text(HEAD + "".join(ROWS[row] for row in rows), encoding="utf-8")
        imported(door, name, file)
    for name in REAL if folder else ():
        if (Path(str(folder)) / name).is_file():
            imported(door, name.removesuffix(".csv").replace("_", "-"), Path(str(folder)) / name)
    yield door
    door.close()


def asked(play: Scene, **body: Any) -> Reply:
    headers = {"authorization": f"Bearer {TOKEN}"}
    told = {"client": "essai", "may_advance": True, **body}
    return play.door("POST", f"/bench/v1/worlds/{play.world.id}/sheets", headers=headers, body=told)


def prescribed(play: Scene, **body: Any) -> tuple[str, str]:
    """The medicine of a sheet that the factory makes, and the unit that it is counted by."""
    answer = asked(play, **body)
    assert answer.status == 201, answer.body
    made = answer.json()
    headers = {"authorization": f"Bearer {made['tokens']['prescriber']}"}
    read = must(play.call("anonymous", "GET", f"/v1/care-sheets/{made['number']}", headers=headers))
    [line] = next(section["lines"] for section in read["sections"] if section["type"] == "pharmacy")
    return line["ean13"], line["unit"]


def reaches(play: Scene, name: str) -> None:
    state, answer = STATES[name], asked(play, state=name)
    assert answer.status == 201, (name, answer.body)
    found = answer.json()["care_sheet"]
    lines = {line["state"] for one in found["sections"] if one["type"] != "prescriber" for line in one["lines"]}
    claims = [one["status"] for one in found["claims"] if one["section"] != "prescriber"]
    assert (found["status"], lines) == (state.sheet, {state.line}), name
    assert claims == ([] if state.claim is None else [state.claim]), name


def test_every_state_is_reached_on_another_list(listed: Door) -> None:
    for name in STATES:
        reaches(Scene(listed, nomenclature="tout"), name)


@pytest.mark.skipif(not os.environ.get("FSE_REAL_LISTS"), reason="FSE_REAL_LISTS n'est pas défini")
@pytest.mark.parametrize("file", REAL)
def test_every_state_is_reached_on_a_real_list(listed: Door, file: str) -> None:
    if not (Path(os.environ["FSE_REAL_LISTS"]) / file).is_file():
        pytest.skip(f"{file} absent de FSE_REAL_LISTS")
    version = file.removesuffix(".csv").replace("_", "-")
    for name in STATES:
        reaches(Scene(listed, nomenclature=version), name)


def test_what_is_prescribed_is_paid_and_not_so_dear_that_doctors_look_and_counted_by_its_pack(listed: Door) -> None:
    for _ in range(2):
        assert prescribed(Scene(listed, nomenclature="tout"), state="executed") == ("6119990000038", "bottle")


def test_the_list_of_the_bench_keeps_its_own(listed: Door) -> None:
    assert prescribed(Scene(listed, nomenclature="synthetic-2026.1"), state="executed") == ("6118999000018", "box")


@pytest.mark.parametrize("version", ["rien", "cher"])
def test_a_list_without_what_a_state_needs_says_so_and_the_others_are_made(listed: Door, version: str) -> None:
    play = Scene(listed, nomenclature=version)
    for name, state in STATES.items():
        if state.claim is None or state.asks != "pharmacy":
            reaches(Scene(listed, nomenclature=version), name)
            continue
        answer = asked(play, state=name)
        assert answer.slug == "state-unreachable", name
        said = answer.json()["detail"]
        for part in (f"« {version} »", f"« {name} »", "base de remboursement", "fse nomenclature import", "sections"):
            assert part in said
        assert "issued, held" in said


def test_the_list_that_came_into_force_meanwhile_is_the_one(listed: Door) -> None:
    play = Scene(listed, nomenclature="synthetic-2026.1")
    play.bench("/faults", {"kind": "nomenclature-change", "version": "tout", "count": 1})
    play.call("anonymous", "GET", "/v1/health", headers={"user-agent": "E/1 S/e", "fse-version": "2026-01-01"})
    assert prescribed(play, state="held") == ("6119990000038", "bottle")


def test_the_personas_say_which_medicines_the_list_does_not_have(listed: Door) -> None:
    def shown(version: str) -> dict[str, tuple[str, str]]:
        play = Scene(listed, nomenclature=version)
        rows = play.door.bench("GET", f"/worlds/{play.world.id}/personas", query="kind=medicine")["personas"]
        return {row["value"]: (row["name"], row["special"]) for row in rows}

    name, special = shown("tout")["6118999000841"]
    assert name == "(absent de la liste)"
    assert special.startswith("Absent de la liste de ce monde, tout ;") and "LEVOTHYRAL 50 MCG, en rupture" in special
    assert shown("synthetic-2026.1")["6118999000841"][0] == "LEVOTHYRAL 50 MCG"
    assert shown("tout")["6118999009998"] == shown("synthetic-2026.1")["6118999009998"]
