"""A listed medicine is counted by its pack, the only thing that has a base: no tablet is paid as a box.

SEBOXINE 1 g, a box of 14 tablets: public price 89.50, base 61.20, rate 70 %. One box charged 89.50: the smaller of
89.50 and 61.20 × 1, 61.20 × 0.70 = 42.84. Fourteen tablets of it were 61.20 × 14 = 856.80 of base.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.catalogue.scene import Scene, delivered, medicine, must, on_paper, request
from tests.simulator.lifecycle.door import Reply

SEBOXINE = "6118999000056"
LOCAL = {"outside_list": {"label": "Préparation", "reason": "Locale"}, "unit": "unit", "quantity": "14"}


def pharmacy(*lines: dict[str, Any]) -> dict[str, Any]:
    return {"type": "pharmacy", "lines": list(lines)}


def wrong(refused: Reply) -> list[tuple[str, str]]:
    assert refused.status == 422, refused.body
    assert "(box, bottle, tube)" in refused.json()["detail"]
    return [(one["pointer"], one["code"]) for one in refused.json()["errors"]]


@pytest.mark.parametrize("unit", ["unit", "pair"])
def test_no_door_takes_a_listed_medicine_by_the_tablet(play: Scene, unit: str) -> None:
    by_tablet = pharmacy(medicine(SEBOXINE, quantity="14", unit=unit))
    sheet = play.issue()
    expected = [("/sections/0/lines/0/unit", "wrong-unit")]
    assert wrong(play.try_issue(by_tablet)) == expected
    assert wrong(play.call("gp", "POST", "/v1/care-sheets/estimates", request(by_tablet))) == expected
    assert wrong(play.about(sheet, "replacement", sections=[by_tablet])) == expected
    assert wrong(play.post("pharmacy", "/v1/paper-prescriptions", on_paper("ORD-7", by_tablet))) == expected


@pytest.mark.parametrize(("charged", "warned"), [("89.50", False), ("1253.00", True)])
def test_a_box_brings_its_base_whatever_is_charged(play: Scene, charged: str, warned: bool) -> None:
    sheet = play.issue(pharmacy(medicine(SEBOXINE, quantity="1")))
    line = delivered(quantity="1", ean13=SEBOXINE, charged=charged)
    done = must(play.execute(play.hold(sheet), line))
    assert done["claim"]["lines"][0]["cnss_share"] == "42.84"
    assert ["charged-above-public-price"] * warned == [one["code"] for one in done["warnings"]]


def test_tablets_outside_the_list_do_not_become_boxes_when_something_listed_is_handed_over(play: Scene) -> None:
    sheet = play.issue(pharmacy({**LOCAL, "posology": "1 par jour", "duration_days": 14}))
    listed = {"ean13": SEBOXINE, "quantity": "14", "charged": "1253.00"}
    held = play.hold(sheet)
    assert wrong(play.execute(held, delivered(**listed))) == [("/lines/0/quantity", "wrong-unit")]
    named = {"care_sheet": {"number": sheet["number"]}}
    on_paper = play.claim_on_paper("FSP-7", {**listed, "line": 1}, **named)
    assert wrong(on_paper) == [("/lines/0/quantity", "wrong-unit")]
    must(play.execute(held, delivered(quantity="14", ean13=None, charged="70.00", lot=None)))
