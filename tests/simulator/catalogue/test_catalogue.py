"""Every refusal of the catalogue is reached over HTTP, and says what the catalogue says, in three languages."""

from __future__ import annotations

import pytest

from simulator.kit.problems import Problem, catalogue, render
from tests.simulator.catalogue import approvals, care, faults, protocol, reviews
from tests.simulator.catalogue.registry import SCENARIOS
from tests.simulator.catalogue.scene import Scene
from tests.simulator.lifecycle.door import Door

assert approvals and care and faults and protocol and reviews
OAUTH = {"invalid-client", "invalid-assertion", "unsupported-grant-type", "invalid-token-request", "invalid-scope"}
POLICIES = {"never", "same-key", "after", "after-refresh"}


def test_every_slug_has_a_scenario_and_every_scenario_a_slug() -> None:
    assert set(SCENARIOS) == set(catalogue())


@pytest.mark.parametrize("slug", sorted(SCENARIOS))
def test_the_scenario_ends_in_its_refusal(slug: str, door: Door) -> None:
    reply = SCENARIOS[slug](Scene(door))
    entry = catalogue()[slug]
    assert (reply.slug, reply.status) == (slug, entry.status), reply.body.decode()
    body = reply.json()
    if slug in OAUTH:
        assert body["error"] and body["error_description"]
        assert reply.headers["content-type"] == "application/json"
        return
    assert reply.headers["content-type"] == "application/problem+json"
    assert body["type"].endswith(f"/problems/{slug}")
    assert (body["title"], body["status"], body["instance"]) == (entry.title["fr"], entry.status, reply.path)
    assert body["detail"].strip() and body["remedy"] == entry.remedy["fr"]
    assert body["retry"]["policy"] == entry.retry["policy"]
    assert len(body["trace_id"]) == 32
    for error in body.get("errors", []):
        assert set(error) >= {"pointer", "code", "detail"}
    if entry.status == 429:
        assert int(reply.headers["retry-after"]) > 0


@pytest.mark.parametrize("slug", sorted(SCENARIOS))
def test_the_entry_is_whole(slug: str) -> None:
    entry = catalogue()[slug]
    assert set(entry.title) == {"fr", "ar", "en"} and all(entry.title.values())
    assert entry.remedy["fr"].strip() and entry.retry["policy"] in POLICIES
    for language in ("fr", "ar", "en"):
        _, headers, body = render(Problem(slug), issuer="i", instance="/", trace_id="0", accept_language=language)
        assert headers["content-language"] == language
        assert entry.title[language] in body.decode()


def test_a_slug_without_a_scenario_would_fail(door: Door) -> None:
    """The positive twin of the coverage test: a story that succeeds is not taken for its refusal."""
    reply = Scene(door).try_issue()
    assert reply.status == 201 and reply.slug is None
