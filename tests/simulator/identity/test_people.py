"""Delegates, replacing professionals, patients and agents: what each token says, and what each is refused."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from simulator.kit import signing
from simulator.kit.call import Actor, Call
from simulator.kit.idempotency import Key
from tests.simulator.conftest import CLIENT_KEY

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
START = datetime(2026, 11, 23, 9, tzinfo=UTC)
EXECUTING = "rights:read fse:resolve fse:execute fse:read claims:read nomenclature:read"


def ask(platform: Any, world: dict[str, Any], assertion: str, **more: str) -> Any:
    form = {"grant_type": JWT_BEARER, "assertion": assertion, **more}
    return platform.token(world, {**platform.software(world), **form})


def said(answer: Any) -> Any:
    assert answer.status_code == 200, answer.text
    return signing.open_jws(answer.json()["access_token"]).claims


def patient(platform: Any, world: dict[str, Any], persona: str = "salaried", **changes: Any) -> str:
    who = next(p for p in world["beneficiaries"] if p["persona"] == persona)
    number, rank = who["registration_number"], who["dependant_rank"]
    key = platform.simulator.worlds._cache[world["id"]].keys.patient(number, rank)
    changes = {"role": "patient", **changes}
    return str(platform.assertion(world, key, changes.pop("kid", who["kid"]), f"{number}/{rank}", **changes))


def test_a_delegate_acts_under_the_professionals_name_and_never_issues(platform: Any) -> None:
    world = platform.world()
    himself = said(ask(platform, world, platform.credential(world, "gp")))
    assert "fse:issue" in himself["scope"].split() and "act" not in himself
    act = {"sub": "sec-ken-01"}
    delegate = said(ask(platform, world, platform.credential(world, "gp", act=act)))
    assert (delegate["act"], delegate["inpe"]) == (act, himself["inpe"])
    assert set(himself["scope"].split()) - set(delegate["scope"].split()) == {"fse:issue"}
    refused = ask(platform, world, platform.credential(world, "gp", act=act), scope="fse:issue")
    assert (refused.status_code, refused.json()["error"], refused.json()["code"]) == (
        400,
        "invalid_scope",
        "invalid-scope",
    )


def test_a_delegate_executes(platform: Any) -> None:
    world = platform.world()
    claims = said(ask(platform, world, platform.credential(world, "pharmacy", act={"sub": "prep-ken-02"})))
    assert claims["scope"] == EXECUTING and claims["act"] == {"sub": "prep-ken-02"}


@pytest.mark.parametrize("act", [{"sub": "prep-ken-01"}, {"sub": None}, {}, "sec-ken-01", None])
def test_nobody_else_is_a_delegate(platform: Any, act: Any) -> None:
    world = platform.world()
    refused = ask(platform, world, platform.credential(world, "gp", act=act))
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid-assertion")
    assert "délégué" in refused.json()["error_description"]


def test_a_patient_reads_his_own_and_nothing_names_him_as_a_professional(platform: Any) -> None:
    world = platform.world()
    answer = ask(platform, world, patient(platform, world))
    claims = said(answer)
    assert (answer.json()["mode"], claims["role"]) == ("patient", "patient")
    assert (claims["registration_number"], claims["dependant_rank"]) == ("100000001", 0)
    assert claims["scope"] == "patient:read patient:reissue patient:contest nomenclature:read" and "inpe" not in claims
    bearer = {"authorization": f"Bearer {answer.json()['access_token']}"}
    rights = {"beneficiary": {"registration_number": "100000001", "dependant_rank": 0}, "date_of_care": "2026-11-23"}
    refused = platform("POST", f"{world['issuer']}/v1/rights-checks", json=rights, headers=bearer)
    assert (refused.status_code, refused.json()["code"]) == (403, "insufficient-scope")


@pytest.mark.parametrize(
    "changes",
    [{"role": "prescriber"}, {"act": {"sub": "x"}}, {"kid": "pat-100000001-1"}, {"sub": "100000001/1"}],
    ids=str,
)
def test_a_patients_assertion_holds_nothing_else(platform: Any, changes: dict[str, Any]) -> None:
    world = platform.world()
    refused = ask(platform, world, patient(platform, world, **changes))
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid-assertion")


def test_a_key_proves_its_own_person_only(platform: Any) -> None:
    world = platform.world()
    assert ask(platform, world, patient(platform, world, "salaried-spouse")).status_code == 200
    stolen = platform.assertion(world, CLIENT_KEY, "pat-100000001-1", "100000001/1", role="patient")
    assert ask(platform, world, stolen).json()["code"] == "invalid-assertion"


@pytest.mark.parametrize(
    ("persona", "role", "scope"),
    [
        ("agent", "agent", "agent:reissue fse:agent"),
        ("public-health", "public-health", "indicators:read"),
        ("midwife", "midwife", EXECUTING),
        ("devices", "devices", EXECUTING),
        ("clinic", "clinic", EXECUTING),
    ],
)
def test_every_role_has_its_scopes(platform: Any, persona: str, role: str, scope: str) -> None:
    world = platform.world()
    claims = said(ask(platform, world, platform.credential(world, persona)))
    assert (claims["role"], claims["scope"]) == (role, scope)


def test_an_idempotency_key_serves_one_person_of_one_software() -> None:
    people = [
        Actor("essai", inpe="100000011"),
        Actor("essai", inpe="100000029"),
        Actor("essai", patient=("100000001", 0)),
        Actor("essai", patient=("100000001", 1)),
        Actor("autre", patient=("100000001", 1)),
        Actor("essai"),
    ]
    calls = [Call(None, START, who, "0" * 32, "reissue", headers={"idempotency-key": "k"}) for who in people]  # type: ignore[arg-type]
    assert len({Key.of(call, "/x", b"").scope for call in calls}) == len(people)
    delegate = replace(calls[0], actor=replace(people[0], delegate="sec-ken-01"))
    assert Key.of(delegate, "/x", b"").scope == Key.of(calls[0], "/x", b"").scope


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"inpe": "100000011"}, 200),
        ({"patient": "100000001/0"}, 200),
        ({"inpe": "100000001/0"}, 400),
        ({"patient": "100000011"}, 400),
        ({"inpe": "100000011", "patient": "100000001/0"}, 200),
        ({"patient": "100000001/9"}, 400),
        ({}, 400),
    ],
    ids=str,
)
def test_the_first_hour_knows_professionals_and_patients(platform: Any, form: dict[str, str], status: int) -> None:
    world = platform.world()
    asked = {"grant_type": "urn:fse:params:oauth:grant-type:first-hour", **form}
    answer = platform("POST", f"{world['issuer']}/oauth2/token", data=asked, auth=("essai", "s3cret"))
    assert answer.status_code == status, answer.text
    assert status == 400 or answer.json()["mode"] == "first-hour"
