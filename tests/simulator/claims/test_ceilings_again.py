"""What a ceiling counts of a line that is decided again: its own share, once, and never less than what was paid of it.

A crown: 60 × 12.50 = 750.00 of base, × 0.70 = 525.00 of CNSS share; 3 000.00 leave five crowns and 375.00 of a sixth.
"""

from __future__ import annotations

from typing import Any

from tests.simulator.catalogue.approvals import approve
from tests.simulator.catalogue.reviews import contest, decide
from tests.simulator.catalogue.scene import DAY_S, Scene, act, must


def crowns(play: Scene, day: str = "2026-11-23") -> dict[str, Any]:
    return dict(play.issue({"type": "dental", "lines": [act("DP-COUR", "6", tooth="26")]}, date_of_care=day))


def fitted(play: Scene, sheet: dict[str, Any], many: int, **changes: Any) -> dict[str, Any]:
    """The claim of a visit that fits so many crowns."""
    line = {"line": 1, "outcome": "executed", "quantity": str(many), "charged": f"{750 * many}.00"}
    return dict(must(play.execute(play.hold(sheet, "dental"), line, actor="dental", **changes))["claim"])


def left(play: Scene, day: str = "2026-11-23") -> str:
    """What five more crowns of that day bring, of another sheet: all that the ceiling leaves."""
    sheet = crowns(play, day)
    approve(play, sheet, "dental", 6)
    return str(fitted(play, sheet, 5, performed_at=f"{day}T09:00:00Z")["lines"][0]["cnss_share"])


def shares(play: Scene, sheet: dict[str, Any]) -> list[str]:
    (claim,) = must(play.call("dental", "GET", "/v1/claims", query=f"number={sheet['number']}"))["items"]
    return [line["cnss_share"] for line in claim["lines"]]


def late(play: Scene, sheet: dict[str, Any], *quantities: int) -> dict[str, Any]:
    items = [{"act_code": "DP-COUR", "quantity": str(q), "charged": f"{750 * q}.00"} for q in quantities]
    return dict(must(play.late(sheet, *items, actor="dental")))


def test_a_late_entry_that_feeds_one_line_twice_counts_twice(play: Scene) -> None:
    """Four crowns of a late entry of five are approved: 2100.00 are counted, 900.00 are left, not the whole."""
    sheet = crowns(play)
    late(play, sheet, 4, 1)
    approve(play, sheet, "dental", 4)
    assert shares(play, sheet) == ["2100.00", "0.00"]
    assert left(play) == "900.00"


def test_what_is_refused_of_a_line_fed_twice_leaves_the_other_counted(play: Scene) -> None:
    """Two crowns and one on the same line: the one is contested and refused, the two stay counted (1050.00)."""
    sheet = crowns(play)
    approve(play, sheet, "dental", 6)
    done = late(play, sheet, 2, 1)
    must(contest(play, done["claim"], "dental"))
    must(decide(play, done["claim"], "granted"))
    assert shares(play, sheet) == ["1050.00", "525.00"]
    assert left(play) == "1425.00"


def test_what_was_paid_and_is_refused_stays_counted(play: Scene) -> None:
    """Five crowns are paid, 2625.00; nothing is asked back of them, so that 375.00 alone are left for others."""
    sheet = crowns(play)
    approve(play, sheet, "dental", 6)
    claim = fitted(play, sheet, 5)
    play.world.advance(9 * DAY_S)
    must(contest(play, claim, "dental"))
    must(decide(play, claim, "refused", reason="medical-refusal"))
    assert shares(play, sheet) == ["0.00"]
    assert left(play, "2026-12-02") == "375.00"
