"""A simulator in memory, called without a socket, and the identities to call it with."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from simulator.app import Simulator, create_app
from simulator.kit import clock, signing
from simulator.operations import ROUTES
from simulator.settings import Settings
from tests.simulator.catalogue.scene import Scene
from tests.simulator.database import fresh_url
from tests.simulator.lifecycle.door import Door, open_door

BASE = "http://127.0.0.1:8700"
TOKEN = "bench-token-of-the-tests"
AGENT = "Essai/1.0 Editeur/essai"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
BUILT_BY_HAND = {"care-sheets", "resolutions", "executions", "claims", "events", "patients", "indicators"}
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

        answers = asyncio.run(run())
        for answer in answers:
            require_documented_shape(answer)
        return answers

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
        """An assertion of that professional, or of that patient."""
        keys = self.simulator.worlds._cache[world["id"]].keys
        for patient in (p for p in world["beneficiaries"] if p["persona"] == persona):
            number, rank = patient["registration_number"], patient["dependant_rank"]
            subject = f"{number}/{rank}"
            return self.assertion(
                world, keys.patient(number, rank), patient["kid"], subject, **{"role": "patient", **changes}
            )
        who = next(p for p in world["professionals"] if p["persona"] == persona)
        key = keys.professional(who["inpe"])
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
        """The Authorization header of a professional, or of a patient."""
        form = {"grant_type": JWT_BEARER, "assertion": self.credential(world, persona)}
        answer = self.token(world, {**self.software(world), **form})
        assert answer.status_code == 200, answer.text
        return {"authorization": f"Bearer {answer.json()['access_token']}"}


def require_documented_shape(answer: httpx.Response) -> None:
    """A successful JSON answer is what its documented shape would have written, byte for byte."""
    if not answer.is_success or answer.headers.get("content-type") != "application/json":
        return
    _, world, path = answer.request.url.path.partition("/w/")
    place = "/" + path.partition("/")[2]
    for route in ROUTES if world else ():
        if route.method == answer.request.method and route.pattern.fullmatch(place):
            if route.answer is not None and route.tag in BUILT_BY_HAND:
                written = route.answer.model_validate_json(answer.content).model_dump_json(exclude_none=True)
                assert written == answer.text
            return


@pytest.fixture
def platform() -> Iterator[Platform]:
    simulator = create_app(Settings(base_url=BASE, bench_token=TOKEN, database=fresh_url()))
    yield Platform(simulator)
    simulator.close()


class Counter:
    """One world and the people who meet in it, from the surgery to the pharmacy's counter."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.world = platform.world()
        self._bearers: dict[str, dict[str, str]] = {}
        self._serial = 0

    def call(self, persona: str, method: str, path: str, **options: Any) -> httpx.Response:
        """A call below the world, authenticated as that persona."""
        return self.together((persona, method, path, options))[0]

    def together(self, *calls: tuple[str, str, str, dict[str, Any]]) -> list[httpx.Response]:
        """Several calls at once."""
        return self.platform.together(*(self._request(*call) for call in calls))

    def _request(self, persona: str, method: str, path: str, options: dict[str, Any]) -> Any:
        if persona not in self._bearers:
            self._bearers[persona] = self.platform.bearer(self.world, persona)
        headers = {**self._bearers[persona], **options.get("headers", {})}
        return method, f"{self.world['issuer']}{path}", {**options, "headers": headers}

    def key(self) -> dict[str, str]:
        """A fresh Idempotency-Key."""
        self._serial += 1
        return {"idempotency-key": f"cle-{self._serial}"}

    def trail(self, subject: str) -> list[dict[str, Any]]:
        """The entries of the audit about a subject, oldest first."""
        answer = self.platform.bench("GET", f"/worlds/{self.world['id']}/audit", params={"subject": subject})
        return list(answer.json()["entries"])

    def try_issue(self, body: dict[str, Any], persona: str = "gp") -> httpx.Response:
        return self.call(persona, "POST", "/v1/care-sheets", json=body, headers=self.key())

    def issue(self, *medicines: dict[str, Any], **changes: Any) -> dict[str, Any]:
        """A consultation at 150.00 and these medicines (by default two boxes of one)."""
        answer = self.try_issue(sheet_request(*medicines, **changes))
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def approve(self, sheet: dict[str, Any], section: str, quantity: str, line: int = 1) -> None:
        """The prior approval of a line, asked for by the author and granted."""
        body = {"number": sheet["number"], "section": section, "line": line, "quantity": quantity, "motive": "Utile"}
        asked = self.call("gp", "POST", "/v1/prior-approvals", json=body, headers=self.key())
        assert asked.status_code == 201, asked.text
        decision = {"approval": asked.json()["id"], "decision": "granted"}
        decided = self.platform.bench("POST", f"/worlds/{self.world['id']}/decisions", json=decision)
        assert decided.status_code == 200, decided.text

    def resolve(self, proof: dict[str, Any], persona: str = "pharmacy") -> httpx.Response:
        return self.call(persona, "POST", "/v1/resolutions", json=proof)

    def hold(self, sheet: dict[str, Any], persona: str = "pharmacy") -> dict[str, Any]:
        """The answer to the scan of a sheet, its section held."""
        answer = self.resolve({"scan": sheet["qr"]["payload"], "hold": True}, persona)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def execution(self, held: dict[str, Any], *lines: dict[str, Any], **changes: Any) -> Any:
        """The call that executes lines of a held section; `changes`: persona, headers, performed_at."""
        headers = {"if-match": f'"{held["revision"]}"', "fse-lease": held["lease"]["id"], **self.key()}
        headers |= changes.get("headers", {})
        headers = {name: value for name, value in headers.items() if value is not None}
        body = {"performed_at": changes.get("performed_at", "2026-11-23T09:00:00Z"), "lines": list(lines)}
        path = f"/v1/care-sheets/{held['number']}/sections/pharmacy/executions"
        return changes.get("persona", "pharmacy"), "POST", path, {"headers": headers, "json": body}

    def execute(self, held: dict[str, Any], *lines: dict[str, Any], **changes: Any) -> httpx.Response:
        return self.together(self.execution(held, *lines, **changes))[0]

    def cancel(self, sheet: dict[str, Any], persona: str = "gp", revision: int = 1) -> httpx.Response:
        path = f"/v1/care-sheets/{sheet['number']}/cancellation"
        headers = {"if-match": f'"{revision}"'}
        return self.call(persona, "POST", path, json={"reason": "Erreur de produit"}, headers=headers)

    def advance(self, **duration: int) -> None:
        """Move the world's clock: days, hours, seconds. Tokens expire with it."""
        seconds = int(timedelta(**duration).total_seconds())
        answer = self.platform.bench("POST", f"/worlds/{self.world['id']}/clock/advance", json={"seconds": seconds})
        assert answer.status_code == 200, answer.text
        self._bearers.clear()

    def state(self, number: str) -> dict[str, Any]:
        """What the platform holds of one sheet."""
        answer = self.platform.bench("GET", f"/worlds/{self.world['id']}/state", params={"number": number})
        return dict(answer.json()["care_sheets"][0])


