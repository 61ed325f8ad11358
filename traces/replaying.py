"""From a trace to a fresh world where the same requests are sent, each at its instant, and what was answered there."""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote

import httpx

from client.bench import BenchClient
from client.http import PlatformUnreachable, Refused, session
from traces.comparing import Difference, difference
from traces.credentials import Credentials, secrets_of
from traces.file import Trace
from traces.recording import expected

DOCUMENT = base64.b64encode(b"%PDF-1.4\n%%EOF\n").decode()
TIMEOUT_S = 60.0
AS_WRITTEN = "".join(map(chr, range(0x21, 0x7F))).translate({ord(mark): None for mark in "?#"})
"""What stands in a path as it came; all else, in a trace made by hand, is encoded."""
Progress = Callable[[int, int], None]
CANNOT = (
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
    RecursionError,
    httpx.InvalidURL,
    httpx.LocalProtocolError,
)
"""How a step that makes no request is told."""


class Unfit(Exception):
    """The simulator cannot make that world, or a step is none that can be sent; French."""


@dataclass
class Outcome:
    """What a replay gave. `loosely`: requests of which only status and problem are compared; `differences` in order."""

    world: str
    requests: int = 0
    loosely: int = 0
    differences: list[Difference] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def same(self) -> bool:
        return not self.differences


def replay(bench: BenchClient, trace: Trace, *, keep: bool = False, progress: Progress | None = None) -> Outcome:
    """Send the requests of a trace in a world made for it. Raises Unfit, PlatformUnreachable."""
    world, credentials = _world(bench, trace)
    outcome = Outcome(world["id"])
    if (here := bench.version()) != trace["simulator"]:
        outcome.warnings.append(f"la trace vient de {trace['simulator']}, ce simulateur est {here}.")
    try:
        refused = _Sender(bench, world, credentials).send(trace, progress)
        _compare(trace, bench, world["id"], refused, outcome)
    finally:
        if not keep:
            with contextlib.suppress(Refused):
                bench.delete_world(world["id"])
    return outcome


def _world(bench: BenchClient, trace: Trace) -> tuple[dict[str, Any], Credentials]:
    wanted, credentials = trace["world"], Credentials(trace["clients"])
    listed = wanted["nomenclature"]
    known = {one["version"]: one["sha256"] or "" for one in bench.nomenclatures()["nomenclatures"]}
    if known.get(listed["version"]) != listed["sha256"]:
        raise Unfit(
            f"ce simulateur n'a pas la liste de médicaments « {listed['version']} » (sha256 "
            f"{listed['sha256'][:12] or 'inconnu'}) : la charger (fse nomenclature import, ou --medicines)."
        )
    made = {
        "seed": wanted["seed"],
        "now": wanted["start"],
        "clock": "frozen",
        "nomenclature": listed["version"],
        "tariff_set": wanted["tariff_set"],
        "deployment": wanted["deployment"],
        "persona_set": wanted["persona_set"],
        "rate_limit": wanted["rate_limit"],
        "clients": [credentials.registration(one) for one in trace["clients"]],
    }
    try:
        try:
            world = bench.create_world(id=wanted["id"], **made)
        except Refused as refusal:
            if refusal.slug != "world-exists":
                raise
            world = bench.create_world(**made)
    except Refused as refusal:
        raise Unfit(f"ce simulateur ne peut pas faire ce monde : {_why(refusal)}") from None
    credentials.enter(bench, world)
    return world, credentials


def _why(refusal: Refused) -> str:
    """What the bench found wrong, member by member where it says so."""
    wrong = [f"{error['pointer']} : {error['detail']}" for error in refusal.problem.get("errors", ())]
    return " ".join(wrong) or str(refusal.problem.get("detail") or refusal)


