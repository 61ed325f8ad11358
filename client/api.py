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


def credential(who: Mapping[str, Any], issuer: str) -> str:
    """The assertion of a person as the bench describes him: a professional, a CNSS agent or a patient."""
    key = ECKey.import_key(dict(who["private_jwk"]))
    if "inpe" not in who:
        subject = f"{who['registration_number']}/{who['dependant_rank']}"
        return assertion(key, who["kid"], issuer, subject, role="patient")
    return assertion(
        key,
        who["kid"],
        issuer,
        who["inpe"],
        inpe=who["inpe"],
        role=who["role"],
        establishment=who["establishment"]["id"],
        acr=ACR.get(who["role"], "fse:acr:1"),
    )


class FseClient:
    """One person (or the software alone) in one world. `issuer` is the world's base URL."""

    def __init__(
        self,
        issuer: str,
        software: Software,
        person: Mapping[str, Any] | None = None,
        timeout: float = 30.0,
    ) -> None:
        self.issuer = issuer
        self._software = software
        self._person = person
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
            if self._person is None:
                form["grant_type"] = "client_credentials"
            else:
                form |= {"grant_type": JWT_BEARER, "assertion": credential(self._person, self.issuer)}
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

    def estimate(self, sheet: Mapping[str, Any]) -> dict[str, Any]:
        """What issuing would give, nothing stored."""
        return dict(self.call("POST", "/v1/care-sheets/estimates", sheet).json())

    def read(self, number: str) -> dict[str, Any]:
        """The sheet as this reader may see it."""
        return dict(self.call("GET", f"/v1/care-sheets/{number}").json())

    def cancel(self, number: str, revision: int, reason: str, **part: Any) -> dict[str, Any]:
        """Cancel the whole sheet, or `section=` of it, or `lines=` of that section. `revision`: the sheet's."""
        headers = {"If-Match": f'"{revision}"'}
        path = f"/v1/care-sheets/{number}/cancellation"
        return dict(self.call("POST", path, {"reason": reason, **part}, headers).json())

    def replace(self, number: str, revision: int, reason: str, sections: list[Any]) -> dict[str, Any]:
        """The new sheet that takes the place of an untouched one."""
        body = {"reason": reason, "sections": sections}
        return self._corrected(f"/v1/care-sheets/{number}/replacement", revision, body)

    def reissue(self, number: str, revision: int, reason: str) -> dict[str, Any]:
        """New QR and backup code; the old ones are worth nothing from then on."""
        return self._corrected(f"/v1/care-sheets/{number}/reissue", revision, {"reason": reason})

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

    def amend(self, done: Mapping[str, Any], performed_at: str, lines: list[Any]) -> dict[str, Any]:
        """Put right what `execute` (or `amend`) answered, while nothing followed it."""
        body = {"performed_at": performed_at, "lines": lines}
        return self._corrected(f"/v1/executions/{done['id']}/amendment", done["revision"], body)

    def withdraw(self, done: Mapping[str, Any], reason: str) -> dict[str, Any]:
        """Take back what `execute` (or `amend`) answered, while nothing followed it."""
        return self._corrected(f"/v1/executions/{done['id']}/withdrawal", done["revision"], {"reason": reason})

    def execute_late(self, scan: str, performed_at: str, items: list[Any], **more: Any) -> dict[str, Any]:
        """Enter after an outage what was done during it; `section=` where several suit the professional."""
        body = {"scan": scan, "performed_at": performed_at, "items": items, **more}
        return dict(self.call("POST", "/v1/late-executions", body, _once()).json())

    def release(self, number: str, section: str) -> None:
        self.call("DELETE", f"/v1/care-sheets/{number}/sections/{section}/lease")

    def ask_approval(self, number: str, section: str, line: int, quantity: str, motive: str) -> dict[str, Any]:
        """Ask for the prior approval of one line."""
        body = {"number": number, "section": section, "line": line, "quantity": quantity, "motive": motive}
        return dict(self.call("POST", "/v1/prior-approvals", body, _once()).json())

    def events(self, after: str | None = None) -> list[dict[str, Any]]:
        """One page of what the software is told, oldest first, beyond an event's id."""
        options = {"params": {"after": after}} if after else {}
        return list(self.call("GET", "/v1/events", **options).json()["items"])

    def mine(self, what: str) -> list[dict[str, Any]]:
        """The first page of a patient's own ``care-sheets``, ``claims`` or ``accesses``."""
        return list(self.call("GET", f"/v1/me/{what}").json()["items"])

    def claim(self, claim: str) -> dict[str, Any]:
        return dict(self.call("GET", f"/v1/claims/{claim}").json())

    def document(self, number: str) -> bytes:
        """The printable prescription, PDF."""
        return self.call("GET", f"/v1/care-sheets/{number}/document.pdf").content

    def _corrected(self, path: str, revision: int, body: Any) -> dict[str, Any]:
        return dict(self.call("POST", path, body, {**_once(), "If-Match": f'"{revision}"'}).json())


def _once() -> dict[str, str]:
    return {"Idempotency-Key": secrets.token_urlsafe(18)}
