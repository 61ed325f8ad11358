"""A simulator called in process without an HTTP library, and the people who call it: thousands of calls in seconds."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from cryptography.hazmat.primitives.asymmetric import ec

from simulator.app import Simulator, create_app
from simulator.kit import clock, signing
from simulator.settings import Settings
from tests.simulator.database import fresh_url

TOKEN = "bench-token-of-the-tests"
VERSION = "2026-01-01"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
CLIENT_KEY = signing.derive_key("tests", "client")
CLIENTS = ("essai", "essai-2")


@dataclass(frozen=True)
class Reply:
    """An answer as it left: header names in lower case."""

    method: str
    path: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def slug(self) -> str | None:
        """The problem's code, or None for a success."""
        return self.json().get("code") if self.status >= 400 else None


def open_door() -> Door:
    """A new simulator on a fresh database (see `tests.simulator.database`)."""
    settings = Settings(base_url="http://127.0.0.1:8700", bench_token=TOKEN, database=fresh_url())
    return Door(create_app(settings))


class Door:
    """Synchronous calls to one simulator, one at a time; `heard` is told of every answer."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.heard: list[Any] = []
        self._loop = asyncio.new_event_loop()

    def close(self) -> None:
        self._loop.close()
        self.simulator.close()

    def __call__(self, method: str, url: str, **options: Any) -> Reply:
        """`options`: headers, body (bytes as they are, anything else as JSON), query."""
        return self.together((method, url, options))[0]

    def together(self, *requests: tuple[str, str, dict[str, Any]]) -> list[Reply]:
        """Several requests at once, answers in their order."""

        async def all_of_them() -> list[Reply]:
            return await asyncio.gather(*(self._exchange(m, url, **options) for m, url, options in requests))

        replies = self._loop.run_until_complete(all_of_them())
        for hear in self.heard:
            for reply in replies:
                hear(reply)
        return replies

    def slowly(self, slow: tuple[str, str, dict[str, Any]], meanwhile: tuple[str, str, dict[str, Any]]) -> list[Reply]:
        """The answers of two requests: the body of the first comes once the second was answered."""

        async def both() -> list[Reply]:
            gate = asyncio.Event()
            (method, url, options), (other, its_url, its_options) = slow, meanwhile
            first = asyncio.ensure_future(self._exchange(method, url, **options, gate=gate))
            await asyncio.sleep(0.05)
            second = await self._exchange(other, its_url, **its_options)
            gate.set()
            return [await first, second]

        return self._loop.run_until_complete(both())

    async def _exchange(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str | None] | None = None,
        body: Any = None,
        query: str = "",
        stalled: bool = False,
        gate: asyncio.Event | None = None,
    ) -> Reply:
        """`stalled`: the body is announced and never comes; `gate`: it comes once that is set."""
        parts = urlsplit(url)
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        given: dict[str, str | None] = {
            "host": "127.0.0.1:8700",
            "user-agent": "Essai/1.0 Editeur/essai",
            "fse-version": VERSION,
        }
        if body is not None:
            given |= {"content-type": "application/json", "content-length": str(len(content) or int(stalled))}
        given |= headers or {}
        sent: list[Any] = []

        async def receive() -> Any:
            if stalled:
                await asyncio.sleep(3600)
            if gate is not None:
                await gate.wait()
            return {"type": "http.request", "body": content, "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        await self.simulator(
            {
                "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
                "path": parts.path, "raw_path": parts.path.encode(), "query_string": (query or parts.query).encode(),
                "root_path": "", "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8700),
                "headers": [(name.encode(), value.encode()) for name, value in given.items() if value is not None],
            },
            receive,
            send,
        )  # fmt: skip
        back = {name.decode("latin-1"): value.decode("latin-1") for name, value in sent[0]["headers"]}
        whole = b"".join(message.get("body", b"") for message in sent[1:])
        return Reply(method, parts.path, sent[0]["status"], back, whole)

    def bench(self, method: str, path: str, body: Any = None, query: str = "") -> Any:
        """A call of the control plane that must succeed; its JSON."""
        headers = {"authorization": f"Bearer {TOKEN}"}
        reply = self(method, f"/bench/v1{path}", headers=headers, body=body, query=query)
        assert reply.status < 300, reply.body
        return reply.json() if reply.body else None

    def world(self, **changes: Any) -> World:
        """A fresh world where two products of one editor are registered."""
        jwks = {"keys": [signing.public_jwk(CLIENT_KEY, "k1")]}
        clients = [{"client_id": name, "name": name, "secret": "s3cret", "jwks": jwks} for name in CLIENTS]
        wanted = {"seed": "graine", "now": "2026-11-23T09:00:00Z", "clients": clients, **changes}
        return World(self, self.bench("POST", "/worlds", wanted))


class World:
    """One world and tokens of its people; tokens are asked again after every move of the clock."""

    _serial = 0

    def __init__(self, door: Door, made: Mapping[str, Any]) -> None:
        self.door, self.made = door, made
        self.id, self.issuer = made["id"], made["issuer"]
        self.path = urlsplit(self.issuer).path
        self.people = {p["persona"]: p for p in made["professionals"]}
        self.patients = {p["persona"]: p for p in made["beneficiaries"]}
        self._bearers: dict[tuple[str, str], str] = {}
        self._now = made["now"]

    def call(self, actor: str, method: str, path: str, *, client: str = "essai", **options: Any) -> Reply:
        """A call below the world as a persona, ``patient:<persona>``, ``software`` or ``anonymous``."""
        headers = dict(options.pop("headers", None) or {})
        if actor != "anonymous":
            headers.setdefault("authorization", f"Bearer {self.bearer(actor, client)}")
        return self.door(method, f"{self.path}{path}", headers=headers, **options)

    def bearer(self, actor: str, client: str = "essai") -> str:
        """An access token, asked once per instant of the world."""
        if (actor, client) not in self._bearers:
            reply = self.token(actor, client)
            assert reply.status == 200, (actor, reply.body)
            self._bearers[actor, client] = reply.json()["access_token"]
        return self._bearers[actor, client]

    def token(self, actor: str, client: str = "essai", **changes: Any) -> Reply:
        """The token endpoint's answer; `changes` alter the claims of the person's assertion."""
        form = {"grant_type": "client_credentials", **self.software(client)}
        if actor != "software":
            form |= {"grant_type": JWT_BEARER, "assertion": self.credential(actor, **changes)}
        headers = {"content-type": "application/x-www-form-urlencoded"}
        return self.door("POST", f"{self.path}/oauth2/token", headers=headers, body=urlencode(form).encode())

    def software(self, client: str = "essai", **changes: Any) -> dict[str, str]:
        """The form fields that authenticate a product."""
        return {
            "client_assertion_type": ASSERTION,
            "client_assertion": self.assertion(CLIENT_KEY, "k1", client, **changes),
        }

    def credential(self, actor: str, **changes: Any) -> str:
        """The assertion of a professional, an agent or a patient."""
        kind, _, name = actor.rpartition(":")
        if kind == "patient":
            who = self.patients[name]
            subject, claims = f"{who['registration_number']}/{who['dependant_rank']}", {"role": "patient"}
        else:
            who = self.people[name]
            subject = who["inpe"]
            claims = {"inpe": subject, "role": who["role"], "establishment": who["establishment"]["id"]}
        claims["acr"] = "fse:acr:2"
        key = ec.derive_private_key(int.from_bytes(signing.unb64(who["private_jwk"]["d"])), ec.SECP256R1())
        return self.assertion(key, who["kid"], subject, **{**claims, **changes})

    def assertion(self, key: signing.PrivateKey, kid: str, subject: str, **changes: Any) -> str:
        """A fresh signed assertion, valid for a minute of real time."""
        World._serial += 1
        now = int(clock.real_now().timestamp())
        claims = {"iss": subject, "sub": subject, "aud": self.issuer, "iat": now, "exp": now + 60}
        return signing.jws({**claims, "jti": f"jti-{World._serial}", **changes}, key, kid=kid)

    def advance(self, seconds: int) -> None:
        """Move the clock; tokens made before may have expired."""
        self._now = self.door.bench("POST", f"/worlds/{self.id}/clock/advance", {"seconds": seconds})["now"]
        self._bearers.clear()

    def state(self, number: str) -> dict[str, Any]:
        """What the platform says it holds of one sheet."""
        dumped = self.door.bench("GET", f"/worlds/{self.id}/state", query=f"number={number}")
        return dict(dumped["care_sheets"][0])
