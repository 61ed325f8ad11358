"""What the machine found, pinned as short stories."""

from __future__ import annotations

from tests.simulator.catalogue.scene import (
    AMOXIRAM,
    AMOXIRAM_1G,
    DAY_S,
    SHEETS,
    Scene,
    delivered,
    medicine,
    must,
)

TWO = {"type": "pharmacy", "lines": [medicine(), medicine(AMOXIRAM_1G)]}
SECOND = delivered(2, ean13=AMOXIRAM_1G, charged="20.00")


def test_a_lease_that_ended_under_a_requested_cancellation_is_another_revision(play: Scene) -> None:
    sheet = play.issue(TWO)
    play.hold(sheet)
    requested = must(play.about(sheet, "cancellation", section="pharmacy", lines=[1]))
    play.world.advance(7200)
    held = play.hold(sheet, "pharmacy-b")
    assert [line["state"] for line in held["section"]["lines"]] == ["cancelled", "open"]
    assert held["revision"] == 2
    assert must(play.call("gp", "GET", f"{SHEETS}/{sheet['number']}"))["revision"] == requested["revision"] + 1
    done = play.execute(held, SECOND, actor="pharmacy-b", performed_at="2026-11-23T11:00:00Z")
    assert must(done)["revision"] == 3


def test_letting_go_after_the_requested_line_was_executed_leaves_the_revision(play: Scene) -> None:
    sheet = play.issue(TWO)
    held = play.hold(sheet)
    must(play.about(sheet, "cancellation", section="pharmacy", lines=[1]))
    must(play.execute(held, delivered()))
    path = f"{SHEETS}/{sheet['number']}"
    before = must(play.call("gp", "GET", path))["revision"]
    must(play.call("pharmacy", "DELETE", play.at(held, "lease")))
    assert must(play.call("gp", "GET", path))["revision"] == before


def test_a_late_entry_on_a_sheet_expired_since_answers_where_it_stands_now(play: Scene) -> None:
    sheet = play.issue()
    play.world.advance(92 * DAY_S)
    item = {"ean13": AMOXIRAM, "quantity": "1", "charged": "42.30", "lot": "L1"}
    entered = must(play.late(sheet, item, performed_at="2027-02-20T09:00:00Z"))
    (seen,) = entered["items"]
    assert (entered["status"], seen["state"], seen["remaining"]) == ("partly_executed", "expired", "0")
    assert must(play.call("gp", "GET", f"{SHEETS}/{sheet['number']}"))["status"] == entered["status"]
    undone = must(play.afterwards(entered, "withdrawal"))
    assert (undone["status"], undone["lines"][0]["state"]) == ("expired", "expired")


def test_a_reissue_without_the_scope_is_refused_before_its_precondition(play: Scene) -> None:
    path = f"{SHEETS}/{play.issue()['number']}/reissue"
    assert play.post("pharmacy", path, {"reason": "Perdu"}).slug == "insufficient-scope"
    assert play.post("gp", path, {"reason": "Perdu"}).slug == "precondition-required"
