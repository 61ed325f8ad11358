"""Rules of the token endpoint: who may ask for what, and which assertions are acceptable. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.kit.problems import Problem
from simulator.kit.signing import BadToken, PublicKey, Unverified
from simulator.professionals.model import EXECUTORS

CLIENT_CREDENTIALS = "client_credentials"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
FIRST_HOUR = "urn:fse:params:oauth:grant-type:first-hour"
CLIENT_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
GRANTS = (CLIENT_CREDENTIALS, JWT_BEARER, FIRST_HOUR)
MAX_LIFE_S = 300
SKEW_S = 30
ISSUING_ACR, EXECUTING_ACR = "fse:acr:2", "fse:acr:1"
FIRST_HOUR_WARNING = (
    "Jeton du mode « première heure » : sans signature du logiciel ni du professionnel, "
    "réservé à la découverte. Une campagne d'homologation le refuse."
)

_COMMON = ("fse:read", "claims:read", "nomenclature:read")
SCOPES: Mapping[str, tuple[str, ...]] = {
    "software": ("nomenclature:read", "events:read", "receipts:read"),
    "patient": ("patient:read", "patient:reissue", "patient:contest", "nomenclature:read"),
    "agent": ("agent:reissue", "fse:agent"),
    "public-health": ("indicators:read",),
    "prescriber": ("rights:read", "fse:issue", "fse:read", "claims:read", "nomenclature:read"),
    **dict.fromkeys(EXECUTORS, ("rights:read", "fse:resolve", "fse:execute", *_COMMON)),
}


def granted(role: str, acr: str | None, asked: str | None, delegate: str | None = None) -> tuple[str, ...]:
    """Scopes of a token. Issuing needs `fse:acr:2`, and the professional himself: never a delegate.

    Raises Problem invalid-scope (OAuth).
    """
    may_issue = acr == ISSUING_ACR and delegate is None
    allowed = [s for s in SCOPES.get(role, ()) if s != "fse:issue" or may_issue]
    if not asked:
        return tuple(allowed)
    wanted = asked.split()
    if refused := [scope for scope in wanted if scope not in allowed]:
        raise Problem(
            "invalid-scope",
            f"Habilitation non accordée : {', '.join(refused)}.",
            oauth="invalid_scope",
        )
    return tuple(scope for scope in allowed if scope in wanted)


def checked(assertion: Unverified, key: PublicKey, *, issuer: str, subject: str, now: float) -> Mapping[str, Any]:
    """The claims of an acceptable assertion, judged on real time `now` (seconds).

    Raises BadToken with the reason, in French: signature, iss/sub, aud, iat, exp, lifetime, jti.
    """
    claims = assertion.verified(key)
    if claims.get("iss") != subject or claims.get("sub") != subject:
        raise BadToken(f"« iss » et « sub » doivent valoir « {subject} »")
    if claims.get("aud") != issuer:
        raise BadToken(f"« aud » doit valoir exactement « {issuer} »")
    issued, expires = _instant(claims, "iat"), _instant(claims, "exp")
    if issued > now + SKEW_S:
        raise BadToken("« iat » est dans le futur ; vérifier l'heure du poste")
    if expires <= now - SKEW_S:
        raise BadToken("l'assertion a expiré (« exp »)")
    if not 0 < expires - issued <= MAX_LIFE_S:
        raise BadToken(f"l'assertion doit vivre au plus {MAX_LIFE_S} s (« exp » moins « iat »)")
    jti = claims.get("jti")
    if not isinstance(jti, str) or not 1 <= len(jti) <= 255:
        raise BadToken("« jti » est obligatoire, unique à chaque assertion")
    return claims


def _instant(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadToken(f"« {name} » est obligatoire, en secondes")
    return value
