"""Every kind of token is answered what the table says, by a real operation; its twin, right in one thing, passes."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.identity import forgeries
from simulator.kit.problems import catalogue
from tests.simulator.catalogue.scene import DAY, Scene, must, request
from tests.simulator.lifecycle.door import Reply

KINDS = forgeries.kinds()


def minted(play: Scene, kind: str, **body: Any) -> dict[str, Any]:
    return dict(play.bench("/tokens", {"kind": kind, "client": "essai", **body}))


def tried(play: Scene, made: dict[str, Any]) -> Reply:
    """The operation that the kind is meant for, on what `gp` and the software `essai` have."""
    headers = {"authorization": f"Bearer {made['token']}", **play.key()}
    if made["against"] == "check-rights":
        body = {"beneficiary": {"registration_number": "100000001", "dependant_rank": 0}, "date_of_care": DAY}
        return play.call("anonymous", "POST", "/v1/rights-checks", body, headers=headers)
    if made["against"] == "issue-care-sheet":
        return play.call("anonymous", "POST", "/v1/care-sheets", request(), headers=headers)
    if made["against"] == "read-care-sheet":
        number = play.issue()["number"]
        return play.call("anonymous", "GET", f"/v1/care-sheets/{number}", headers=headers)
    assert made["against"] == "read-subscription"
    mine = must(play.post("software", "/v1/subscriptions", {"url": "http://127.0.0.1:9/x"}))
    return play.call("anonymous", "GET", f"/v1/subscriptions/{mine['id']}", headers=headers)


@pytest.mark.parametrize("name", KINDS)
def test_each_kind_is_answered_as_the_table_says_and_its_twin_is_accepted(play: Scene, name: str) -> None:
    kind, made = KINDS[name], minted(play, name)
    expected = {"status": kind.status} | ({"problem": kind.problem} if kind.problem else {})
    assert made["expected"] == expected and made["twin"] == kind.twin
    for _ in range(2):  # the second time, a genuine token is already known
        answer = tried(play, made)
        assert (answer.status, answer.slug) == (kind.status, kind.problem), answer.body
    if kind.twin is None:
        assert kind.problem is None
        return
    twin = minted(play, kind.twin)
    assert twin["against"] == made["against"] and tried(play, twin).status < 300


def test_the_table_names_what_exists() -> None:
    assert all(kind.problem is None or kind.problem in catalogue() for kind in KINDS.values())
    assert all(catalogue()[kind.problem].status == kind.status for kind in KINDS.values() if kind.problem)
    assert all(kind.problem or kind.status < 300 for kind in KINDS.values())
    twins = [KINDS[kind.twin] for kind in KINDS.values() if kind.twin]
    assert all(twin.problem is None for twin in twins)


def test_a_token_that_is_not_valid_yet_becomes_so_with_the_clock(play: Scene) -> None:
    made = minted(play, "not-yet-valid")
    assert tried(play, made).slug == "unauthenticated"
    play.world.advance(3600)
    assert tried(play, made).status == 200
    play.world.advance(600)
    assert tried(play, made).slug == "token-expired"


def test_a_key_that_is_missing_is_made_once_and_no_other_token_suffers(play: Scene) -> None:
    before = minted(play, "valid")
    first = minted(play, "revoked-key")
    assert len(first["changed"]) == 3 and minted(play, "revoked-key")["changed"] == []
    assert minted(play, "retired-key")["changed"] == []
    assert tried(play, before).status == 200 and tried(play, first).slug == "token-revoked"


def test_a_token_is_borne_by_whom_is_asked(play: Scene) -> None:
    patient = minted(play, "valid", persona="salaried")
    assert (patient["claims"]["role"], patient["claims"]["sub"]) == ("patient", "100000001/0")
    assert minted(play, "valid", persona="200000012")["claims"]["role"] == "pharmacy"
    software = minted(play, "valid", persona="software", client="essai-2", life_s=60)["claims"]
    assert (software["sub"], software["mode"], software["exp"] - software["iat"]) == ("essai-2", "software", 60)
    assert minted(play, "valid", scope="fse:read")["claims"]["scope"] == "fse:read"


@pytest.mark.parametrize(
    ("body", "slug"),
    [
        ({"kind": "surprise"}, "invalid-payload"),
        ({"persona": "nobody"}, "not-found"),
        ({"client": "inconnu"}, "not-found"),
        ({"scope": "fse:execute"}, "invalid-scope"),
        ({"life_s": 0}, "invalid-payload"),
    ],
    ids=str,
)
def test_what_cannot_be_minted_is_said_and_changes_nothing(play: Scene, body: dict[str, Any], slug: str) -> None:
    headers = {"authorization": "Bearer bench-token-of-the-tests"}
    where = f"/bench/v1/worlds/{play.world.id}"
    answer = play.door("POST", f"{where}/tokens", headers=headers, body={"kind": "revoked-key", **body})
    assert answer.slug == slug, answer.body
    keys = play.door("GET", f"{where}/keys", headers=headers).json()
    assert len(keys["token"]) == 1


def test_the_same_seed_mints_the_same_token(play: Scene) -> None:
    twin = Scene(play.door)
    one, other = minted(play, "valid")["claims"], minted(twin, "valid")["claims"]
    assert one["jti"] == other["jti"] != minted(play, "valid")["claims"]["jti"]
