"""What is signed is signed as the answer goes out: the same each time, by the key that was in use at the time."""

from __future__ import annotations

from typing import Any

from simulator.codes import payload
from simulator.kit import signing


def rotate(counter: Any, kind: str) -> None:
    answer = counter.platform.bench("POST", f"/worlds/{counter.world['id']}/keys/rotation", json={"kind": kind})
    assert answer.status_code == 200, answer.text


def test_a_receipt_is_told_signed_each_time_by_the_key_of_its_time(counter: Any, make: Any) -> None:
    asked = counter.execution(counter.hold(counter.issue()), make.delivered())
    first = counter.together(asked)[0]
    rotate(counter, "token")
    counter.platform.simulator.worlds._cache.clear()
    again = counter.together(asked)[0]
    assert again.headers["idempotent-replayed"] == "true" and again.content == first.content
    done = first.json()
    opened = signing.open_jws(done["receipt"])
    assert opened.header["kid"] == "token-1" and len(opened.signature) == 64
    for path in (f"/v1/executions/{done['id']}", f"/v1/executions/{done['id']}/receipt"):
        assert counter.call("pharmacy", "GET", path).json()["receipt"] == done["receipt"]


def test_a_qr_is_replayed_signed_by_the_key_of_its_time(counter: Any, make: Any) -> None:
    asked = ("gp", "POST", "/v1/care-sheets", {"json": make.sheet(), "headers": counter.key()})
    first = counter.together(asked)[0]
    rotate(counter, "qr")
    counter.platform.simulator.worlds._cache.clear()
    assert counter.together(asked)[0].content == first.content
    scan = payload.decode(first.json()["qr"]["payload"])
    assert (scan.key_id, len(scan.signature)) == (1, 64)
    read = counter.call("gp", "GET", f"/v1/care-sheets/{first.json()['number']}").json()
    assert payload.decode(read["qr"]["payload"]).key_id == 2
