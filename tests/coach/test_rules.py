"""Each rule on the sequence it must catch and on the clean one; what a rule says; what is remembered."""

from __future__ import annotations

from typing import Any

import pytest

from client.http import USER_AGENT
from coach.advice import REMEMBERED, SUITE, Advice, Coach
from coach.exchange import instant
from coach.rules import RULES
from coach.rules.data import rules, scopes
from conformance.requirements.catalogue import requirements
from simulator.operations import ROUTES
from tests.coach.cases import CASES, issue, poll, resolve
from tests.coach.told import numbered, told

BY_WEBHOOK = {"webhook-signature-ignored", "webhook-unanswered"}


def judged(exchanges: list[dict[str, Any]], **more: Any) -> dict[str, Advice]:
    coach = Coach("essai")
    coach.read(numbered(*exchanges), **more)
    return {advice.rule.id: advice for advice in coach.all()}


def test_every_rule_has_words_and_cases() -> None:
    assert set(RULES) == set(rules()) == set(CASES) | BY_WEBHOOK


def test_requirements_exist() -> None:
    assert {id for rule in rules().values() for id in rule.requirements} <= set(requirements())


def test_scopes_are_those_of_the_operations() -> None:
    wanted: dict[str, set[str]] = {}
    for route in ROUTES:
        for scope in route.scopes.values():
            wanted.setdefault(scope, set()).add(route.operation)
    assert {scope: set(operations) for scope, operations in scopes().items()} == wanted


@pytest.mark.parametrize("rule", CASES)
def test_a_clumsy_sequence_is_caught(rule: str) -> None:
    found = judged(CASES[rule][0])
    assert rule in found
    assert found[rule].exchanges[-1].seq <= len(CASES[rule][0]) and found[rule].detail


@pytest.mark.parametrize("rule", CASES)
def test_its_clean_twin_is_not(rule: str) -> None:
    assert rule not in judged(CASES[rule][1])


@pytest.mark.parametrize("after", ["slow", "408", "in flight", "fault"])
def test_a_retry_under_a_new_key_whatever_hid_the_first_answer(after: str) -> None:
    first = {
        "slow": issue(ms=6000.0),
        "408": issue(status=408),
        "in flight": issue(status=409, problem="idempotency-in-flight"),
        "fault": issue(fault={"id": "flt-1", "kind": "after-commit", "moment": "after-commit"}),
    }[after]
    assert "retry-with-new-key" in judged([first, issue(10, "b")])
    assert "retry-with-new-key" not in judged([first, issue(10, "a")])


@pytest.mark.parametrize(
    "address",
    [
        {"query": "access_token=redacted%3Asha256%3A0123456789ab"},
        {"path": "/v1/care-sheets/FSE1%3AABC"},
        {"query": "q=eyJhbGciOiJFUzI1NiJ9"},
        {"path": "/v1/resolutions/ABCD-EFGH-J"},
    ],
)
def test_a_secret_in_an_address_is_seen_and_never_said_again(address: dict[str, Any]) -> None:
    sheet = issue(answer={"backup_code": "ABCD-EFGH-J"})
    found = judged([sheet, told(None, 1, method="GET", **address)])["secret-in-address"].as_json()
    assert found["count"] == 1
    for secret in ("0123456789ab", "ABC", "eyJ"):
        assert secret not in str(found["exchanges"]) + found["detail"]


def test_a_poll_each_hour_of_the_world_is_not_too_fast_when_the_clock_is_moved() -> None:
    assert "polling-too-fast" in judged([poll(rank) for rank in range(10)])
    assert "polling-too-fast" not in judged([poll(rank, world=rank * 3600) for rank in range(10)])


def test_a_lease_ends_with_the_world_s_clock_even_if_nobody_calls() -> None:
    late = instant("2026-11-23T12:00:00Z") or 0.0
    assert "lease-never-released" not in judged([resolve(0)])
    assert judged([resolve(0)], now=late)["lease-never-released"].exchanges[0].seq == 1


