"""Access tokens (RFC 9068, ES256): made for the identity room, checked for every other one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from simulator.kit import signing
from simulator.kit.call import Actor, Known, WorldLike
from simulator.kit.problems import Problem

TYPE = "at+jwt"
LIFE_S = 600
_CACHE = 4096


def make(world: WorldLike, claims: Mapping[str, Any]) -> str:
    """A signed access token; `claims` has iss, aud, sub, client_id, scope, jti, iat, exp."""
    return signing.jws({**claims, **era(world)}, world.keys.token_key, kid=world.keys.token_kid, typ=TYPE)


def era(world: WorldLike) -> dict[str, int]:
    """What a token of a world that was brought back says besides: what was undone is known by it."""
    return {"era": world.era} if world.era else {}


def check(world: WorldLike, token: str, now: datetime, known: Callable[[Actor], None]) -> Actor:
    """The bearer, told to `known` as soon as his identity is proved, whatever is refused to him afterwards.

    Raises Problem unauthenticated, token-revoked, client-suspended; on the world's clock, token-expired, and
    unauthenticated before its `nbf`.
    Tokens found genuine are kept in ``world.tokens``: the world empties it when it revokes or suspends.
    """
    found = world.tokens.get(token)
    if found is None:
        found = _verified(world, token)
        if len(world.tokens) >= _CACHE:
            world.tokens.clear()
        world.tokens[token] = found
    known(found.actor)
    if found.refused is not None:
        raise Problem(found.refused, headers=_challenge("the token was revoked") if "token" in found.refused else None)
    if now.timestamp() >= found.expires:
        raise Problem(
            "token-expired",
            "Le jeton d'accès a expiré ; en demander un nouveau.",
            headers=_challenge("the access token expired"),
        )
    if found.begins and now.timestamp() < found.begins:
        raise refuse("Le jeton d'accès n'est pas encore valable (« nbf », à l'heure du monde).")
    return found.actor


def refuse(detail: str) -> Problem:
    """401 with its challenge."""
    return Problem("unauthenticated", detail, headers=_challenge())


def _challenge(description: str | None = None) -> dict[str, str]:
    error = f', error="invalid_token", error_description="{description}"' if description else ""
    return {"www-authenticate": f'Bearer realm="fse"{error}'}


def _verified(world: WorldLike, token: str) -> Known:
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
    return Known(actor, int(claims["exp"]), _refused(world, claims), int(claims.get("nbf", 0)))


def _refused(world: WorldLike, claims: Mapping[str, Any]) -> str | None:
    marks = world.marks
    if claims["jti"] in marks.tokens or claims["client_id"] in marks.revoked_clients:
        return "token-revoked"
    if claims.get("era", 0) not in world.eras:  # given since the instant to which the world was brought back
        return "token-revoked"
    return "client-suspended" if claims["client_id"] in marks.suspended_clients else None
