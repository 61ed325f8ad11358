"""From a running simulator to a trace: its journal, what the bench did in between, who was registered.

What depends on real time or on a secret is not copied: client assertions, tokens, secrets are fingerprints there.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any
from urllib.parse import unquote

from client.bench import BenchClient
from traces.credentials import MARK
from traces.file import FORMAT, MOST_STEPS, Trace

LONG = 20_000
"""Characters of an answer that are kept; of a longer one, its fingerprint and how it begins."""
TRANSPORT = frozenset(
    {"accept-encoding", "connection", "content-length", "expect", "host", "keep-alive", "te", "transfer-encoding"}
)
MEMORY = frozenset({"ratelimit"})
"""Headers that tell what a process remembers: lost when it stops, or when a world is brought back."""
SECRETS_SENT = ("/oauth2/token", "/oauth2/revoke", "/documents")
"""Ends of paths whose bodies the journal redacts."""
TOLD = ("operation", "problem", "client_id", "inpe", "delegate", "fault")
CREDENTIAL = re.compile(r"redacted(?::|%3A)sha256(?::|%3A)([0-9a-f]{12})")
SIMULTANEOUS = frozenset({"idempotency-in-flight", "request-timeout"})


class NotRecordable(Exception):
    """A world that no trace can make again; French."""


def record(bench: BenchClient, world: str, until: int | None = None) -> Trace:
    """The trace of a world, up to the exchange of seq `until`, included. Raises NotRecordable, and as `bench` does."""
    made = bench.world(world)
    whole = list(islice(bench.journal(world), MOST_STEPS + 1 if until is None else until))
    done = [one for one in bench.operations(world) if until is None or one["after"] < until]
    if len(whole) + len(done) > MOST_STEPS:
        raise NotRecordable(
            f"le monde « {world} » a plus de {MOST_STEPS} étapes (échanges, opérations du banc) ; s'arrêter plus tôt "
            "avec --until, ou rejouer le défaut dans un monde neuf."
        )
    canonical = list(islice(bench.journal(world, form="canonical"), len(whole)))
    _from_its_birth(bench, world, whole)
    steps = _steps(whole, canonical, done, made["issuer"])
    return {
        "format": FORMAT,
        "simulator": bench.version(),
        "world": _world(bench, made, steps),
        "clients": [
            {name: one[name] for name in ("client_id", "name", "keys", "secret")} for one in bench.clients(world)
        ],
        "not_replayable": _not_replayable(world, steps, whole),
        "steps": steps,
    }


def _world(bench: BenchClient, made: Mapping[str, Any], steps: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    versions = {one["version"]: one["sha256"] for one in bench.nomenclatures()["nomenclatures"]}
    kept = ("id", "seed", "clock", "deployment", "persona_set", "tariff_set", "rate_limit")
    return {
        **{name: made[name] for name in kept},
        "start": min((step["at"] for step in steps), default=made["now"]),
        "nomenclature": {"version": made["nomenclature"], "sha256": versions.get(made["nomenclature"]) or ""},
    }


def _from_its_birth(bench: BenchClient, world: str, whole: Sequence[Mapping[str, Any]]) -> None:
    """Raises NotRecordable for a world that was filled otherwise than by requests."""
    first = bench.do(world, "GET", "/audit?limit=1")["entries"]
    if first and first[0]["trace"] and not any(first[0]["actor"].startswith(by) for by in ("bench/", "cnss/")):
        known = {link["seq"] for one in whole for link in one["state_change"]}
        made = any(one["operation"] == "make-sheet" for one in bench.do(world, "GET", "/operations")["operations"])
        if first[0]["seq"] not in known and not made:
            raise NotRecordable(
                f"le monde « {world} » a vécu avant son journal (fse world create) : une trace ne le referait pas."
            )


def _steps(
    whole: Sequence[Mapping[str, Any]],
    canonical: Sequence[Mapping[str, Any]],
    done: Sequence[Mapping[str, Any]],
    issuer: str,
) -> list[dict[str, Any]]:
    """In order: what the bench did after an exchange comes before the next one."""
    placed: list[tuple[int, int, dict[str, Any]]] = []
    for sent, told in zip(whole, canonical, strict=True):
        step = {"at": sent["world_time"], "request": _request(sent["request"], issuer)}
        if "granted" in sent:
            step["as"] = sent["granted"]
        if marks := MARK.findall(sent["response"]["body"] or ""):
            step["gave"] = marks
        placed.append((sent["seq"], 0, {**step, "expected": expected(told)}))
    for one in done:
        operation = {name: one[name] for name in ("operation", "method", "path", "body", "gave") if name in one}
        placed.append((one["after"], one["seq"], {"at": one["at"], "bench": operation}))
    return [step for _, _, step in sorted(placed, key=lambda each: each[:2])]


def _request(sent: Mapping[str, Any], issuer: str) -> dict[str, Any]:
    headers = {
        name: value.replace(issuer, "{world}") for name, value in sent["headers"].items() if name not in TRANSPORT
    }
    found: dict[str, Any] = {"method": sent["method"], "path": sent["path"], "headers": headers}
    if sent["query"]:
        found["query"] = sent["query"]
    if sent["body"]:
        found["body"] = sent["body"].replace(issuer, "{world}")
    if "body_base64" in sent:
        found["body_base64"] = sent["body_base64"]
    return found


def expected(told: Mapping[str, Any]) -> dict[str, Any]:
    """What is compared of an exchange in its canonical form."""
    answer = told["response"]
    body = answer.get("body_base64") or answer["body"]
    headers = {name: value for name, value in answer["headers"].items() if name not in MEMORY}
    found: dict[str, Any] = {"status": answer["status"], "headers": headers}
    if body is not None and (len(body) > LONG or "body_base64" in answer):
        found["long_body"] = {
            "sha256": hashlib.sha256(body.encode()).hexdigest(),
            "size": len(body),
            "begins": body[:80],
        }
    else:
        found["body"] = body
    found |= {name: told[name] for name in TOLD if name in told}
    found["state_change"] = [f"{link['event']} {link['subject']}".strip() for link in told["state_change"]]
    return found


def _not_replayable(
    world: str, steps: Sequence[Mapping[str, Any]], whole: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Steps that cannot be made again to the byte: a body or a credential that the journal does not have, a race, what
    the world lived under another name before it was cloned.
    """
    born: set[str] = set()
    found = []
    exchanges = iter(whole)
    for rank, step in enumerate(steps, 1):
        if "bench" in step:
            born |= {mark.rpartition(":")[2] for mark in step["bench"].get("gave", ())}
            continue
        sent = next(exchanges)
        copied = sent["response"]["headers"].get("x-fse-world", world) != world
        if (reason := "copied" if copied else _reason(step, sent, born)) is not None:
            found.append({"step": rank, "reason": reason})
        born |= {mark.rpartition(":")[2] for mark in step.get("gave", ())}
    return found


def _reason(step: Mapping[str, Any], sent: Mapping[str, Any], born: set[str]) -> str | None:
    request, answered = step["request"], step["expected"]
    path, body = unquote(request["path"]).rstrip("/"), request.get("body", "")
    if answered.get("problem") in SIMULTANEOUS:
        return "simultaneous"
    if (answered.get("fault") or {}).get("kind") == "mid-body":
        return "cut"
    if path.endswith("/documents") and CREDENTIAL.search(body):
        return "body-not-kept"
    announced = sent["request"]["headers"].get("content-length", "")
    if not path.endswith(SECRETS_SENT) and announced.isdigit() and int(announced) != _length(sent["request"]):
        return "body-not-kept"
    if path.endswith("/oauth2/token"):
        return "credential-unknown" if answered["status"] >= 400 else None
    unborn = set(CREDENTIAL.findall(request["headers"].get("authorization", ""))) - born
    if unborn and "bearer" in request["headers"]["authorization"].lower() and answered.get("client_id"):
        return "credential-unknown"
    return None


def _length(sent: Mapping[str, Any]) -> int:
    if "body_base64" in sent:
        return len(sent["body_base64"].rstrip("=")) * 3 // 4
    return len((sent["body"] or "").encode())
