"""What an approval lends to a line serves again once the line is refused or taken back, and to that line alone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.catalogue.approvals import approve
from tests.simulator.catalogue.reviews import contest, decide
from tests.simulator.catalogue.scene import DAY_S, Scene, act, must


def wheelchairs(play: Scene, granted: int) -> dict[str, Any]:
    """The sheet of four, of which so many are granted."""
    sheet = play.issue({"type": "devices", "lines": [act("DM-FAUTEUIL", "4", unit="unit")]})
    approve(play, sheet, "devices", granted)
    return dict(sheet)


def given(play: Scene, sheet: dict[str, Any], charged: str = "900.00", many: int = 1) -> dict[str, Any]:
    """A visit; its invoice is asked above 1 000 dirhams."""
    line = {"line": 1, "outcome": "executed", "quantity": str(many), "charged": charged}
    done = play.execute(play.hold(sheet, "devices"), line, actor="devices", performed_at=play.instant())
    return dict(must(done))


def last(visit: dict[str, Any]) -> tuple[str, str]:
    line = visit["claim"]["lines"][-1]
    return line["decision"], line.get("reason", "")


def test_a_line_refused_for_want_of_its_invoice_uses_no_approval(play: Scene) -> None:
    sheet = wheelchairs(play, 1)
    assert last(given(play, sheet, "2500.00")) == ("pending", "")
    play.world.advance(30 * DAY_S)
    assert last(given(play, sheet)) == ("granted", "")
    assert last(given(play, sheet)) == ("rejected", "prior-approval-exceeded")


def test_what_is_refused_of_an_execution_leaves_the_rest_of_it_counted(play: Scene) -> None:
    """One line fed twice by a late entry: the second waits for its invoice and is refused, the first stays counted."""
    sheet = wheelchairs(play, 2)
    items = [{"act_code": "DM-FAUTEUIL", "quantity": "1", "charged": charged} for charged in ("900.00", "2500.00")]
    done = must(play.late(sheet, *items, actor="devices"))
    assert [line["decision"] for line in done["claim"]["lines"]] == ["granted", "pending"]
    must(decide(play, done["claim"], "refused"))
    assert last(given(play, sheet)) == ("granted", "")
    assert last(given(play, sheet)) == ("rejected", "prior-approval-exceeded")


def test_what_an_execution_used_is_all_given_back_when_it_is_withdrawn(play: Scene) -> None:
    sheet = wheelchairs(play, 2)
    item = {"act_code": "DM-FAUTEUIL", "quantity": "1", "charged": "900.00"}
    done = must(play.late(sheet, item, item, actor="devices"))
    must(play.afterwards(done, "withdrawal", actor="devices"))
    assert last(given(play, sheet, many=2)) == ("granted", "")


@pytest.mark.parametrize(("days", "next_one"), [(0, ("granted", "")), (9, ("rejected", "prior-approval-exceeded"))])
def test_a_recheck_gives_back_what_was_not_paid(play: Scene, days: int, next_one: tuple[str, str]) -> None:
    """Paid, it is not asked back, and its approval stays used."""
    sheet = wheelchairs(play, 1)
    claim = given(play, sheet)["claim"]
    play.world.advance(days * DAY_S)
    must(contest(play, claim))
    must(decide(play, claim, "refused", reason="medical-refusal"))
    assert last(given(play, sheet)) == next_one


def test_a_recheck_counts_a_line_once(play: Scene) -> None:
    sheet = wheelchairs(play, 2)
    item = {"act_code": "DM-FAUTEUIL", "quantity": "1", "charged": "900.00"}
    done = must(play.late(sheet, item, item, actor="devices"))
    must(contest(play, done["claim"]))
    after = must(decide(play, done["claim"], "granted"))
    assert [line["decision"] for line in after["lines"]] == ["granted", "granted"]
    assert last(given(play, sheet)) == ("rejected", "prior-approval-exceeded")