class _Sender:
    def __init__(self, bench: BenchClient, world: Mapping[str, Any], credentials: Credentials) -> None:
        self._bench, self._world, self._credentials = bench, world, credentials
        self._now = str(world["now"])

    def send(self, trace: Trace, progress: Progress | None) -> dict[int, str]:
        """Every step; ranks of operations of the bench that were refused here → why."""
        steps, refused = trace["steps"], {}
        with session(TIMEOUT_S, limits=httpx.Limits(max_keepalive_connections=0)) as http:
            for rank, step in enumerate(steps, 1):
                if step["at"] > self._now:  # simultaneous exchanges are not always in the order of their instants
                    self._now = self._bench.do(self._world["id"], "PUT", "/clock", {"now": step["at"]})["now"]
                try:
                    if "request" in step:
                        self._request(http, step)
                    else:
                        self._operate(step["bench"])
                except Refused as refusal:
                    refused[rank] = str(refusal.problem.get("detail") or refusal)
                except CANNOT as error:
                    raise Unfit(f"l'étape {rank} ne s'envoie pas ({type(error).__name__}).") from error
                if progress:
                    progress(rank, len(steps))
        return refused

    def _operate(self, operation: Mapping[str, Any]) -> None:
        body = operation["body"]
        if operation["operation"] == "register-client":
            kids = [jwk["kid"] for jwk in (body.get("jwks") or {}).get("keys", ())]
            body = self._credentials.registration(body, kids)
        answer = self._bench.do(self._world["id"], operation["method"], operation["path"], body)
        self._credentials.learn(operation.get("gave", ()), list(secrets_of(answer)))

    def _request(self, http: httpx.Client, step: Mapping[str, Any]) -> None:
        sent, issuer, made = step["request"], self._world["issuer"], self._credentials
        client, path = step["expected"].get("client_id"), sent["path"]
        headers = {name: value.replace("{world}", issuer) for name, value in sent["headers"].items()}
        for name in {"authorization", "proxy-authorization", "cookie"} & set(headers):
            headers[name] = made.header(headers[name], client)
        body = base64.b64decode(sent["body_base64"]) if "body_base64" in sent else self._body(step).encode()
        url = httpx.URL(issuer)
        target = url.raw_path + quote(path, safe=AS_WRITTEN).encode()
        if "query" in sent:
            target += b"?" + made.plain(sent["query"]).encode("latin-1")
        request = httpx.Request(
            sent["method"],
            url,
            headers=[(name.encode(), value.encode("latin-1", "replace")) for name, value in headers.items()],
            content=body or None,
            extensions={"target": target},  # a client library would tidy up a URL: dots, encodings
        )
        try:
            answer = http.send(request)
        except (httpx.RemoteProtocolError, httpx.ReadError):
            return  # a fault may cut: the journal has what was answered
        except httpx.LocalProtocolError:
            raise  # a header that is none: nothing was sent
        except httpx.TransportError as error:
            raise PlatformUnreachable(f"pas de réponse de {issuer} ({type(error).__name__})") from error
        made.learn(step.get("gave", ()), list(secrets_of(answer.content)))

    def _body(self, step: Mapping[str, Any]) -> str:
        sent, made = step["request"], self._credentials
        body = sent.get("body", "").replace("{world}", self._world["issuer"])
        path = unquote(sent["path"]).rstrip("/")
        if path.endswith("/documents"):
            return _with_document(body)
        if path in ("/oauth2/token", "/oauth2/revoke"):
            return made.form(body, step["expected"].get("client_id"), step.get("as"))
        return str(body)


def _with_document(body: str) -> str:
    """The journal has the fingerprint of a document alone: another one takes its place."""
    start, mark, rest = body.partition('"redacted:sha256:')
    return f'{start}"{DOCUMENT}{rest[12:]}' if mark else body


def _compare(trace: Trace, bench: BenchClient, world: str, refused: Mapping[int, str], outcome: Outcome) -> None:
    answered = iter(bench.journal(world, form="canonical"))
    loose = {one["step"] for one in trace["not_replayable"]}
    for rank, step in enumerate(trace["steps"], 1):
        if "bench" in step:
            if rank in refused:
                outcome.differences.append(Difference(rank, step, "/bench", "accepté", refused[rank]))
            continue
        outcome.requests += 1
        outcome.loosely += rank in loose
        told = next(answered, None)
        if told is not None and told["response"]["body"]:  # its name was taken: the replay has another one
            told["response"]["body"] = told["response"]["body"].replace(f'"{world}"', f'"{trace["world"]["id"]}"')
        found = difference(rank, step, None if told is None else expected(told), loosely=rank in loose)
        if found is not None:
            outcome.differences.append(found)
