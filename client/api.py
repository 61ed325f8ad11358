"""A small typed client of the FSE API, for the suite, the load and the fuzz. Not an editor's example:
that is the reference editor.

Money and quantities travel as strings, as on the wire. Client assertions are signed on real time, the only
time a client has; everything else is the world's.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from typing import Any

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey

from client.http import FSE_VERSION, USER_AGENT, send, session

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
#: What the professional's card proves: issuing needs the second level, executing the first.
ACR = {"prescriber": "fse:acr:2"}


def assertion(key: ECKey, kid: str, issuer: str, subject: str, **claims: Any) -> str:
    """A signed assertion valid 60 s of real time, single use (`jti`)."""
    now = int(time.time())
    body = {
        "iss": subject,
        "sub": subject,
        "aud": issuer,
        "iat": now,
        "exp": now + 60,
        "jti": secrets.token_urlsafe(16),
        **claims,
    }
    return jwt.encode({"alg": "ES256", "kid": kid}, body, key, algorithms=["ES256"])


class Software:
    """The identity of a software: client id, key id and private key (PEM-less, a joserfc `ECKey`)."""

    def __init__(self, client_id: str, kid: str, key: ECKey | None = None) -> None:
        self.client_id = client_id
        self.kid = kid
        self.key = key or ECKey.generate_key("P-256")

    def jwks(self) -> dict[str, Any]:
        """The public keys to register in a world."""
        return {"keys": [{**self.key.as_dict(private=False), "kid": self.kid, "use": "sig", "alg": "ES256"}]}


class FseClient:
    """One professional (or the software alone) in one world. `issuer` is the world's base URL."""

    def __init__(
        self,
        issuer: str,
        software: Software,
        professional: Mapping[str, Any] | None = None,
        timeout: float = 30.0,
    ) -> None:
        self.issuer = issuer
        self._software = software
        self._professional = professional
        self._token: str | None = None
        self._http = session(timeout, headers={"User-Agent": USER_AGENT, "FSE-Version": FSE_VERSION})

    def close(self) -> None:
        self._http.close()

    def token(self) -> str:
        """A current access token; asked for once, then kept (a case lives less than ten minutes)."""
        if self._token is None:
            form = {
                "client_assertion_type": ASSERTION_TYPE,
                "client_assertion": assertion(
                    self._software.key, self._software.kid, self.issuer, self._software.client_id
                ),
            }
            who = self._professional
            if who is None:
                form["grant_type"] = "client_credentials"
            else:
                key = ECKey.import_key(dict(who["private_jwk"]))
                form["grant_type"] = JWT_BEARER
                form["assertion"] = assertion(
                    key,
                    who["kid"],
                    self.issuer,
                    who["inpe"],
                    inpe=who["inpe"],
                    role=who["role"],
                    establishment=who["establishment"]["id"],
                    acr=ACR.get(who["role"], "fse:acr:1"),
                )
            answer = send(self._http, "POST", f"{self.issuer}/oauth2/token", data=form)
            self._token = str(answer.json()["access_token"])
        return self._token

    def forget_token(self) -> None:
        """Ask for a new token at the next call (after the world's clock has moved)."""
        self._token = None

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        **options: Any,
    ) -> httpx.Response:
        """One authenticated request below the world; `Refused` carries the problem."""
        sent = {"Authorization": f"Bearer {self.token()}", **(headers or {})}
        if body is not None:
            options["json"] = body
        return send(self._http, method, self.issuer + path, headers=sent, **options)

    def medicines(self, **filters: str) -> list[dict[str, Any]]:
        """One page (100 rows at most) of the medicines list in force, filtered by the platform."""
        page = self.call("GET", "/v1/nomenclature/medicines", params={"limit": "100", **filters}).json()
        return list(page["items"])

    def issue(self, sheet: Mapping[str, Any]) -> dict[str, Any]:
        """Issue a sheet; the 201 body, secrets included."""
        return dict(self.call("POST", "/v1/care-sheets", sheet, _once()).json())

    def cancel(self, number: str, revision: int, reason: str) -> dict[str, Any]:
        headers = {"If-Match": f'"{revision}"'}
        path = f"/v1/care-sheets/{number}/cancellation"
        return dict(self.call("POST", path, {"reason": reason}, headers).json())

    def resolve(self, hold: bool = True, **how: str) -> dict[str, Any]:
        """Resolve by `scan=` or by `number=` and `backup_code=`, taking the lease when `hold`."""
        return dict(self.call("POST", "/v1/resolutions", {**how, "hold": hold}).json())

    def execute(self, resolved: Mapping[str, Any], performed_at: str, lines: list[Any]) -> dict[str, Any]:
        """Record a visit on the section that `resolve` answered with."""
        headers = {
            **_once(),
            "If-Match": f'"{resolved["revision"]}"',
            "FSE-Lease": str(resolved["lease"]["id"]),
        }
        path = f"/v1/care-sheets/{resolved['number']}/sections/{resolved['section']['type']}/executions"
        return dict(self.call("POST", path, {"performed_at": performed_at, "lines": lines}, headers).json())

    def release(self, number: str, section: str) -> None:
        self.call("DELETE", f"/v1/care-sheets/{number}/sections/{section}/lease")

    def claim(self, claim: str) -> dict[str, Any]:
        return dict(self.call("GET", f"/v1/claims/{claim}").json())

    def document(self, number: str) -> bytes:
        """The printable prescription, PDF."""
        return self.call("GET", f"/v1/care-sheets/{number}/document.pdf").content


def _once() -> dict[str, str]:
    return {"Idempotency-Key": secrets.token_urlsafe(18)}
