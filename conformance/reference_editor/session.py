"""Who the software is for the platform: settings, client assertion, professional assertion, tokens.

What a client signs is dated with real time; everything the platform dates (tokens, leases, validity) is
judged on the platform's own time, learnt from ``configure.now``, then from the ``Date`` of each answer.
"""

from __future__ import annotations

import time
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey

from . import messages, texts
from .answer import Answer
from .development_key import CLIENT_ID, KEY_ID, development_key
from .records import Json, Outcome, Professional, Refusal, Settings, Token
from .transport import Transport

_BY_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_ACR = {"prescriber": "fse:acr:2"}  # issuing asks for more assurance than executing
_CASABLANCA = ZoneInfo("Africa/Casablanca")


class Session(Transport):
    """Settings and tokens. Everything is forgotten when the software is pointed at another platform."""

    token_margin_s = 30
    assertion_life_s = 120

    def __init__(self, client_key: ECKey | None = None, transport: httpx.BaseTransport | None = None) -> None:
        super().__init__(transport)
        self.client_key = client_key or development_key()
        self.client_id = CLIENT_ID
        self.settings: Settings | None = None
        self.tokens: dict[str, Token] = {}

    # -- settings --------------------------------------------------------------------------------------

    def configure(self, given: Json) -> Outcome:
        """Point the software at a platform, with the people who work here."""
        issuer = str(given["issuer"]).rstrip("/")
        if not _is_safe(issuer):
            raise Refusal(texts.NEEDS_TLS)
        people = [Professional.read(entry) for entry in given["professionals"]]
        settings = Settings(
            issuer=issuer,
            trust_anchor=given["trust_anchor"],
            client_id=given.get("client_id", CLIENT_ID),
            client_key_id=given.get("client_key_id", KEY_ID),
            professionals={person.inpe: person for person in people},
        )
        if self.settings is None or self.settings.issuer != issuer:
            self.forget()
        self.settings, self.client_id = settings, settings.client_id
        self.heard = datetime.fromisoformat(given["now"]).astimezone(UTC) if given.get("now") else None
        return Outcome().say("info", texts.CONFIGURED)

    def forget(self) -> None:
        """Lose all local state but the settings."""
        self.tokens.clear()
        self.heard = None

    def configured(self) -> Settings:
        if self.settings is None:
            raise Refusal(texts.NOT_CONFIGURED)
        return self.settings

    def professional(self, inpe: str) -> Professional:
        """The professional who acts; Refusal when nobody here has this INPE."""
        person = self.configured().professionals.get(inpe)
        if person is None:
            raise Refusal(texts.UNKNOWN_PROFESSIONAL)
        return person

    def now(self) -> datetime:
        """The platform's time as last heard (UTC): a local clock may be wrong, a bench's stands still."""
        return self.heard or datetime.now(UTC)

    def today(self) -> date:
        """The day in Morocco: dates of care and of validity are days there."""
        return self.now().astimezone(_CASABLANCA).date()

    # -- tokens ----------------------------------------------------------------------------------------

    def sign(self, key: ECKey, key_id: str, claims: Json) -> str:
        """A short-lived single-use assertion for this platform, dated with real time."""
        issued = int(datetime.now(UTC).timestamp())
        life = {"iat": issued, "exp": issued + self.assertion_life_s, "jti": str(uuid.uuid4())}
        return jwt.encode({"alg": "ES256", "kid": key_id}, {**claims, "aud": self.configured().issuer, **life}, key)

    def token_request(self, person: Professional) -> dict[str, str]:
        """The form of a token request: the software proves itself, the professional proves himself."""
        settings = self.configured()
        who: dict[str, Any] = {
            "iss": person.inpe,
            "sub": person.inpe,
            "inpe": person.inpe,
            "role": person.role,
            "establishment": person.establishment["id"],
            "acr": _ACR.get(person.role, "fse:acr:1"),
        }
        if person.speciality:
            who["speciality"] = person.speciality
        software = {"iss": settings.client_id, "sub": settings.client_id}
        return {
            "grant_type": _JWT_BEARER,
            "assertion": self.sign(ECKey.import_key(person.private_jwk), person.key_id, who),
            "client_assertion_type": _BY_ASSERTION,
            "client_assertion": self.sign(self.client_key, settings.client_key_id, software),
        }

    def fresh_token(self, person: Professional) -> Token:
        """Ask for a token; Refusal when the platform does not want this software or this professional."""
        url = f"{self.configured().issuer}/oauth2/token"
        answer = self.send("POST", url, form=lambda: self.token_request(person))
        if not answer.ok:
            raise Refusal(messages.sentence_of_problem(answer.body))
        given = answer.json()
        life = float(given.get("expires_in", 0)) - self.token_margin_s
        return Token(str(given["access_token"]), self.now() + timedelta(seconds=life), time.monotonic() + life)

    def token(self, person: Professional) -> Token:
        """The token in use, renewed shortly before its end."""
        kept = self.tokens.get(person.inpe)
        if kept is None or self.now() >= kept.expires_at or time.monotonic() >= kept.expires_monotonic:
            kept = self.tokens[person.inpe] = self.fresh_token(person)
        return kept

    def call(
        self,
        person: Professional,
        method: str,
        path: str,
        *,
        headers: dict[str, str] | None = None,
        body: Json | None = None,
        query: dict[str, str] | None = None,
        repeatable: bool = True,
    ) -> Answer:
        """One call in the name of a professional; a token that the platform finds expired is renewed once."""
        url = f"{self.configured().issuer}{path}"
        for renewed in (False, True):
            bearer = {"Authorization": f"Bearer {self.token(person).value}"}
            answer = self.send(
                method,
                url,
                headers={**(headers or {}), **bearer},
                body=body,
                query=query,
                repeatable=repeatable,
            )
            if answer.status != 401 or renewed:
                break
            self.tokens.pop(person.inpe, None)
        return answer


def _is_safe(issuer: str) -> bool:
    """TLS everywhere, except towards this very machine."""
    parts = urlsplit(issuer)
    host = parts.hostname or ""
    local = host in ("localhost", "::1") or host.startswith("127.") or host.endswith(".localhost")
    return parts.scheme == "https" or (parts.scheme == "http" and local)
