"""A document that is asked for: sent, looked at, forgotten; what it releases, and what the CNSS decides without it."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest

from tests.simulator.catalogue.reviews import PDF, decide, glasses, send
from tests.simulator.catalogue.scene import DAY_S, Scene, must


def read(play: Scene, claim: dict[str, Any]) -> dict[str, Any]:
    return dict(must(play.call("devices", "GET", f"/v1/claims/{claim['id']}")))


def line(play: Scene, claim: dict[str, Any]) -> dict[str, Any]:
    return dict(read(play, claim)["lines"][0])


def trail(play: Scene, claim: dict[str, Any]) -> list[str]:
    page = play.door.bench("GET", f"/worlds/{play.world.id}/audit", query=f"subject={claim['number']}")
    return [one["event"] for one in page["entries"] if one["data"].get("claim") == claim["id"]]


def test_the_invoice_releases_the_line(play: Scene) -> None:
    claim = glasses(play)
    assert (claim["status"], claim["lines"][0]["hold"]["asks"]) == ("awaiting_document", "invoice")
    reply = send(play, claim)
    sent = must(reply)
    content = base64.b64decode(PDF)
    assert reply.status == 201 and sent["content_kept"] is False
    assert (sent["size"], sent["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    assert sent["lines"] == [{"execution": claim["lines"][0]["execution"], "line": 1, "status": "adjudicated"}]
    now = line(play, claim)
    assert (now["status"], now["decision"], now["cleared"]) == ("adjudicated", "granted", ["document:invoice"])
    assert "hold" not in now and now["due_at"] == "2026-11-28T23:00:00Z", "ordered six days later"
    assert trail(play, claim) == ["claim-document-sent", "claim-decided", "claim-read"]
    assert send(play, claim).slug == "document-not-asked", "once is enough"


def test_a_dear_device_is_then_seen_by_the_physicians(play: Scene) -> None:
    claim = glasses(play, "5000.01")
    (one,) = must(send(play, claim))["lines"]
    assert one["status"] == "medical_review"
    assert trail(play, claim) == ["claim-document-sent"], "nothing is decided yet"
    play.world.advance(5 * DAY_S)
    assert line(play, claim)["status"] == "adjudicated"


def test_the_patient_may_send_it_and_nobody_else(play: Scene) -> None:
    claim = glasses(play)
    for stranger in ("pharmacy", "gp", "patient:tns"):
        assert send(play, claim, stranger).slug == "not-found"
    assert send(play, claim, "agent").slug == "insufficient-scope"
    must(send(play, claim, "patient:salaried"))
    said = [one["sentence"] for one in must(play.call("patient:salaried", "GET", "/v1/me/accesses"))["items"]]
    assert any("avez transmis à la CNSS une pièce pour votre feuille" in one for one in said)
    assert any("décidé d'un remboursement qui attendait pour votre feuille" in one for one in said)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"media_type": "image/png"}, "wrong-media-type"),
        ({"media_type": "image/jpeg"}, "wrong-media-type"),
        ({"content": base64.b64encode(b"PK\x03\x04").decode()}, "wrong-media-type"),
        ({"content": "JVBERi0xLjQKJ"}, "malformed"),
        ({"content": base64.b64encode(b"%PDF-" + bytes(699_996)).decode()}, "too-large"),
    ],
)
def test_it_must_be_what_it_says(play: Scene, changes: dict[str, str], code: str) -> None:
    claim = glasses(play)
    reply = send(play, claim, **changes)
    assert (reply.slug, reply.json()["errors"][0]["code"]) == ("invalid-payload", code)
    assert line(play, claim)["status"] == "awaiting_document"


@pytest.mark.parametrize(
    ("media_type", "content"),
    [
        ("image/png", b"\x89PNG\r\n\x1a\n0"),
        ("image/jpeg", b"\xff\xd8\xff\xe0"),
        ("application/pdf", b"%PDF-" + bytes(699_995)),
    ],
)
def test_what_is_accepted(play: Scene, media_type: str, content: bytes) -> None:
    must(send(play, glasses(play), media_type=media_type, content=base64.b64encode(content).decode()))


def test_the_content_is_nowhere(play: Scene) -> None:
    claim = glasses(play)
    secret = base64.b64encode(b"%PDF-CANARI-0123456789").decode()
    must(send(play, claim, content=secret))
    must(play.call("devices", "GET", f"/v1/claims/{claim['id']}"))
    assert send(play, claim, content=secret, extra="x").slug == "invalid-payload"
    for page in ("journal", "state", "audit"):
        found = str(play.door.bench("GET", f"/worlds/{play.world.id}/{page}"))
        assert secret not in found and "CANARI" not in found
        assert page != "journal" or "/documents" in found


def test_the_wait_is_over_at_the_beginning_of_its_day(play: Scene) -> None:
    claim = glasses(play)
    until = claim["lines"][0]["hold"]["until"]
    assert until == "2026-12-22T23:00:00Z"
    play.world.advance(29 * DAY_S + 14 * 3600 - 1)
    assert line(play, claim)["status"] == "awaiting_document"
    play.world.advance(1)
    now = line(play, claim)
    assert (now["decision"], now["reason"], now["patient_share"]) == ("rejected", "document-missing", "1200.00")
    sent = must(send(play, claim))
    assert [one["status"] for one in sent["lines"]] == ["adjudicated"], "for when it will be contested"
    assert line(play, claim)["decision"] == "rejected"
    assert send(play, claim).slug == "document-not-asked"


def test_the_bench_decides_a_missing_document(play: Scene) -> None:
    done = must(decide(play, glasses(play), "granted"))
    assert (done["status"], done["decision"]) == ("adjudicated", "granted")
    refused = must(decide(play, glasses(play), "refused"))
    assert (refused["decision"], refused["lines"][0]["reason"]) == ("rejected", "document-missing")


def test_the_bench_decides_a_medical_review(play: Scene) -> None:
    claim = glasses(play, "6000.00")
    assert must(decide(play, claim, "granted"))["status"] == "medical_review", "one hold at a time"
    done = must(decide(play, claim, "refused"))["lines"][0]
    assert (done["reason"], done["cnss_share"], done["status"]) == ("medical-refusal", "0.00", "adjudicated")
    assert decide(play, claim, "granted").slug == "nothing-to-decide"


def test_the_bench_decides_a_possible_duplicate(play: Scene) -> None:
    first = must(play.claim_on_paper())
    second = must(play.claim_on_paper("FSP-0002"))
    play.world.advance(10 * DAY_S)
    claims = {one["id"]: one for one in play.door.bench("GET", f"/worlds/{play.world.id}/state")["paper_claims"]}
    assert claims[second["id"]]["lines"][0]["hold"]["asks"] == first["id"]
    done = must(decide(play, second, "refused"))["lines"][0]
    assert done["reason"] == "duplicate" and {"claim": first["id"]} in [one["inputs"] for one in done["explanation"]]


def test_some_lines_alone(play: Scene) -> None:
    claim = glasses(play)
    assert decide(play, claim, "granted", line=2).slug == "nothing-to-decide"
    other = "exe-aaaaaaaaaaaaaaaa"
    assert decide(play, claim, "granted", execution=other).slug == "nothing-to-decide"
    assert decide(play, {"id": "clm-aaaaaaaaaaaaaaaa"}, "granted").slug == "not-found"
    for wrong in ({"quantity": "1"}, {"reason": "duplicate"}, {"approval": "apr-aaaaaaaaaaaaaaaa"}):
        assert decide(play, claim, "granted", **wrong).slug == "invalid-payload"
    assert decide(play, claim, "refused", reason="not-justified").slug == "invalid-payload"
    mine = claim["lines"][0]
    assert must(decide(play, claim, "granted", line=1, execution=mine["execution"]))["status"] == "adjudicated"


def test_a_decision_is_told(play: Scene) -> None:
    claim = glasses(play)
    must(send(play, claim))
    found = must(play.call("software", "GET", "/v1/events"))["items"]
    told = [one["data"] for one in found if one["type"] == "claim.decided"]
    assert [(one["claim"], one["status"]) for one in told] == [(claim["id"], "adjudicated")]
