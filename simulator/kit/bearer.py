"""Access tokens (RFC 9068, ES256): made for the identity room, checked for every other one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from simulator.kit import signing
from simulator.kit.call import Actor, WorldLike
from simulator.kit.problems import Problem

TYPE = "at+jwt"
LIFE_S = 600
_CACHE = 4096


def make(world: WorldLike, claims: Mapping[str, Any]) -> str:
    """A signed access token; `claims` has iss, aud, sub, client_id, scope, jti, iat, exp."""
    return signing.jws(claims, world.keys.token_key, kid=world.keys.token_kid, typ=TYPE)


def check(world: WorldLike, cache: dict[str, tuple[Actor, int]], token: str, now: datetime) -> Actor:
    """The bearer. Raises Problem unauthenticated, token-revoked, client-suspended; token-expired on the world's clock.

    `cache` holds the tokens that were found genuine: the world empties it when it revokes or suspends.
    """
    known = cache.get(token)
    if known is None:
        known = _verified(world, token)
        if len(cache) >= _CACHE:
            cache.clear()
        cache[token] = known
    actor, expires = known
    if now.timestamp() >= expires:
        raise Problem(
            "token-expired",
            "Le jeton d'accès a expiré ; en demander un nouveau.",
            headers=_challenge("the access token expired"),
        )
    return actor


def refuse(detail: str) -> Problem:
    """401 with its challenge."""
    return Problem("unauthenticated", detail, headers=_challenge())


def _challenge(description: str | None = None) -> dict[str, str]:
    error = f', error="invalid_token", error_description="{description}"' if description else ""
    return {"www-authenticate": f'Bearer realm="fse"{error}'}


def _verified(world: WorldLike, token: str) -> tuple[Actor, int]:
    try:
        opened = signing.open_jws(token)
        if (key := world.keys.token_public(opened.header.get("kid"))) is None:
            raise signing.BadToken("clé inconnue")
        claims = opened.verified(key)
    except signing.BadToken:
        raise refuse("Le jeton d'accès n'est pas un jeton émis par cette plateforme.") from None
    if opened.header.get("typ") != TYPE or claims.get("iss") != world.issuer:
        raise refuse("Le jeton d'accès n'est pas un jeton émis par cette plateforme.")
    if claims.get("aud") != world.issuer:
        raise refuse("Le jeton d'accès est destiné à une autre plateforme (« aud »).")
    if claims["jti"] in world.marks.tokens or claims["client_id"] in world.marks.revoked_clients:
        raise Problem("token-revoked", "Le jeton d'accès a été révoqué.", headers=_challenge("the token was revoked"))
    if claims["client_id"] in world.marks.suspended_clients:
        raise Problem("client-suspended", "L'accès de ce logiciel à la plateforme est suspendu.")
    patient = claims.get("dependant_rank")
    actor = Actor(
        client_id=claims["client_id"],
        inpe=claims.get("inpe"),
        role=claims.get("role"),
        speciality=claims.get("speciality"),
        establishment=claims.get("establishment"),
        acr=claims.get("acr"),
        scopes=frozenset(claims["scope"].split()),
        mode=claims["mode"],
        patient=None if patient is None else (claims["registration_number"], int(patient)),
        delegate=(claims.get("act") or {}).get("sub"),
    )
    return actor, int(claims["exp"])
