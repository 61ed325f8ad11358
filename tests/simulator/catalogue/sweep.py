"""What every operation may answer, provoked on each: its golden call with one thing wrong; and who answered what."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from tests.simulator.catalogue.faults import broken, cut, spent, stalled
from tests.simulator.catalogue.golden import GOLDEN, Golden
from tests.simulator.catalogue.scene import Scene
from tests.simulator.lifecycle.door import Door, Reply

Answers = dict[tuple[str, int], set[str]]
"""(operation, status) → slugs seen ("" for a success)."""


class Contract:
    """The operations of an OpenAPI document."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.operations: dict[str, dict[str, Any]] = {}
        self._places: list[tuple[re.Pattern[str], dict[str, str]]] = []
        for path, methods in document["paths"].items():
            pattern = re.compile(
                "/w/[^/]+" + re.sub(r"{\w+}", "[^/]+", re.escape(path).replace(r"\{", "{").replace(r"\}", "}")) + "$"
            )
            here = {}
            for method, operation in methods.items():
                if isinstance(operation, dict) and "operationId" in operation:
                    here[method.upper()] = operation["operationId"]
                    self.operations[operation["operationId"]] = operation
            self._places.append((pattern, here))
        self._places.sort(key=lambda place: place[0].pattern.count("[^/]+"))

    def at(self, method: str, path: str) -> Iterable[str]:
        """Operations that an answer speaks for: all those of the path when its method is not served."""
        here = next((found for pattern, found in self._places if pattern.match(path)), {})
        return [here[method]] if method in here else list(here.values())

    def declared(self) -> set[tuple[str, int]]:
        return {(name, int(status)) for name, found in self.operations.items() for status in found["responses"]}

    def slugs(self) -> set[tuple[str, str]]:
        """(operation, slug) as declared."""
        return {
            (name, slug)
            for name, found in self.operations.items()
            for response in found["responses"].values()
            for slug in response.get("x-problems", ())
        }


class Ear:
    """Notes which operation answered what."""

    def __init__(self, contract: Contract) -> None:
        self.contract, self.answers = contract, Answers()

    def __call__(self, reply: Reply) -> None:
        for name in self.contract.at(reply.method, reply.path):
            self.answers.setdefault((name, reply.status), set()).add(reply.slug or "")


def sweep(door: Door, contract: Contract) -> list[str]:
    """Play every golden call, after each of its refusals; operations without one, or that fail."""
    wrong = []
    for name, operation in contract.operations.items():
        if name not in GOLDEN:
            wrong.append(f"{name}: no golden call")
            continue
        play = Scene(door)
        try:
            call = GOLDEN[name](play)
        except AssertionError as stopped:
            wrong.append(f"{name}: {stopped}")
            continue
        for _ in alterations(play, call, operation):
            pass
        call = GOLDEN[name](play)
        reply = call(play)
        if reply.status >= 300:
            wrong.append(f"{name}: {reply.status} {reply.slug}")
        if call.method == "GET" and "etag" in reply.headers:
            call(play, headers={"if-none-match": reply.headers["etag"]})
        if "idempotency-key" in call.headers:
            body = {**call.body, "reason": "Autre", "performed_at": "2026-11-23T08:59:59Z", "rights_acknowledged": True}
            call(play, body={n: v for n, v in body.items() if n in {**call.body, "rights_acknowledged": 1}})
    return wrong


def alterations(play: Scene, call: Golden, operation: Mapping[str, Any]) -> Iterable[Reply]:
    """The call with one thing wrong, many times; none of these may write anything."""
    yield call(play, headers={"user-agent": None})
    yield call(play, headers={"fse-version": "2031-01-01"})
    yield call(play, method="PATCH")
    yield play.door(call.method, f"/w/ailleurs{call.path}", headers=call.headers, body=call.body)
    if call.body is not None:
        yield stalled(play, partial(call, play))
    for fault in (broken, cut):
        with fault(play):
            yield call(play)
    if operation.get("security"):
        yield call(play, actor="anonymous")
        with spent(play):
            yield call(play)
        stale = {"if-match": '"999999999"'} if "if-match" in call.headers else {}
        for other in {"software", "biology", "patient:tns", "agent"} - {call.actor}:
            yield call(play, actor=other, headers=stale)
    if re.search(r"/(care-sheets|claims|statements|executions|subscriptions|prior-approvals)/", call.path):
        yield call(play, path=re.sub(r"/(26|clm-|stm-|exe-|sub-|apr-)[^/]+", missing, call.path, count=1))
    if call.query or call.method == "GET":
        yield call(
            play,
            query="limit=abc&family=x&scale=0&level=Z&duplicate=x&cursor=%00&after=x&to_reconcile=x&number=x&from=x",
        )
    if isinstance(call.body, dict):
        yield call(play, body=b"{")
        yield call(play, body={"x": 1})
        yield call(play, body=b"<x/>", headers={"content-type": "application/xml"})
    if isinstance(call.body, bytes):
        yield call(play, body=call.body.replace(b"client_assertion=", b"client_assertion=x"))
    if call.body is not None:
        yield call(play, body=b" " * 1_100_000)
    for header, wrong in (("if-match", '"999999999"'), ("fse-lease", "lea-x"), ("idempotency-key", None)):
        if header in call.headers:
            yield call(play, headers={header: wrong})
            yield call(play, headers={header: None})


def missing(found: re.Match[str]) -> str:
    """The place of something that does not exist."""
    return "/2699999999999928" if found[1] == "26" else f"/{found[1]}aaaaaaaaaaaaaaaa"
