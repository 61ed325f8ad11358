"""What a careful software does and is never blamed for: what the platform recorded although nobody was answered, what
each patient or counter meets for the first time. Beside each, what is blamed all the same.
"""

from __future__ import annotations

from typing import Any

from coach.advice import Advice, Coach
from tests.coach.cases import IN_SECTION, LIST, LOT, executed, issue, poll, resolve, token, use
from tests.coach.told import numbered, told

NEEDED = {"code": "prior-approval-needed", "message": "Ligne 1 : « Séance » demande un accord préalable."}


def judged(*exchanges: dict[str, Any]) -> dict[str, Advice]:
    coach = Coach("essai")
    coach.read(numbered(*exchanges))
    return {advice.rule.id: advice for advice in coach.all()}


def lost(exchange: dict[str, Any], event: str, status: int = 0) -> dict[str, Any]:
    """The same, recorded, and its answer lost by a fault of the bench."""
    fault = {"id": "flt-1", "kind": "after-commit", "recorded": True, "sent": "nothing", "answered": 200}
    answer = {"status": status, "headers": {}, "body": None}
    link = {"seq": 9, "event": event, "subject": "2604817390552494"}
    return {**exchange, "response": answer, "fault": fault, "state_change": [link]}


RELEASE = told("release-lease", 60, method="DELETE", path=f"{IN_SECTION}/lease", status=204)


def test_a_section_that_was_executed_or_released_is_not_left_even_if_the_answer_was_lost() -> None:
    for done in (lost(executed(60), "section-executed"), lost(RELEASE, "lease-released", 503)):
        assert "lease-never-released" not in judged(resolve(0), done, poll(9000))
    undone = {**lost(RELEASE, "refused"), "state_change": []}
    assert "lease-never-released" in judged(resolve(0), undone, poll(9000))
    assert "lease-never-released" in judged(resolve(0), lost(RELEASE, "refused"), poll(9000))


def test_a_lease_extended_in_a_lost_answer_ends_nobody_knows_when() -> None:
    extended = told("extend-lease", 60, method="POST", path=f"{IN_SECTION}/lease/extension")
    assert "lease-never-released" not in judged(resolve(0), lost(extended, "lease-extended"), poll(9000))


def patient(rank: int, at: float) -> dict[str, Any]:
    whom = {"registration_number": "100000001", "dependant_rank": rank}
    return issue(at, f"k{at}", sent={"beneficiary": whom, "date_of_care": "2026-11-23"}, answer={"warnings": [NEEDED]})


def test_a_warning_about_another_patient_or_another_sheet_is_another_warning() -> None:
    assert "warnings-ignored" not in judged(*(patient(rank, rank * 200) for rank in range(6)))
    assert "warnings-ignored" in judged(*(patient(1, n * 200) for n in range(5)))
    sheets = [f"26048173905524{n}0" for n in range(6)]
    told_once = [
        told(
            "amend-execution",
            n,
            path=f"/v1/care-sheets/{number}/executions/1/amendments",
            answer={"warnings": [NEEDED]},
        )
        for n, number in enumerate(sheets)
    ]
    assert "warnings-ignored" not in judged(*told_once)
    assert "warnings-ignored" in judged(*(told_once[0] for _ in range(5)))


def test_a_warning_for_each_line_of_one_answer_is_told_once() -> None:
    several = [{**NEEDED, "message": f"Ligne {n}"} for n in range(6)]
    assert "warnings-ignored" not in judged(issue(answer={"warnings": [NEEDED] * 6}))
    assert "warnings-ignored" not in judged(issue(answer={"warnings": several}))
    assert "warnings-ignored" not in judged(executed(0, LOT, LOT, LOT))


def test_a_question_is_no_act() -> None:
    for operation in ("check-rights", "estimate-care-sheet"):
        asked = [told(operation, n, sent={}, answer={"warnings": [NEEDED]}) for n in range(6)]
        assert "warnings-ignored" not in judged(*asked)


def test_what_will_be_refused_one_day_is_the_software_s_unless_it_can_do_better() -> None:
    assert "warnings-ignored" in judged(*(executed(n, LOT) for n in range(3)))
    assert "warnings-ignored" not in judged(executed(0, LOT), executed(1, LOT), executed(2), executed(3, LOT))


def test_each_establishment_has_its_own_copy_of_a_list() -> None:
    first = told("list-acts", 0, inpe="200000012", **LIST)
    assert "list-downloaded-again" not in judged(first, told("list-acts", 50, inpe="200000020", **LIST))
    assert "list-downloaded-again" in judged(first, told("list-acts", 50, inpe="200000012", **LIST))


def page(at: float, limit: int) -> dict[str, Any]:
    items = [{"code": str(n)} for n in range(limit)]
    return told(
        "list-acts",
        at,
        **{**LIST, "query": f"limit={limit}", "replied": {"etag": f'"{limit}"'}},
        answer={"items": items},
    )


def test_a_list_downloaded_with_another_limit_is_the_same_list() -> None:
    found = judged(*(page(n, 50 + n) for n in range(4)))
    assert found["list-downloaded-again"].count == 3
    assert "list-downloaded-again" not in judged(page(0, 1), page(1, 100))
    other = told(
        "list-acts", 9, **{**LIST, "query": "limit=51&q=dent", "replied": {"etag": '"x"'}}, answer={"items": []}
    )
    assert "list-downloaded-again" not in judged(page(0, 50), other)


def test_counters_that_keep_each_its_token_are_left_alone_in_whatever_order_they_call() -> None:
    asked = [token(n, mark) for n, mark in enumerate("abc")]
    together = [use(10 + 3 * turn + rank, mark) for turn in range(4) for rank, mark in enumerate("abc")]
    assert "token-at-each-call" not in judged(*asked, *together)
    in_turn = [each for n, mark in enumerate("abc") for each in (token(20 * n, mark), use(20 * n + 1, mark))]
    assert "token-at-each-call" not in judged(*in_turn, *together)
    assert "token-at-each-call" not in judged(*in_turn, token(301, "d"), *together)


def test_a_token_for_each_call_is_seen_once_no_number_of_counters_explains_it() -> None:
    wasted = [each for n in range(8) for each in (token(2 * n, f"t{n}"), use(2 * n + 1, f"t{n}"))]
    found = judged(*wasted)["token-at-each-call"]
    assert found.count == 3
