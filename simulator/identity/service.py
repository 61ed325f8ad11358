"""The token endpoint's use case: authenticate the software, then the professional, then issue a token."""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

from fixtures import loader
from fixtures.model import Professional
from simulator.identity import model, store
from simulator.kit import bearer, clock, ids
from simulator.kit.context import Context
from simulator.kit.problems import Problem
from simulator.kit.signing import BadToken, Unverified, load_public_jwk, open_jws
from simulator.kit.storage import Tx
from simulator.worlds.model import World


@dataclass(frozen=True)
class Granted:
    """What the token says; becomes the claims and the answer."""

    client: store.Client
    professional: Professional | None
    acr: str | None
    scopes: tuple[str, ...]
    mode: str


def token(tx: Tx, world: World, ctx: Context, form: Mapping[str, str]) -> dict[str, Any]:
    """The token answer. Raises Problem with OAuth's own error names."""
    grant = form.get("grant_type")
    if grant not in model.GRANTS:
        raise Problem("unsupported-grant-type", "« grant_type » inconnu.", oauth="unsupported_grant_type")
    basic = ctx.headers.get("authorization", "")
    by_secret = basic.lower().startswith("basic ")
    client = _by_secret(tx, world, basic) if by_secret else _by_assertion(tx, world, form)
    ctx.client_id = client.client_id
    granted = _grant(tx, world, client, form, grant, by_secret)
    ctx.inpe = granted.professional.inpe if granted.professional else None
    return _answer(tx, world, ctx, granted)


def _grant(tx: Tx, world: World, client: store.Client, form: Mapping[str, str], grant: str, by_secret: bool) -> Granted:
    asked = form.get("scope")
    if grant == model.CLIENT_CREDENTIALS:
        return Granted(client, None, None, model.granted("software", None, asked), "software")
    if grant == model.FIRST_HOUR:
        if not by_secret:
            raise _invalid_client("Le mode « première heure » demande HTTP Basic.")
        person = _professional(form.get("inpe"))
        if person is None:
            raise _invalid("« inpe » est absent ou inconnu de ce monde.")
        scopes = model.granted(person.role, model.ISSUING_ACR, asked)
        return Granted(client, person, model.ISSUING_ACR, scopes, "first-hour")
    if by_secret:
        raise _invalid_client("Une assertion de professionnel demande un logiciel authentifié par clé.")
    person, acr = _by_credential(tx, world, form.get("assertion", ""))
    return Granted(client, person, acr, model.granted(person.role, acr, asked), "professional")


def _by_secret(tx: Tx, world: World, header: str) -> store.Client:
    try:
        text = b64decode(header.split(" ", 1)[1].strip(), validate=True).decode()
        client_id, secret = (unquote_plus(part) for part in text.split(":", 1))
    except (binascii.Error, ValueError):
        raise _invalid_client("L'en-tête HTTP Basic est illisible.") from None
    client = store.find_client(tx, world.id, client_id)
    expected = client.secret_hash if client else None
    same = ids.same(store.hash_secret(secret), expected or "-")
    if client is None or expected is None or not same:
        raise _invalid_client("Logiciel inconnu, secret faux, ou logiciel enregistré sans secret.")
    return client


def _by_assertion(tx: Tx, world: World, form: Mapping[str, str]) -> store.Client:
    if form.get("client_assertion_type") != model.CLIENT_ASSERTION:
        raise _invalid_client("« client_assertion_type » est absent ou inconnu.")
    try:
        opened = open_jws(form.get("client_assertion", ""))
        client_id = str(opened.claims.get("sub"))
        client = store.find_client(tx, world.id, client_id)
        jwk = client.key(opened.header.get("kid")) if client else None
        if client is None or jwk is None:
            raise BadToken("logiciel ou clé (« kid ») inconnus de ce monde")
        _use(tx, world, opened, load_public_jwk(jwk), client_id)
    except ValueError as error:
        raise _invalid_client(f"Assertion du logiciel refusée : {error}.") from None
    return client


def _by_credential(tx: Tx, world: World, assertion: str) -> tuple[Professional, str]:
    try:
        opened = open_jws(assertion)
        person = _professional(opened.claims.get("sub"))
        if person is None or opened.header.get("kid") != person.kid:
            raise BadToken("professionnel ou clé (« kid ») inconnus de ce monde")
        key = world.keys.professional(person.inpe).public_key()
        claims = _use(tx, world, opened, key, person.inpe)
        expected = {
            "inpe": person.inpe,
            "role": person.role,
            "establishment": person.establishment.id,
        }
        for name, value in expected.items():
            if claims.get(name) != value:
                raise BadToken(f"« {name} » ne correspond pas à ce professionnel")
        if claims.get("speciality", person.speciality) != person.speciality:
            raise BadToken("« speciality » ne correspond pas à ce professionnel")
        acr = claims.get("acr")
        if acr not in (model.ISSUING_ACR, model.EXECUTING_ACR):
            raise BadToken("« acr » est absent ou inconnu")
    except ValueError as error:
        raise _invalid(f"Assertion du professionnel refusée : {error}.") from None
    return person, str(acr)


def _use(tx: Tx, world: World, opened: Unverified, key: Any, subject: str) -> Mapping[str, Any]:
    """Check an assertion and spend its `jti`."""
    now = clock.real_now().timestamp()
    claims = model.checked(opened, key, issuer=world.issuer, subject=subject, now=now)
    if not store.use_jti(tx, world.id, subject, claims["jti"], int(claims["exp"]), int(now)):
        raise BadToken("« jti » déjà utilisé : une assertion ne sert qu'une fois")
    return claims


def _professional(inpe: object) -> Professional | None:
    return next((p for p in loader.professionals() if p.inpe == inpe), None)


def _answer(tx: Tx, world: World, ctx: Context, granted: Granted) -> dict[str, Any]:
    issued = int(ctx.now.timestamp())
    person = granted.professional
    claims: dict[str, Any] = {
        "iss": world.issuer,
        "aud": world.issuer,
        "sub": person.inpe if person else granted.client.client_id,
        "client_id": granted.client.client_id,
        "scope": " ".join(granted.scopes),
        "jti": world.random_bytes(tx, "access-token")[:12].hex(),
        "iat": issued,
        "exp": issued + bearer.LIFE_S,
        "mode": granted.mode,
    }
    if person:
        claims |= {
            "inpe": person.inpe,
            "role": person.role,
            "speciality": person.speciality,
            "establishment": person.establishment.id,
            "acr": granted.acr,
        }
    answer = {
        "access_token": bearer.make(world, claims),
        "token_type": "Bearer",
        "expires_in": bearer.LIFE_S,
        "scope": claims["scope"],
        "mode": granted.mode,
    }
    return answer | ({"warning": model.FIRST_HOUR_WARNING} if granted.mode == "first-hour" else {})


def _invalid(detail: str) -> Problem:
    return Problem("invalid-assertion", detail, oauth="invalid_grant")


def _invalid_client(detail: str) -> Problem:
    challenge = {"www-authenticate": 'Basic realm="fse", charset="UTF-8"'}
    return Problem("invalid-client", detail, oauth="invalid_client", headers=challenge)
