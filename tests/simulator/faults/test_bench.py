"""Faults through the bench: defined, listed, counted, removed; the same ones on the same calls from one seed."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.app import create_app
from simulator.faults.service import MAX
from tests.simulator.conftest import Platform
from tests.simulator.database import SERVER

HEALTH = "read-health"


def _faults(platform: Any, world: dict[str, Any]) -> list[dict[str, Any]]:
    return list(platform.bench("GET", f"/worlds/{world['id']}/faults").json()["faults"])


def _add(platform: Any, world: dict[str, Any], **body: Any) -> dict[str, Any]:
    answer = platform.bench("POST", f"/worlds/{world['id']}/faults", json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def _health(platform: Any, world: dict[str, Any], **options: Any) -> Any:
    return platform("GET", f"{world['issuer']}/v1/health", **options)


def test_a_fault_is_added_counted_and_removed(platform: Any) -> None:
    world = platform.world()
    before = _health(platform, world)
    fault = _add(platform, world, kind="server-errors", status=503, operations=[HEALTH], after=1, count=2)
    assert fault["id"].startswith("flt-") and (fault["met"], fault["times"]) == (0, 0)
    assert [_health(platform, world).status_code for _ in range(5)] == [200, 503, 503, 200, 200]
    assert platform("GET", f"{world['issuer']}/v1/version").status_code == 200
    path = f"/worlds/{world['id']}/faults/{fault['id']}"
    assert platform.bench("GET", path).json() == {**fault, "met": 5, "times": 2}
    assert _faults(platform, world) == [{**fault, "met": 5, "times": 2}]
    assert platform.bench("DELETE", path).status_code == 204
    for method in ("GET", "DELETE"):
        gone = platform.bench(method, path)
        assert (gone.status_code, gone.json()["code"]) == (404, "not-found")
    after = _health(platform, world)
    assert after.content == before.content and set(after.headers) == set(before.headers)
    assert platform.simulator.worlds._cache[world["id"]].faults is False


def test_all_are_removed_at_once(platform: Any) -> None:
    world = platform.world()
    for _ in range(3):
        _add(platform, world, kind="html")
    assert _health(platform, world).headers["content-type"].startswith("text/html")
    assert platform.bench("DELETE", f"/worlds/{world['id']}/faults").json() == {"removed": 3}
    assert _health(platform, world).status_code == 200 and _faults(platform, world) == []


def test_the_first_that_happens_is_the_one(platform: Any) -> None:
    world = platform.world()
    first = _add(platform, world, kind="html", nth=2)
    second = _add(platform, world, kind="server-errors", status=500)
    kinds = [_health(platform, world).headers["fse-bench-fault"] for _ in range(3)]
    assert kinds == [f"{second['id']} server-errors", f"{first['id']} html", f"{second['id']} server-errors"]
    assert [(fault["met"], fault["times"]) for fault in _faults(platform, world)] == [(3, 1), (3, 2)]


def test_faults_are_of_one_world_and_go_with_it(platform: Any) -> None:
    world, other = platform.world(), platform.world()
    _add(platform, world, kind="html")
    assert _health(platform, other).status_code == 200
    assert "text/html" in _health(platform, world).headers["content-type"]
    name = world["id"]
    assert platform.bench("DELETE", f"/worlds/{name}").status_code == 204
    again = platform.world(id=name)
    assert _health(platform, again).headers["content-type"] == "application/json" and _faults(platform, again) == []


def test_they_are_aimed_at_a_software(platform: Any) -> None:
    world = platform.world()
    _add(platform, world, kind="html", client="essai")
    own, others = "Essai/1.0 Editeur/essai", "Autre/1.0 Editeur/autre"
    assert "html" in _health(platform, world, headers={"user-agent": own}).headers["content-type"]
    assert _health(platform, world, headers={"user-agent": others}).status_code == 200
    token = platform.token(world, {**platform.software(world), "grant_type": "client_credentials"})
    assert "html" in token.headers["content-type"]


def test_they_survive_a_restart_with_their_counts(platform: Any) -> None:
    world = platform.world()
    fault = _add(platform, world, kind="server-errors", status=500, every=3)
    assert [_health(platform, world).status_code for _ in range(2)] == [200, 200]
    platform.simulator.worlds._cache.clear()
    assert [_health(platform, world).status_code for _ in range(2)] == [500, 200]
    assert _faults(platform, world) == [{**fault, "met": 4, "times": 1}]


@pytest.mark.skipif(not SERVER, reason="two processes share a PostgreSQL")
def test_two_processes_count_together(platform: Any) -> None:
    world = platform.world()
    other = Platform(create_app(platform.simulator.settings))
    assert _health(other, world).status_code == 200
    _add(platform, world, kind="server-errors", status=500, every=2)
    assert [_health(each, world).status_code for each in (platform, other, other, platform)] == [200, 500, 200, 500]
    platform.bench("DELETE", f"/worlds/{world['id']}/faults")
    assert [_health(other, world).status_code for _ in range(2)] == [200, 200]
    other.simulator.close()


def test_the_same_seed_and_calls_give_the_same_faults(platform: Any) -> None:
    def played(seed: str) -> list[Any]:
        world = platform.world(seed=seed)
        _add(platform, world, kind="server-errors", probability="0.30")
        _add(platform, world, kind="html", probability="0.50", operations=["read-version"])
        found = []
        for rank in range(60):
            answer = platform("GET", f"{world['issuer']}/v1/{'version' if rank % 3 else 'health'}")
            found.append((answer.status_code, answer.headers.get("fse-bench-fault")))
        return found

    first = played("graine")
    assert first == played("graine")
    assert {500, 502, 503, 504} & {status for status, _ in first} and first != played("autre")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"kind": "earthquake"}, "/kind"),
        ({}, "/kind"),
        ({"kind": "html", "surprise": 1}, "/surprise"),
        ({"kind": "html", "operations": ["issue-a-sheet"]}, "/operations/0"),
        ({"kind": "html", "client": "personne"}, "/client"),
        ({"kind": "html", "nth": 0}, "/nth"),
        ({"kind": "html", "probability": "1.5"}, "/probability"),
        ({"kind": "html", "probability": 0.5}, "/probability"),
        ({"kind": "html", "status": 204}, "/status"),
        ({"kind": "html", "status": True}, "/status"),
        ({"kind": "unknown-value", "member": "a.b"}, "/member"),
        ({"kind": "nomenclature-change", "version": "none-1"}, "/version"),
        ({"kind": "webhook-drop", "events": ["sheet.eaten"]}, "/events/0"),
        ({"kind": "slow-drip", "seconds": 3600}, "/seconds"),
    ],
    ids=str,
)
def test_a_bad_definition_is_refused_in_french(platform: Any, body: dict[str, Any], pointer: str) -> None:
    answer = platform.bench("POST", "/worlds/default/faults", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-payload")
    errors = answer.json()["errors"]
    assert [error["pointer"] for error in errors] == [pointer]
    words = errors[0]["detail"]
    assert any(word in words for word in ("Attendu", "attendu", "obligatoire", "contrat", "pas d", "Aucun", "au moins"))
    assert platform.bench("GET", "/worlds/default/faults").json() == {"faults": []}


def test_there_are_not_too_many(platform: Any) -> None:
    world = platform.world()
    for _ in range(MAX):
        _add(platform, world, kind="html", nth=1000)
    answer = platform.bench("POST", f"/worlds/{world['id']}/faults", json={"kind": "html"})
    assert answer.status_code == 422 and f"{MAX} pannes" in answer.json()["detail"]


def test_the_kinds_say_their_moment_and_what_may_be_said_of_them(platform: Any) -> None:
    kinds = {kind["kind"]: kind for kind in platform.bench("GET", "/fault-kinds").json()["kinds"]}
    assert kinds["after-commit"]["moment"] == "after-commit"
    assert kinds["slow-drip"]["options"]["seconds"] == {
        "sense": "Sa durée, en secondes réelles.", "expected": "un entier de 1 à 60", "required": False, "default": 5,
    }  # fmt: skip


def test_they_are_kept_cloned_and_brought_back_with_their_world(platform: Any) -> None:
    world = platform.world()
    path = f"/worlds/{world['id']}"
    fault = _add(platform, world, kind="server-errors", status=503, every=2)
    assert _health(platform, world).status_code == 200
    assert platform.bench("POST", f"{path}/snapshots", json={"name": "avant"}).status_code == 201
    platform.bench("DELETE", f"{path}/faults")
    assert [_health(platform, world).status_code for _ in range(2)] == [200, 200]
    assert platform.bench("POST", f"{path}/snapshots/avant/restore").status_code == 200
    assert _faults(platform, world) == [{**fault, "met": 1}]
    clone = platform.bench("POST", f"{path}/clone", json={}).json()
    for each in (world, clone):
        assert [_health(platform, each).status_code for _ in range(2)] == [503, 200]
    assert platform.bench("POST", f"{path}/reset").status_code == 200
    assert _faults(platform, world) == [] and _health(platform, world).status_code == 200
    assert len(_faults(platform, clone)) == 1
