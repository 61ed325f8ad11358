"""After an answer that was lost, the same thing sent under another key: whatever was written otherwise in the body."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import httpx
import pytest

from client.bench import BenchClient
from coach.advice import Advice, Coach
from coach.clumsy import settle
from tests.coach.cases import IN_SECTION, SHEET, issue, resolve
from tests.coach.told import numbered, told

RULE = "retry-with-new-key"
CUT = {"id": "flt-1", "kind": "after-commit", "recorded": True, "sent": "nothing", "answered": 201}
PRESCRIBED = {**SHEET, "sections": [{"type": "pharmacy", "lines": [{"ean13": "6118999000018", "posology": "1"}]}]}
OTHER = {**SHEET, "sections": [{"type": "laboratory", "lines": [{"act_code": "B120"}]}]}


def found(*exchanges: dict[str, Any]) -> Advice | None:
    coach = Coach("essai")
    coach.read(numbered(*exchanges))
    return next((advice for advice in coach.all() if advice.rule.id == RULE), None)


def visit(at: float, key: str, line: int = 1, **changes: Any) -> dict[str, Any]:
    """An execution, dated by the second at which it is sent."""
    sent = {"performed_at": f"2026-11-23T09:00:{at:02.0f}Z", "lines": [{"line": line, "quantity": "1"}]}
    said = {"path": f"{IN_SECTION}/executions", "headers": {"idempotency-key": key}, "sent": sent, "status": 201}
    return told("execute-section", at, **{**said, **changes})


def lost(exchange: dict[str, Any]) -> dict[str, Any]:
    link = {"seq": 1, "event": "section-executed", "subject": "2604817390552494"}
    return {**exchange, "response": {"status": 0, "headers": {}, "body": None}, "fault": CUT, "state_change": [link]}


def test_a_visit_dated_again_under_another_key_is_a_retry_and_a_double_delivery() -> None:
    refused = visit(3, "e2", status=412, problem="precondition-failed")
    told_once = found(lost(visit(0, "e1")), refused)
    assert told_once is not None and told_once.count == 1 and "deux fois" not in told_once.detail
    twice = found(lost(visit(0, "e1")), refused, resolve(5), visit(8, "e3"))
    assert twice is not None and twice.rule.severity == "fault" and twice.count == 2
    assert found(lost(visit(0, "e1")), visit(3, "e2"), visit(6, "e3")).count == 1  # type: ignore[union-attr]
    assert "deux fois" in twice.detail and [each.seq for each in twice.earlier] == [1]


def test_the_caller_whom_a_fault_left_unnamed_is_the_same_one() -> None:
    fault = {"id": "flt-1", "kind": "server-errors", "recorded": False, "sent": "whole"}
    assert found(visit(0, "e1", status=503, inpe=None, fault=fault), visit(3, "e2"))


@pytest.mark.parametrize("changed", [{"note": " "}, {"date_of_care": "2026-11-24"}])
def test_a_sheet_written_otherwise_for_the_same_patient_is_a_retry(changed: dict[str, str]) -> None:
    assert found(lost(issue(sent=PRESCRIBED)), issue(9, "b", sent={**PRESCRIBED, **changed}))
    spaced = {**PRESCRIBED, "beneficiary": {"registration_number": "100000001", "dependant_rank": 0}}
    assert found(lost(issue(sent=PRESCRIBED)), issue(9, "b", sent=spaced))


def test_who_sends_again_under_the_same_key_then_goes_on_is_left_alone() -> None:
    assert not found(lost(visit(0, "e1")), visit(3, "e1"), visit(9, "e2"))
    assert not found(lost(visit(0, "e1")), lost(visit(3, "e1")), visit(6, "e1", status=409), visit(9, "e2"))
    told_again = visit(6, "e1", status=401, problem="token-expired")
    assert found(lost(visit(0, "e1")), told_again, visit(9, "e2"))  # 401 told nothing of the first


def test_who_does_another_thing_is_left_alone() -> None:
    assert not found(lost(visit(0, "e1")), visit(9, "e2", line=2))
    assert not found(lost(visit(0, "e1")), visit(9, "e2", path=f"{IN_SECTION}/executions".replace("2494", "2502")))
    assert not found(lost(visit(0, "e1")), visit(9, "e2", inpe="200000020"))
    assert not found(lost(visit(0, "e1")), visit(400, "e2"))
    assert not found(lost(issue(sent=PRESCRIBED)), issue(9, "b", sent=OTHER))
    another = {**PRESCRIBED, "beneficiary": {"registration_number": "100000001", "dependant_rank": 1}}
    assert not found(lost(issue(sent=PRESCRIBED)), issue(9, "b", sent=another))
    assert not found(visit(0, "e1", ms=6000.0), visit(9, "e2"))  # slow, and answered: the rest of the line


def test_a_real_double_delivery(bench: BenchClient) -> None:
    """Half of a line, its answer lost; refused under a new key, then recorded again under another one."""
    client = settle(bench, "delivre-deux-fois")
    sheet = client.issue(client.key(), "2").json()
    held = client.hold(sheet).json()
    bench.add_fault(client.world, kind="after-commit", operations=["execute-section"], count=1)
    with suppress(httpx.TransportError):
        client.execute(held, "2026-11-23T09:00:00Z")
    bench.advance(client.world, 3)
    assert client.execute(held, "2026-11-23T09:00:03Z").status_code == 412
    again = client.hold(sheet).json()
    assert client.execute(again, "2026-11-23T09:00:03Z").status_code == 201
    client.close()
    coach = Coach(client.world)
    coach.read(bench.journal(client.world))
    told_of = {advice.rule.id: advice for advice in coach.all()}
    assert told_of[RULE].count == 2 and "deux fois" in told_of[RULE].detail
