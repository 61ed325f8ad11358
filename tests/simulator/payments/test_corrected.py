"""An execution is corrected until money is ordered for it, and never after, however long its request takes."""

from __future__ import annotations

from typing import Any

from tests.simulator.catalogue.scene import act, must
from tests.simulator.lifecycle.door import TOKEN, Reply
from tests.simulator.payments.conftest import Paid
from tests.simulator.payments.test_again import set_clock


def slow_withdrawal(scene: Paid, made: dict[str, Any], seconds: int) -> Reply:
    """A withdrawal whose body comes once the clock has moved by so much."""
    headers = {
        "authorization": f"Bearer {scene.world.bearer('pharmacy')}",
        "if-match": f'"{made["revision"]}"',
        **scene.key(),
    }
    path = f"{scene.world.path}/v1/executions/{made['id']}/withdrawal"
    asked = ("POST", path, {"headers": headers, "body": {"reason": "Erreur"}})
    bench = {"authorization": f"Bearer {TOKEN}"}
    place = f"/bench/v1/worlds/{scene.world.id}/clock/advance"
    answer, moved = scene.door.slowly(asked, ("POST", place, {"headers": bench, "body": {"seconds": seconds}}))
    assert moved.status == 200, moved.body
    scene.world._bearers.clear()
    return answer


def test_a_withdrawal_is_judged_once_its_body_is_there(scene: Paid) -> None:
    scene.until("2026-11-23T22:59:00Z")
    made = scene.visit()
    scene.until("2026-11-28T22:59:50Z")
    answer = slow_withdrawal(scene, made, 10)
    assert (answer.status, answer.slug) == (409, "claim-settled")
    assert scene.claim(made)["status"] == "ordered"
    assert len(scene.statements()) == 1


def test_a_clock_that_lags_withdraws_nothing_that_was_ordered(scene: Paid) -> None:
    """As a process that has not heard yet how far the world's clock was moved."""
    made = scene.visit()
    bearer = scene.world.bearer("pharmacy")
    scene.until("2026-11-28T23:00:00Z")
    assert len(scene.statements()) == 1
    set_clock(scene, "2026-11-23T09:00:00Z")
    scene.world._bearers["pharmacy", "essai"] = bearer
    refused = scene.afterwards(made, "withdrawal")
    assert (refused.status, refused.slug) == (409, "claim-settled")
    assert "ordonné" in refused.json()["detail"]


def test_what_waits_longer_than_six_days_is_corrected_until_it_is_decided(scene: Paid) -> None:
    made = scene.issue({"type": "devices", "lines": [act("DM-VERRE", "2", unit="unit")]})
    glass = {"line": 1, "outcome": "executed", "quantity": "1", "charged": "1200.00"}
    done = must(scene.execute(scene.hold(made, "devices"), glass, actor="devices"))
    assert done["claim"]["lines"][0]["status"] == "awaiting_document"
    scene.days(7)
    mended = must(scene.afterwards(done, "amendment", actor="devices", lines=[{**glass, "charged": "1100.00"}]))
    assert mended["claim"]["lines"][0]["status"] == "awaiting_document"
    scene.days(7)
    gone = must(scene.afterwards(mended, "withdrawal", actor="devices"))
    assert gone["claim"]["status"] == "withdrawn"
    scene.days(60)
    assert scene.statements() == []


def test_what_waited_in_vain_is_corrected_no_more(scene: Paid) -> None:
    made = scene.issue({"type": "devices", "lines": [act("DM-VERRE", "1", unit="unit")]})
    glass = {"line": 1, "outcome": "executed", "quantity": "1", "charged": "1200.00"}
    done = must(scene.execute(scene.hold(made, "devices"), glass, actor="devices"))
    scene.days(31)
    refused = scene.afterwards(done, "withdrawal", actor="devices")
    assert (refused.status, refused.slug) == (409, "claim-settled")
    assert "aucune de ses lignes n'est retenue" in refused.json()["detail"]
