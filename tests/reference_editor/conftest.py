"""A tiny stand-in for the platform: just enough answers, scripted by each test, with every request kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import base45
import httpx
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from joserfc import jws
from joserfc.jwk import ECKey

from conformance.reference_editor.editor import ReferenceEditor

ISSUER = "http://127.0.0.1:9/w/test"
NUMBER = "2604817390552494"
BACKUP = "ABCDEFGHV"
Json = dict[str, Any]


def private_key() -> ECKey:
    return ECKey.generate_key("P-256")


class FakeCnss:
    """``answers[(method, path)]`` is a response, a list of them, or a function of the request."""

    def __init__(self) -> None:
        self.trust, self.qr = private_key(), ec.generate_private_key(ec.SECP256R1())
        self.now = "Mon, 23 Nov 2026 09:00:00 GMT"
        self.tokens = 0
        self.published = {7: self.qr}
        self.answers: dict[tuple[str, str], Any] = {
            ("POST", "/oauth2/token"): self.token,
            ("GET", "/.well-known/fse-keys.json"): self.keys,
            ("POST", "/v1/rights-checks"): {"open": True, "regime": "salaried"},
        }
        self.seen: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        path = request.url.path.removeprefix("/w/test")
        answer = self.answers[request.method, path]
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        if callable(answer):
            answer = answer(request)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, dict):
            answer = httpx.Response(200, json=answer)
        answer.headers.setdefault("Date", self.now)
        return answer

    def token(self, request: httpx.Request) -> Json:
        self.tokens += 1
        return {"access_token": f"token-{self.tokens}", "token_type": "Bearer", "expires_in": 600}

    def keys(self, request: httpx.Request) -> Json:
        keys = []
        for kid, key in self.published.items():
            jwk = ECKey.import_key(key.public_key()).as_dict(private=False)
            keys.append({"kid": kid, **{name: jwk[name] for name in ("kty", "crv", "x", "y")}, "status": "current"})
        payload = json.dumps({"issuer": ISSUER, "environment": "test", "keys": keys})
        return {"keys": jws.serialize_compact({"alg": "ES256"}, payload, self.trust)}

    def payload(
        self, *, issued: int = 1057, until: int = 1147, flags: int = 1, key_id: int = 7, number: str = NUMBER
    ) -> str:
        """A signed payload; day 1057 is 2026-11-23."""
        body = b"\x01" + key_id.to_bytes(2) + int(number).to_bytes(7)
        body += issued.to_bytes(2) + until.to_bytes(2) + bytes([flags]) + bytes(range(16))
        r, s = decode_dss_signature(self.qr.sign(b"FSE1" + body, ec.ECDSA(hashes.SHA256())))
        return "FSE1:" + base45.b45encode(body + r.to_bytes(32) + s.to_bytes(32)).decode()

    def requests(self, method: str, path: str) -> list[httpx.Request]:
        return [r for r in self.seen if r.method == method and r.url.path == f"/w/test{path}"]

    def section(self, **changes: Any) -> Json:
        line = {"line": 1, "label": "AMOXI-TEST 500", "ean13": "6118000000014", "quantity": "2"}
        return {
            "number": NUMBER,
            "revision": 3,
            "section": {"type": "pharmacy", "lines": [{**line, "remaining": "2", "state": "open"}]},
            "lease": {"id": "lea-1", "establishment": "PHA-KEN-01", "expires_at": "2026-11-23T11:00:00Z"},
            "warnings": [],
            **changes,
        }

    def settings(self) -> Json:
        def person(inpe: str, role: str, place: str) -> Json:
            establishment = {"id": place, "name": place, "address": "Kénitra"}
            jwk = private_key().as_dict(private=True)
            return {
                "inpe": inpe,
                "role": role,
                "name": "Dr Essai",
                "establishment": establishment,
                "kid": f"pro-{inpe}",
                "private_jwk": jwk,
            }

        return {
            "issuer": ISSUER,
            "trust_anchor": self.trust.as_dict(private=False),
            "client_id": "editeur-reference",
            "client_key_id": "ref-1",
            "now": "2026-11-23T09:00:00Z",
            "professionals": [
                person("100000011", "prescriber", "CAB-KEN-01"),
                person("200000012", "pharmacy", "PHA-KEN-01"),
            ],
        }


def problem(status: int, code: str, **members: Any) -> httpx.Response:
    body = {"type": f"{ISSUER}/problems/{code}", "code": code, "status": status, "title": "Refus", **members}
    return httpx.Response(status, json=body, headers={"Content-Type": "application/problem+json"})


def issued_sheet(payload: str, number: str = NUMBER) -> httpx.Response:
    totals = {"charged": "150.00", "cnss_share": "56.00", "patient_share": "94.00"}
    sheet = {
        "number": number,
        "revision": 1,
        "qr": {"payload": payload},
        "backup_code": BACKUP,
        "claims": [{"id": "clm-1", "totals": totals}],
        "warnings": [{"code": "x", "message": "Prix à vérifier."}],
    }
    return httpx.Response(201, json=sheet, headers={"ETag": '"1"'})


@pytest.fixture
def cnss() -> FakeCnss:
    return FakeCnss()


@pytest.fixture
def make_problem() -> Callable[..., httpx.Response]:
    return problem


@pytest.fixture
def make_issued() -> Callable[..., httpx.Response]:
    return issued_sheet


@pytest.fixture
def editor(cnss: FakeCnss) -> ReferenceEditor:
    editor = ReferenceEditor(transport=httpx.MockTransport(cnss))
    editor.backoff_s = 0.0
    assert editor.run("configure", cnss.settings()).status == "completed"
    return editor


@pytest.fixture
def order() -> Json:
    """What the prescriber types."""
    return {
        "professional": "100000011",
        "beneficiary": {"registration_number": "100000001", "dependant_rank": 0},
        "date_of_care": "2026-11-23",
        "acts": [{"act_code": "C", "quantity": "1", "charged": "150.00"}],
        "medicines": [
            {
                "ean13": "6118000000014",
                "quantity": "2",
                "unit": "box",
                "posology": "1 matin",
                "duration_days": 7,
                "substitution_allowed": False,
            }
        ],
        "acknowledge_closed_rights": False,
    }


@pytest.fixture
def make_azerty() -> Callable[[str], str]:
    """What a scanner set for a US keyboard types on a French one."""
    table = dict(zip("1234567890$%*-./:AQZWM", "&é\"'(-è_çà458):!MQAWZ?", strict=True))
    return lambda text: "".join(table.get(character, character) for character in text)
