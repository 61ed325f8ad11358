"""A long-term condition gives its rate to what relates to it, on a sheet that declares it, and to nothing else."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

import fixtures
from simulator.claims.sentences import told
from tests.simulator.conftest import delivered, medicine, sheet_request

METFORKEN, AMOXIRAM = "6118999000445", "6118999000018"


def test_a_diabetics_sheet_and_its_estimate(counter: Any) -> None:
    person = fixtures.beneficiary("ald-97")
    request = sheet_request(
        medicine(METFORKEN, quantity="1"),
        medicine(AMOXIRAM, quantity="1"),
        beneficiary={"registration_number": person.registration_number, "dependant_rank": 0},
        long_term_condition="ALD",
    )
    told = counter.call("gp", "POST", "/v1/care-sheets/estimates", json=request).json()
    own, others = (section["lines"] for section in told["sections"])
    assert [line["rate"] for line in (*own, *others)] == ["0.97", "0.97", "0.70"]
    sheet = counter.try_issue(request).json()
    assert sheet["claims"][0]["lines"][0]["rate"] == "0.97"
    boxes = [delivered(1, "1", ean13=METFORKEN, charged="47.50"), delivered(2, "1", charged="42.30")]
    lines = counter.execute(counter.hold(sheet), *boxes).json()["claim"]["lines"]
    # 47.50 × 0.97 = 46.075 → 46.08 ; 42.30 × 0.70 = 29.61
    assert [(line["rate"], line["cnss_share"]) for line in lines] == [("0.97", "46.08"), ("0.70", "29.61")]
    steps = [step for line in lines for step in line["explanation"] if step["rule"] == "RGL-LIEN-DIABETE"]
    assert [(step["result"], step["inputs"]["by"]) for step in steps] == [("related", "atc:A10"), ("not-related", "")]


@pytest.mark.parametrize(("number", "declared", "rule"), [
    ("100000001", "ALD", "RGL-TAUX-ALD"), ("100000001", "ALC", "RGL-TAUX-ALC"), ("100000010", "ALD", "RGL-TAUX-ALD"),
])  # fmt: skip
def test_a_condition_that_nobody_recognised_is_told_and_not_which_other_is(
    counter: Any, number: str, declared: str, rule: str
) -> None:
    """The ordinary rate: 80.00 × 0.70 = 56.00 of the consultation, 42.30 × 0.70 = 29.61 of the box."""
    who = {"registration_number": number, "dependant_rank": 0}
    box = medicine(AMOXIRAM, quantity="1")
    sheet = counter.try_issue(sheet_request(box, beneficiary=who, long_term_condition=declared)).json()
    boxed = counter.execute(counter.hold(sheet), delivered(1, "1", charged="42.30")).json()["claim"]["lines"]
    lines = [sheet["claims"][0]["lines"][0], *boxed]
    assert [line["cnss_share"] for line in lines] == ["56.00", "29.61"]
    for line in lines:
        (step,) = [step for step in line["explanation"] if step["rule"] == rule]
        assert (step["result"], step["inputs"]) == (
            "not-recognised", {"declared": declared, "date_of_care": "2026-11-23"},
        )  # fmt: skip
        title, text = told(step)
        assert title == declared and "aucune n'est reconnue au patient le 23/11/2026" in text
        assert "remplace la feuille" in text


def test_every_known_condition_has_its_rule_and_every_condition_held_is_known() -> None:
    known = fixtures.conditions()
    ruled = {rule.subject.partition(".")[2] for rule in fixtures.rules() if rule.subject.startswith("related.")}
    assert {one.code for one in known.values()} == ruled
    for file in (fixtures.FOLDER / "populations").glob("*.yaml"):
        for held in yaml.safe_load(file.read_text(encoding="utf-8")).get("conditions", ()):
            assert held["label"] in known, file.name
