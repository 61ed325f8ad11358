"""A doctored state dump proves that each invariant can fail; its honest twin proves that it holds."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from load.invariants import Ledger, flatten, judge

NUMBER = "2604817390552494"


def claim(ident: str, execution: str, line: int, charged: str, cnss: str, patient: str) -> dict[str, Any]:
    share = {
        "charged": charged,
        "base": "80.00",
        "cnss_share": cnss,
        "state_share": "0.00",
        "patient_share": patient,
        "excess": "70.00",
    }
    return {"id": ident, "totals": share, "lines": [{"line": line, "execution": execution, **share}]}


def honest() -> dict[str, Any]:
    """One sheet: an act executed at issue (150.00 → 56.00 + 94.00), one medicine executed whole."""
    return {
        "care_sheets": [
            {
                "number": NUMBER,
                "sections": [
                    {
                        "type": "prescriber",
                        "lines": [{"line": 1, "quantity": "1", "state": "executed", "remaining": "0"}],
                    },
                    {
                        "type": "pharmacy",
                        "lines": [{"line": 1, "quantity": "2", "state": "executed", "remaining": "0"}],
                    },
                ],
                "executions": [
                    {
                        "id": "exe-act",
                        "section": "prescriber",
                        "lines": [{"line": 1, "outcome": "executed", "quantity": "1"}],
                    },
                    {
                        "id": "exe-med",
                        "section": "pharmacy",
                        "lines": [{"line": 1, "outcome": "executed", "quantity": "2"}],
                    },
                ],
                "claims": [
                    claim("clm-1", "exe-act", 1, "150.00", "56.00", "94.00"),
                    claim("clm-2", "exe-med", 1, "150.00", "56.00", "94.00"),
                ],
            }
        ]
    }


def told() -> Ledger:
    lines = {"1": "2"}
    return Ledger({NUMBER}, {"exe-med": {"number": NUMBER, "section": "pharmacy", "lines": lines}})


def sheet(state: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = state["care_sheets"][0]
    return found


def second_execution(state: dict[str, Any]) -> None:
    again = copy.deepcopy(sheet(state)["executions"][1])
    sheet(state)["executions"].append({**again, "id": "exe-again"})


def lose_execution(state: dict[str, Any]) -> None:
    del sheet(state)["executions"][1]


def shrink_execution(state: dict[str, Any]) -> None:
    sheet(state)["executions"][1]["lines"][0]["quantity"] = "1"


def reopen_line(state: dict[str, Any]) -> None:
    sheet(state)["sections"][1]["lines"][0].update(state="open", remaining="2")


def centime_in_total(state: dict[str, Any]) -> None:
    totals = sheet(state)["claims"][0]["totals"]
    sheet(state)["claims"][0]["totals"] = {**totals, "cnss_share": "56.01"}


def centime_in_line(state: dict[str, Any]) -> None:
    sheet(state)["claims"][0]["lines"][0]["patient_share"] = "94.01"


def pay_twice(state: dict[str, Any]) -> None:
    sheet(state)["claims"].append({**sheet(state)["claims"][1], "id": "clm-3"})


def forget_to_pay(state: dict[str, Any]) -> None:
    del sheet(state)["claims"][1]


def test_an_honest_state_has_no_violation() -> None:
    assert flatten(judge(honest(), told())) == []


@pytest.mark.parametrize(
    ("doctor", "expected"),
    [
        (second_execution, {"executed-twice", "executed-unasked", "line-incoherent", "unpaid"}),
        (lose_execution, {"execution-lost", "line-incoherent"}),
        (shrink_execution, {"execution-altered", "line-incoherent"}),
        (reopen_line, {"line-incoherent"}),
        (centime_in_total, {"claim-sum"}),
        (centime_in_line, {"claim-sum", "claim-line"}),
        (pay_twice, {"paid-twice"}),
        (forget_to_pay, {"unpaid"}),
        (lambda state: state["care_sheets"].clear(), {"sheet-lost", "execution-lost"}),
    ],
)
def test_a_doctored_state_is_caught(doctor: Callable[[dict[str, Any]], None], expected: set[str]) -> None:
    state = honest()
    doctor(state)
    assert {violation.invariant for violation in flatten(judge(state, told()))} == expected


def test_an_unanswered_execution_may_have_happened_once() -> None:
    ledger = Ledger({NUMBER}, {})
    assert {v.invariant for v in flatten(judge(honest(), ledger))} == {"executed-unasked"}
    ledger.in_doubt[NUMBER] = 1
    assert flatten(judge(honest(), ledger)) == []


def test_the_ledger_survives_its_file() -> None:
    assert Ledger.from_json(told().as_json()) == told()
