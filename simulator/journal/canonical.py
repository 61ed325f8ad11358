"""The canonical form of a journal: what two runs of one seed and one script have in common, byte for byte. Pure.

Left out: real time, durations, and what a caller marks its exchanges with (trace, request id) or its transport adds.
Replaced, wherever it stands: the address of the world by ``{world}``, of the server by ``{server}``, the trace of the
exchange by ``{trace}``, the fingerprint of a credential by ``redacted`` (what a client signs is dated in real time), a
signed text by the fingerprint of what it says, once the same is replaced in that. Keys are in order.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from simulator.journal.redaction import MARK
from simulator.kit.signing import BadToken, open_jws

GENESIS = "0" * 64
KEPT = ("seq", "world_time", "client_id", "inpe", "delegate", "operation", "problem", "fault", "state_change")
TRANSPORT = frozenset(
    {"accept-encoding", "connection", "content-length", "host", "keep-alive", "te", "transfer-encoding"}
    | {"traceparent", "tracestate", "x-fse-world", "x-request-id"}
)
_JWS = re.compile(r"eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+")


def exchange(shown: Mapping[str, Any], issuer: str) -> dict[str, Any]:
    """The canonical form of one exchange as the bench shows it; `issuer` is the address of its world."""
    base, _, world = issuer.rpartition("/w/")
    trace = shown["trace_id"]

    def told(text: str) -> str:
        text = _JWS.sub(lambda found: _signed(found[0], base, world), text)
        text = _placed(MARK.sub("redacted", text), base, world)
        return text.replace(trace, "{trace}")

    def side(whole: Mapping[str, Any], *members: str) -> dict[str, Any]:
        headers = {name: told(value) for name, value in whole["headers"].items() if name not in TRANSPORT}
        body = None if whole["body"] is None else told(whole["body"])
        raw = {"body_base64": whole["body_base64"]} if "body_base64" in whole else {}
        return {**{name: whole[name] for name in members}, "headers": headers, "body": body, **raw}

    asked = side(shown["request"], "method", "path", "query")
    asked |= {name: told(asked[name]) for name in ("path", "query")}
    kept = {name: shown[name] for name in KEPT if name in shown}
    return {**kept, "request": asked, "response": side(shown["response"], "status")}


def text(value: Mapping[str, Any]) -> str:
    """A JSON value as it is compared and hashed: keys in order, no spaces, no escape that is not needed."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def link(previous: str, value: Mapping[str, Any]) -> str:
    """SHA-256 of the link before (`GENESIS` at first), a line feed, and the text of an exchange."""
    return hashlib.sha256(f"{previous}\n{text(value)}".encode()).hexdigest()


def _placed(given: str, base: str, world: str) -> str:
    return _place(base, world).sub(lambda found: "{world}" if found["world"] else "{server}", given)


@lru_cache(maxsize=256)
def _place(base: str, world: str) -> re.Pattern[str]:
    here, name = re.escape(base), re.escape(world)
    return re.compile(rf"(?P<world>(?:{here})?/w/{name}(?![a-z0-9-]))|{here}(?![0-9])")


@lru_cache(maxsize=1024)
def _signed(given: str, base: str, world: str) -> str:
    try:
        opened = open_jws(given)
    except BadToken:
        return given
    said = _placed(text({"header": opened.header, "claims": opened.claims}), base, world)
    return f"signed:sha256:{hashlib.sha256(said.encode()).hexdigest()[:32]}"