AMOXIRAM, AMOXIRAM_1G = "6118999000018", "6118999000025"


def medicine(ean13: str | None = AMOXIRAM, **changes: Any) -> dict[str, Any]:
    """A prescribed medicine, two boxes unless said otherwise."""
    line = {"quantity": "2", "unit": "box", "posology": "1 matin et soir", "duration_days": 7, **changes}
    return line if ean13 is None else {"ean13": ean13, **line}


def delivered(line: int = 1, quantity: str = "2", **changes: Any) -> dict[str, Any]:
    """A line of an execution."""
    done = {"line": line, "outcome": "executed", "quantity": quantity, "ean13": AMOXIRAM, "charged": "84.60"}
    return {name: value for name, value in {**done, **changes}.items() if value is not None}


def sheet_request(*medicines: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The body of an issuance."""
    return {
        "date_of_care": "2026-11-23",
        "beneficiary": {"registration_number": "100000001", "dependant_rank": 0},
        "sections": [
            {"type": "prescriber", "lines": [{"act_code": "C", "quantity": "1", "charged": "150.00"}]},
            {"type": "pharmacy", "lines": list(medicines) or [medicine()]},
        ],
        **changes,
    }


@pytest.fixture
def make() -> SimpleNamespace:
    """Builders of request parts: `make.medicine`, `make.delivered`, `make.sheet`."""
    return SimpleNamespace(medicine=medicine, delivered=delivered, sheet=sheet_request)


@pytest.fixture(scope="package")
def shared() -> Iterator[Platform]:
    """One simulator for many tests: each works in a world of its own."""
    simulator = create_app(Settings(base_url=BASE, bench_token=TOKEN, database=fresh_url()))
    yield Platform(simulator)
    simulator.close()


@pytest.fixture
def counter(shared: Platform) -> Counter:
    return Counter(shared)


@pytest.fixture(scope="module")
def door() -> Iterator[Door]:
    """One simulator for the tests of a module: each plays in a world of its own."""
    opened = open_door()
    yield opened
    opened.close()


@pytest.fixture
def play(door: Door) -> Scene:
    return Scene(door)
