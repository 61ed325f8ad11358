"""Calls a simulator in this very process and keeps what was said, by operation, for the document's examples.

Everything comes from a seed and a frozen clock, except what a client signs on real time: tokens are cut short, and so
are receipts, signed lists and pictures, which would teach nothing by their length.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from typing import Any

import httpx

from simulator.app import create_app
from simulator.kit.answer import CSV
from simulator.kit.versions import SERVED
from simulator.operations import ROUTES
from simulator.settings import Settings

BASE, TOKEN, WORLD = "http://127.0.0.1:8700", "recording", "default"
NOW = "2026-11-23T09:00:00Z"
AGENT = "MonLogiciel/1.0 MonEntreprise/demo"
FIRST_HOUR = "urn:fse:params:oauth:grant-type:first-hour"
_TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
_SIGNED = re.compile(r"eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+")
_WEBHOOK = re.compile(r"whsec_[A-Za-z0-9+/]+=*")


class Recorder:
    """One world of an in-memory simulator.

    `examples`: operation → requests and answers; `headers`: (operation, status) → names that every such answer had.
    """

    def __init__(self) -> None:
        self.simulator = create_app(Settings(base_url=BASE, bench_token=TOKEN, default_world=False))
        self.examples: dict[str, Any] = {}
        self.headers: dict[tuple[str, int], set[str]] = {}
        self._tokens: dict[str, str] = {}
        self._serial = 0
        demo = {"client_id": "demo", "name": "Première heure", "secret": "demo-secret"}
        self.bench("POST", "/worlds", {"id": WORLD, "seed": "exemples", "now": NOW, "clients": [demo]})

    def close(self) -> None:
        self.simulator.close()

    def bench(self, method: str, path: str, body: Any = None) -> Any:
        """A call to the bench, not kept."""
        answer = self._send(method, f"/bench/v1{path}", {"authorization": f"Bearer {TOKEN}"}, json=body)
        if not answer.is_success:
            raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer.json() if answer.content else None

    def advance(self, seconds: int) -> None:
        """Move the world's clock; tokens of before are forgotten."""
        self.bench("POST", f"/worlds/{WORLD}/clock/advance", {"seconds": seconds})
        self._tokens.clear()

    def __call__(
        self,
        who: str,
        method: str,
        path: str,
        body: Any = None,
        *,
        name: str = "exemple",
        expect: int = 200,
        once: bool = False,
        match: object = None,
        lease: str | None = None,
        keep: bool = True,
    ) -> Any:
        """One call below the world by that person (INPE, ``number/rank``, ``software``, or nobody), kept under `name`.

        Raises RuntimeError when the status is not the one expected.
        """
        headers = {"authorization": f"Bearer {self.token(who)}"} if who else {}
        self._serial += 1
        if once:
            headers["idempotency-key"] = f"exemple-{self._serial:04d}"
        if match is not None:
            headers["if-match"] = f'"{match}"'
        if lease:
            headers["fse-lease"] = lease
        answer = self._send(method, f"/w/{WORLD}{path}", headers, json=body)
        if answer.status_code != expect:
            raise RuntimeError(f"{method} {path} ({name}): {answer.status_code}, expected {expect}: {answer.text}")
        value = self._value(answer)
        if keep:
            self._keep(method, path.partition("?")[0], name, body, answer.status_code, value)
        return answer.json() if "json" in answer.headers.get("content-type", "") else answer.content

    def token(self, who: str) -> str:
        """A first-hour token of a person, or the software's own."""
        if who not in self._tokens:
            form = {"grant_type": FIRST_HOUR, "patient" if "/" in who else "inpe": who}
            if who == "software":
                form = {"grant_type": "client_credentials"}
            self._tokens[who] = str(self.form("/oauth2/token", form, name=_kind(who))["access_token"])
        return self._tokens[who]

    def form(self, path: str, form: Mapping[str, str], *, name: str) -> Any:
        """A form sent by the software, authenticated by its secret; kept."""
        answer = self._send("POST", f"/w/{WORLD}{path}", {}, data=form, auth=("demo", "demo-secret"))
        if not answer.is_success:
            raise RuntimeError(f"{path} ({name}): {answer.status_code} {answer.text}")
        value = self._value(answer)
        shown = {key: _SIGNED.sub(_cut, text) for key, text in form.items()}
        self._keep("POST", path, name, shown, answer.status_code, value)
        return answer.json() if answer.content else None

    def _send(self, method: str, path: str, headers: Mapping[str, str], **options: Any) -> httpx.Response:
        async def run() -> httpx.Response:
            transport = httpx.ASGITransport(self.simulator)
            given = {"user-agent": AGENT, "traceparent": _TRACE, "fse-version": SERVED[-1], **headers}
            async with httpx.AsyncClient(transport=transport, base_url=BASE) as http:
                return await http.request(method, path, headers=given, **options)

        answer = asyncio.run(run())
        if operation := _operation(method, path.removeprefix(f"/w/{WORLD}").partition("?")[0]):
            named = set(answer.headers)
            self.headers.setdefault((operation, answer.status_code), named).intersection_update(named)
        return answer

    def _value(self, answer: httpx.Response) -> Any:
        media = answer.headers.get("content-type", "")
        if "json" in media:
            text = _SIGNED.sub(_cut, answer.text)
            return json.loads(_WEBHOOK.sub("whsec_" + "A" * 43 + "=", text))
        if media.startswith(CSV):
            return answer.text.removeprefix("\ufeff")
        return answer.text[:200] + "…" if media.startswith("image/svg") else None

    def _keep(self, method: str, path: str, name: str, body: Any, status: int, value: Any) -> None:
        operation = _operation(method, path)
        if operation is None:
            return
        kept = self.examples.setdefault(operation, {})
        if body is not None and status < 400:
            kept.setdefault("requests", {}).setdefault(name, body)
        if value is not None:
            kept.setdefault("answers", {}).setdefault(str(status), {}).setdefault(name, value)


def _kind(who: str) -> str:
    return "logiciel" if who == "software" else "patient" if "/" in who else "professionnel"


def _cut(found: re.Match[str]) -> str:
    """The first characters of something signed."""
    return f"{found[0][:20]}…"


def _operation(method: str, path: str) -> str | None:
    """The id of the operation that answers there; None for what is not in the contract."""
    for route in ROUTES:
        if route.method == method and route.pattern.fullmatch(path):
            return route.operation if route.documented else None
    return None
