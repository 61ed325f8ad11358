"""A simulator in memory, called without a socket, and the identities to call it with."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from simulator.app import Simulator, create_app
from simulator.kit import clock, signing
from simulator.settings import Settings

BASE = "http://127.0.0.1:8700"
TOKEN = "bench-token-of-the-tests"
AGENT = "Essai/1.0 Editeur/essai"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
CLIENT_KEY = signing.derive_key("tests", "client")


class Platform:
    """Synchronous calls to one simulator."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self._serial = 0

    def __call__(self, method: str, path: str, **options: Any) -> httpx.Response:
        return self.together((method, path, options))[0]

    def together(self, *requests: tuple[str, str, dict[str, Any]]) -> list[httpx.Response]:
        """Several requests at once, answers in their order."""

        async def run() -> list[httpx.Response]:
            transport = httpx.ASGITransport(self.simulator)
            agent = {"user-agent": AGENT}
            async with httpx.AsyncClient(transport=transport, base_url=BASE, headers=agent) as http:
                return await asyncio.gather(*(http.request(m, p, **o) for m, p, o in requests))

        return asyncio.run(run())

    def bench(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {"authorization": f"Bearer {TOKEN}", **options.pop("headers", {})}
        return self(method, f"/bench/v1{path}", headers=headers, **options)

    def world(self, **body: Any) -> dict[str, Any]:
        """A world where the software `essai` (key `k1`, secret `s3cret`) is registered."""
        client = {
            "client_id": "essai",
            "name": "Essai",
            "secret": "s3cret",
            "jwks": {"keys": [signing.public_jwk(CLIENT_KEY, "k1")]},
        }
        wanted = {"seed": "graine", "now": "2026-11-23T09:00:00Z", "clients": [client], **body}
        answer = self.bench("POST", "/worlds", json=wanted)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def software(self, world: dict[str, Any], **changes: Any) -> dict[str, str]:
        """The form fields that authenticate the software."""
        assertion = self.assertion(world, CLIENT_KEY, "k1", "essai", **changes)
        return {"client_assertion_type": ASSERTION, "client_assertion": assertion}

    def assertion(self, world: dict[str, Any], key: signing.PrivateKey, kid: str, subject: str, **changes: Any) -> str:
        self._serial += 1
        now = int(clock.real_now().timestamp())
        claims = {"iss": subject, "sub": subject, "aud": world["issuer"], "iat": now, "exp": now + 60}
        return signing.jws({**claims, "jti": f"jti-{self._serial}", **changes}, key, kid=kid)

    def credential(self, world: dict[str, Any], persona: str, **changes: Any) -> str:
        """An assertion of that professional."""
        who = next(p for p in world["professionals"] if p["persona"] == persona)
        key = self.simulator.worlds._cache[world["id"]].keys.professional(who["inpe"])
        claims = {
            "inpe": who["inpe"],
            "role": who["role"],
            "establishment": who["establishment"]["id"],
            "acr": "fse:acr:2",
        }
        return self.assertion(world, key, who["kid"], who["inpe"], **{**claims, **changes})

    def token(self, world: dict[str, Any], form: dict[str, str]) -> httpx.Response:
        return self("POST", f"{world['issuer']}/oauth2/token", data=form)

    def bearer(self, world: dict[str, Any], persona: str) -> dict[str, str]:
        """The Authorization header of a professional."""
        form = {"grant_type": JWT_BEARER, "assertion": self.credential(world, persona)}
        answer = self.token(world, {**self.software(world), **form})
        assert answer.status_code == 200, answer.text
        return {"authorization": f"Bearer {answer.json()['access_token']}"}


@pytest.fixture
def platform() -> Iterator[Platform]:
    simulator = create_app(Settings(base_url=BASE, bench_token=TOKEN))
    yield Platform(simulator)
    simulator.close()
