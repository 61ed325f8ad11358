"""What the printed table says of somebody or something is what the platform answers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from fixtures import magic
from fixtures.magic import Special
from tests.simulator.catalogue.scene import DAY, PHARMACY, PRESCRIBER, Scene, act, delivered, medicine, must
from tests.simulator.lifecycle.door import Reply

SPECIAL = [row for row in magic.table() if row.says]


def beneficiary(row: Special) -> dict[str, Any]:
    number, _, rank = row.value.partition("/")
    return {"registration_number": number, "dependant_rank": int(rank)}


def issued(play: Scene, row: Special) -> Reply:
    """A sheet that names that row."""
    if row.kind == "beneficiary":
        told = {"long_term_condition": row.special.rpartition(" ")[2]} if "rate" in row.says else {}
        return play.try_issue(PRESCRIBER, PHARMACY, beneficiary=beneficiary(row), **told)
    if row.kind == "professional":
        return play.try_issue(PHARMACY, actor=str(row.persona))
    if row.kind == "medicine":
        return play.try_issue({"type": "pharmacy", "lines": [medicine(row.value)]})
    own = row.value == "CS"
    line = act(row.value, charged="150.00") if own else act(row.value, "6")
    return play.try_issue({"type": "prescriber" if own else "physiotherapy", "lines": [line]})


@pytest.mark.parametrize("row", SPECIAL, ids=lambda row: row.persona or row.value)
def test_a_special_value_is_answered_as_printed(play: Scene, row: Special) -> None:
    says = row.says
    if row.kind == "beneficiary":
        asked = {"beneficiary": beneficiary(row), "date_of_care": DAY}
        found = must(play.call("gp", "POST", "/v1/rights-checks", asked))
        assert {name: found.get(name) for name in says["rights"]} == says["rights"]
    answer = issued(play, row)
    assert answer.slug == says.get("issue")
    if "warns" in says:
        assert says["warns"] in [warning["code"] for warning in must(answer)["warnings"]]


@pytest.mark.parametrize(
    "row", [row for row in SPECIAL if "rate" in row.says], ids=lambda row: row.persona or row.value
)
def test_the_rate_is_the_one_that_is_printed(play: Scene, row: Special) -> None:
    sheet = must(issued(play, row))
    if row.kind == "beneficiary":
        [line] = sheet["claims"][0]["lines"]
    else:
        done = play.execute(play.hold(sheet), delivered(ean13=row.value, charged="49.80"))
        [line] = must(done)["claim"]["lines"]
        assert line["cnss_share"] == "0.00"
    assert Decimal(line["rate"]) == Decimal(row.says["rate"])


def test_a_world_lists_them_with_their_standing(play: Scene) -> None:
    where = f"/worlds/{play.world.id}/personas"
    listed = play.door.bench("GET", where)["personas"]
    assert [one["value"] for one in listed] == [row.value for row in magic.table()]
    gp = next(one for one in listed if one.get("persona") == "gp")
    assert gp["status"] == "active"
    play.bench("/suspensions", {"inpe": gp["value"], "suspended": True})
    listed = play.door.bench("GET", where, query="kind=professional")["personas"]
    assert {one["kind"] for one in listed} == {"professional"}
    assert next(one for one in listed if one["persona"] == "gp")["status"] == "suspended"
