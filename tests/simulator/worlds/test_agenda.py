"""What the clock brings is seen before it comes, step by step; what fails is set aside, and all the rest goes on."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from time import perf_counter
from typing import Any

import pytest
import sqlalchemy as sa

from simulator.approvals.store import approvals
from simulator.claims import store
from simulator.claims.store import claims
from simulator.events import store as events
from simulator.kit.storage import Tx, query
from tests.simulator.conftest import Counter, Platform, sheet_request

_spoil = query(sa.update(claims).where(claims.c.id == sa.bindparam("i")).values(content=b'{"lines": []}'))
_set_due = query(sa.update(claims).where(claims.c.id == sa.bindparam("i")).values(due=sa.bindparam("due")))
_spoil_approval = query(sa.update(approvals).where(approvals.c.id == sa.bindparam("i")).values(content="{}"))


def agenda(platform: Platform, world: str, **params: Any) -> Any:
    answer = platform.bench("GET", f"/worlds/{world}/clock/agenda", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def step(platform: Platform, world: str) -> Any:
    return platform.bench("POST", f"/worlds/{world}/clock/step")


def advance(platform: Platform, world: str, seconds: int) -> Any:
    return platform.bench("POST", f"/worlds/{world}/clock/advance", json={"seconds": seconds})


def claim_of(counter: Counter, sheet: dict[str, Any]) -> Any:
    found = counter.platform.bench("GET", f"/worlds/{counter.world['id']}/state", params={"number": sheet["number"]})
    (claim,) = found.json()["care_sheets"][0]["claims"]
    return claim


def test_the_agenda_shows_what_comes_and_a_step_goes_there(platform: Platform) -> None:
    counter = Counter(platform)
    id = counter.world["id"]
    sheet = counter.issue()
    counter.hold(sheet)
    seen = agenda(platform, id)
    kinds = {one["kind"]: one for one in seen["agenda"]}
    assert set(kinds) == {"lease-end", "claim-adjudicated", "sheet-expiry"} and seen["failed"] == []
    assert kinds["lease-end"]["subject"] == kinds["sheet-expiry"]["subject"] == sheet["number"]
    assert kinds["claim-adjudicated"]["subject"] == claim_of(counter, sheet)["id"]
    assert seen["agenda"] == sorted(seen["agenda"], key=lambda one: one["at"])
    assert len(agenda(platform, id, limit=1)["agenda"]) == 1

    done, now = [], "2026-11-23T09:00:00Z"
    while (answer := step(platform, id)).status_code == 200:
        went = answer.json()
        assert went["now"] > now and {one["at"] for one in went["fired"]} == {went["now"]}
        now = went["now"]
        done += [one["kind"] for one in went["fired"]]
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing-due")
    assert done == ["lease-end", "claim-adjudicated", "claim-ordered", "sheet-expiry"]
    assert claim_of(counter, sheet)["status"] == "paid"
    assert agenda(platform, id)["agenda"] == []


def test_looking_at_the_agenda_changes_nothing(platform: Platform) -> None:
    counter = Counter(platform)
    counter.hold(counter.issue())
    assert agenda(platform, counter.world["id"]) == agenda(platform, counter.world["id"])


def test_a_claim_that_fails_is_set_aside_and_the_others_are_paid(platform: Platform) -> None:
    counter = Counter(platform)
    id = counter.world["id"]
    sheets = [counter.issue() for _ in range(3)]
    spoilt = claim_of(counter, sheets[1])["id"]
    db = platform.simulator.db
    db.call(lambda tx: tx.run(_spoil, i=spoilt), id)
    later = counter.issue()
    assert advance(platform, id, 30 * 86_400).status_code == 200
    assert platform("GET", f"/w/{id}/v1/health").status_code == 200
    assert [claim_of(counter, sheet)["status"] for sheet in (sheets[0], sheets[2], later)] == ["paid"] * 3
    (failed,) = agenda(platform, id)["failed"]
    assert failed == {"at": "2026-11-28T23:00:00Z", "kind": "claim", "subject": spoilt, "error": "KeyError"}
    assert platform.bench("GET", f"/worlds/{id}/audit/verification").json()["sound"]


def test_a_claim_that_cannot_be_written_is_set_aside_too(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    counter = Counter(platform)
    id = counter.world["id"]
    sheets = [counter.issue() for _ in range(3)]
    spoilt, spelled = claim_of(counter, sheets[1])["id"], store.to_json

    def failing(claim: Any) -> bytes:
        if claim.id == spoilt:
            raise ArithmeticError
        return spelled(claim)

    monkeypatch.setattr(store, "to_json", failing)
    assert advance(platform, id, 30 * 86_400).status_code == 200
    assert [(one["subject"], one["error"]) for one in agenda(platform, id)["failed"]] == [(spoilt, "ArithmeticError")]
    assert [claim_of(counter, sheet)["status"] for sheet in sheets] == ["paid", "adjudicated", "paid"]


def test_what_the_clock_cannot_tell_the_softwares_stops_nobody_else(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter = Counter(platform)
    id = counter.world["id"]
    counter.issue()
    monkeypatch.setattr(events, "encode", lambda data: 1 // 0)
    assert advance(platform, id, 30 * 86_400).status_code == 200
    assert {one["error"] for one in agenda(platform, id)["failed"]} == {"ZeroDivisionError"}
    assert platform("GET", f"/w/{id}/v1/health").status_code == 200


def test_many_claims_that_fail_at_once(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    """One whose deed fails after it has written: nothing of it stays."""
    from simulator.claims import notices

    counter = Counter(platform)
    id = counter.world["id"]
    sheets = [counter.issue() for _ in range(4)]
    broken = {claim_of(counter, sheet)["id"] for sheet in sheets[:3]}
    decided = notices.decided

    def fails(tx: Tx, world: Any, at: Any, before: Any, after: Any) -> None:
        if before.id in broken:
            raise ArithmeticError
        decided(tx, world, at, before, after)

    monkeypatch.setattr(notices, "decided", fails)
    assert advance(platform, id, 30 * 86_400).status_code == 200
    assert [claim_of(counter, sheet)["status"] for sheet in sheets] == [*["adjudicated"] * 3, "paid"]
    assert {one["subject"] for one in agenda(platform, id)["failed"]} == broken
    monkeypatch.undo()
    assert advance(platform, id, 86_400).status_code == 200


def test_a_row_that_no_claim_explains_stops_the_claims_alone(platform: Platform) -> None:
    counter = Counter(platform)
    id = counter.world["id"]
    body = sheet_request()
    body["sections"].append({"type": "physiotherapy", "lines": [{"act_code": "AMM-REEDUC", "quantity": "10"}]})
    sheet = counter.try_issue(body).json()
    asked = {"number": sheet["number"], "section": "physiotherapy", "line": 1, "quantity": "10", "motive": "Dos"}
    assert counter.call("gp", "POST", "/v1/prior-approvals", json=asked, headers=counter.key()).status_code == 201
    claim, db = claim_of(counter, sheet), platform.simulator.db
    db.call(lambda tx: tx.run(_set_due, i=claim["id"], due=""), id)
    assert advance(platform, id, 30 * 86_400).status_code == 200
    assert platform("GET", f"/w/{id}/v1/health").status_code == 200
    (failed,) = agenda(platform, id)["failed"]
    assert (failed["kind"], failed["subject"], failed["error"]) == ("source", "claims", "ValueError")
    counter._bearers.clear()
    listed = counter.call("gp", "GET", "/v1/prior-approvals", params={"number": sheet["number"]}).json()
    assert [one["status"] for one in listed["items"]] == ["granted"]
    assert claim_of(counter, sheet)["status"] == "adjudicated"
    db.call(lambda tx: tx.run(_set_due, i=claim["id"], due="2026-11-28T23:00:00Z"), id)
    assert advance(platform, id, 0).status_code == 200
    assert agenda(platform, id)["failed"] == [] and claim_of(counter, sheet)["status"] == "paid"


def test_a_prior_approval_that_fails_is_set_aside(platform: Platform) -> None:
    counter = Counter(platform)
    id = counter.world["id"]
    body = sheet_request()
    body["sections"].append({"type": "physiotherapy", "lines": [{"act_code": "AMM-REEDUC", "quantity": "10"}]})
    sheet = counter.try_issue(body)
    assert sheet.status_code == 201, sheet.text
    body = {"number": sheet.json()["number"], "section": "physiotherapy", "line": 1, "quantity": "10", "motive": "Dos"}
    asked = counter.call("gp", "POST", "/v1/prior-approvals", json=body, headers=counter.key())
    assert asked.status_code == 201, asked.text
    approval = asked.json()["id"]
    assert approval in {one["subject"] for one in agenda(platform, id)["agenda"]}
    platform.simulator.db.call(lambda tx: tx.run(_spoil_approval, i=approval), id)
    assert advance(platform, id, 90 * 86_400).status_code == 200
    assert [one["subject"] for one in agenda(platform, id)["failed"]] == [approval]


def test_ten_years_and_sixty_pass_at_once_and_none_beyond_the_last(platform: Platform) -> None:
    counter = Counter(platform)
    id = counter.world["id"]
    sheets = [counter.issue() for _ in range(5)]
    begun = perf_counter()
    assert advance(platform, id, 10 * 366 * 86_400).json()["now"].startswith("2036-11-30T09")
    assert perf_counter() - begun < 5
    assert [claim_of(counter, sheet)["status"] for sheet in sheets] == ["paid"] * 5
    date = platform("GET", f"/w/{id}/v1/health").headers["date"]
    assert parsedate_to_datetime(date).isoformat() == "2036-11-30T09:00:00+00:00"
    assert advance(platform, id, 60 * 365 * 86_400).status_code == 200
    before = platform.bench("GET", f"/worlds/{id}/clock").json()
    refused = advance(platform, id, 1000 * 366 * 86_400)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "too-far")
    assert platform.bench("GET", f"/worlds/{id}/clock").json() == before


@pytest.mark.parametrize("seconds", [250_000_000_000, 10**13, 10**30])
def test_a_clock_stops_before_dates_do(platform: Platform, seconds: int) -> None:
    world = platform.world()["id"]
    refused = advance(platform, world, seconds)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid-payload")
    assert platform.bench("GET", f"/worlds/{world}/clock").json()["now"] == "2026-11-23T09:00:00Z"


def test_the_date_header_follows_the_world(platform: Platform) -> None:
    world = platform.world()["id"]
    for seconds, expected in ((0, "Mon, 23 Nov 2026 09:00:00 GMT"), (3 * 86_400, "Thu, 26 Nov 2026 09:00:00 GMT")):
        advance(platform, world, seconds)
        for path in ("/v1/health", "/nulle-part"):
            assert platform("GET", f"/w/{world}{path}").headers["date"] == expected
