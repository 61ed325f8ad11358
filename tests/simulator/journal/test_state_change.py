"""The links of the audit trail that an exchange wrote: those, all of those, whatever its caller pretends."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from simulator.audit import store as audit
from simulator.kit.problems import Problem
from simulator.kit.storage import Tx
from tests.simulator.conftest import Counter, sheet_request
from tests.simulator.journal.script import exchanges, played

SAME = {"traceparent": f"00-{'a' * 32}-{'b' * 16}-01"}


def _trail(counter: Counter) -> list[dict[str, Any]]:
    answer = counter.platform.bench("GET", f"/worlds/{counter.world['id']}/audit", params={"limit": 500})
    return list(answer.json()["entries"])


def _told(counter: Counter) -> list[tuple[int, str, str, str]]:
    """(seq, event, subject, trace of the exchange) of each link that the journal tells."""
    return [
        (link["seq"], link["event"], link["subject"], one["trace_id"])
        for one in exchanges(counter)
        for link in one["state_change"]
    ]


def test_the_journal_tells_each_link_once(platform: Any) -> None:
    counter = played(platform)
    trail = [(e["seq"], e["event"], e["subject"], e["trace"]) for e in _trail(counter)]
    assert len(trail) > 8 and sorted(_told(counter)) == trail


def test_one_trace_for_all_confuses_nothing(counter: Counter) -> None:
    """At once, some refused after they had written or before: the batch is run again, each keeps its own."""
    sheet = counter.issue()
    body = sheet_request()
    bad = {**body, "beneficiary": {"registration_number": "999999999", "dependant_rank": 0}}
    calls = [
        ("gp", "POST", "/v1/care-sheets", {"json": sent, "headers": {**SAME, **counter.key()}})
        for sent in (body, bad, body, bad, body)
    ]
    hold = {"json": {"scan": sheet["qr"]["payload"], "hold": True}, "headers": SAME}
    counter.call("pharmacy", "GET", "/v1/deployment")
    answers = counter.together(*calls, *[("pharmacy", "POST", "/v1/resolutions", hold)] * 3)
    told = {one["seq"]: one for one in exchanges(counter)}
    seen = [link["seq"] for one in told.values() for link in one["state_change"]]
    assert sorted(seen) == [entry["seq"] for entry in _trail(counter)]
    for one in told.values():
        events = [link["event"] for link in one["state_change"]]
        if one["operation"] == "issue-care-sheet":
            assert events == (["care-sheet-issued"] if one["response"]["status"] == 201 else ["refused"])
            if one["response"]["status"] == 201:
                assert one["state_change"][0]["subject"] in one["response"]["body"]
    assert {answer.status_code for answer in answers[:5]} == {201, 422} or answers[1].status_code >= 400


def test_what_the_clock_does_belongs_to_no_exchange(counter: Counter) -> None:
    sheet = counter.issue()
    counter.execute(
        counter.hold(sheet),
        {"line": 1, "outcome": "executed", "quantity": "2", "ean13": "6118999000018", "charged": "84.60"},
    )
    counter.advance(days=40)
    counter.call("gp", "GET", f"/v1/care-sheets/{sheet['number']}")
    trail = {entry["seq"]: entry for entry in _trail(counter)}
    told = {seq for seq, *_ in _told(counter)}
    platform = {seq for seq, entry in trail.items() if entry["actor"].startswith("cnss/")}
    assert platform and told == trail.keys() - platform


def test_nothing_changed_is_an_empty_list(counter: Counter) -> None:
    counter.call("gp", "GET", "/v1/deployment")
    assert exchanges(counter)[-1]["state_change"] == []


@pytest.mark.parametrize("keep", [False, True])
def test_what_was_undone_is_not_told_and_what_was_run_again_is_told_once(platform: Any, keep: bool) -> None:
    """Three exchanges in one batch; the second writes, then fails: the batch is run again without it."""
    worlds, name = platform.simulator.worlds, platform.world()["id"]
    world = worlds._cache[name]

    async def run() -> list[Any]:
        units = [worlds.within(world) for _ in range(3)]

        def unit(at: int, tx: Tx) -> None:
            audit.by_platform(tx, name, world.now(), f"fait-{at}", "", {})
            if at == 1:
                raise Problem("not-found", "Défaite.", keep=keep)

        calls = [each.write(lambda tx, at=at: unit(at, tx)) for at, each in enumerate(units)]
        ends = await asyncio.gather(*calls, return_exceptions=True)
        assert [type(end) for end in ends] == [type(None), Problem, type(None)]
        return [each.links for each in units]

    first, failed, last = asyncio.run(run())
    assert first == [[(1, "fait-0", "")]]
    assert failed == ([[(2, "fait-1", "")]] if keep else [[]])
    assert last == [[(3 if keep else 2, "fait-2", "")]]
    trail = platform.bench("GET", f"/worlds/{name}/audit").json()["entries"]
    assert [(one["seq"], one["event"]) for one in trail] == [
        link[:2] for each in (first, failed, last) for link in each[0]
    ]