def test_webhooks() -> None:
    attempts = [{"at": "…", "status": 500}, {"at": "…", "error": "timeout"}, {"at": "…", "status": 302}]
    failing = {"client_id": "essai", "subscription": "sub-1", "attempts": attempts}
    assert judged([], deliveries=[failing])["webhook-unanswered"].about == ["sub-1"]
    assert judged([], deliveries=[failing | {"attempts": [*attempts, {"at": "…", "status": 204}]}]) == {}
    held_back = {"at": "…", "error": "delayed", "fault": "flt-1 webhook-delay"}  # by the bench: nothing was sent
    assert judged([], deliveries=[failing | {"attempts": [held_back] * 3}]) == {}
    assert judged([], deliveries=[failing | {"attempts": [held_back, *attempts]}])
    forged = [{"forgery": "unsigned", "verdict": "refused"}, {"forgery": "stale", "verdict": "accepted"}]
    probe = {"client_id": "essai", "subscription": "sub-1", "attempts": forged}
    assert "daté" in judged([], probes=[probe])["webhook-signature-ignored"].detail
    assert judged([], probes=[probe | {"attempts": forged[:1]}]) == {}


def test_softwares_are_judged_apart() -> None:
    coach = Coach("essai")
    coach.read(numbered(issue(), issue(1, "b", client="autre")))
    assert "same-act-twice" not in {advice.rule.id for advice in coach.all()}
    only = Coach("essai", "autre")
    only.read(numbered(issue(), issue(1, "b"), issue(2, "c", client="autre")))
    assert {advice.client for advice in only.all()} == {"autre"}


def test_a_case_is_counted_once_however_often_the_coach_looks() -> None:
    coach, polls = Coach("essai"), numbered(*(poll(n) for n in range(12)))
    [first] = coach.read(polls[:8])
    assert first.count == 2 and coach.last == 8
    assert coach.read([]) == []
    [again] = coach.read(polls[8:])
    assert again is first and again.count == 6
    assert coach.all() == [first] and coach.faults() == 0


def test_what_is_remembered_is_bounded() -> None:
    coach = Coach("essai")
    coach.read(numbered(*(told(at=n * 100) for n in range(REMEMBERED + 50))))
    assert len(coach.exchanges) == REMEMBERED and coach.last == REMEMBERED + 50


def test_a_journal_that_begins_again_is_read_again() -> None:
    coach = Coach("essai")
    coach.read(numbered(issue(), issue(1, "b")))
    coach.forget()
    assert (coach.last, coach.seen, coach.all()) == (0, 0, [])
    coach.read(numbered(issue(), issue(1, "b")))
    assert {advice.count for advice in coach.all()} == {1, 2}


def test_the_bench_s_own_software_is_judged_on_demand_only() -> None:
    exchanges = numbered(issue(client=SUITE))
    quiet, asked = Coach("essai"), Coach("essai", SUITE)
    assert quiet.read(exchanges) == [] and asked.read(exchanges) != []


def test_what_a_command_of_the_bench_sends_in_a_software_s_name_is_not_held_against_it() -> None:
    """`fse webhook listen` subscribes for it."""
    sent = told(headers={"user-agent": USER_AGENT})
    assert judged([sent]) == {}
    assert judged([told(headers={"user-agent": "curl/8.5"})]) != {}


def test_what_a_client_sent_is_bounded() -> None:
    found = judged([told(headers={"user-agent": "x" * 9000})])["user-agent-missing"].as_json()
    assert len(found["detail"]) <= 301 and len(str(found)) < 3000


HOSTILE = [
    {"sent": [1], "answer": "not json"},
    {
        "sent": {"beneficiary": 3, "hold": "x"},
        "answer": {"warnings": [3, {}], "errors": ["x"], "lease": 1, "retry": []},
    },
    {"sent": {"number": {}}, "answer": {"warnings": {}, "errors": {}, "section": [], "expires_in": "x", "items": 1}},
    {"replied": {"retry-after": "²"}, "status": 429, "path": "", "method": ""},
    {"path": "/w/sections/", "answer": {"lease": {"expires_at": "hier"}, "held_until": 3}},
    {"path": "/sections/", "answer": '{"a":' * 2000},
]


@pytest.mark.parametrize("odd", HOSTILE)
@pytest.mark.parametrize("operation", [None, "issue-care-sheet", "resolve-care-sheet", "extend-lease", "request-token"])
def test_no_rule_breaks_on_odd_traffic(odd: dict[str, Any], operation: str | None) -> None:
    judged([told(operation, n, **odd) for n in range(3)])
