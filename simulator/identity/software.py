"""Who asks for a token: the software, by its key (private_key_jwt) or, in its first hour, by a secret."""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_plus

from simulator.identity import model, store
from simulator.kit import clock, ids
from simulator.kit.context import Context
from simulator.kit.problems import Problem
from simulator.kit.signing import BadToken, PublicKey, Unverified, load_public_jwk, open_jws
from simulator.kit.storage import Tx
from simulator.worlds.model import World


def authenticate(tx: Tx, world: World, ctx: Context, form: Mapping[str, str]) -> tuple[store.Client, bool]:
    """The software, and whether it proved itself by a secret.

    Raises Problem invalid-client, client-suspended (OAuth).
    """
    basic = ctx.headers.get("authorization", "")
    by_secret = basic.lower().startswith("basic ")
    client = _by_secret(tx, world, basic) if by_secret else _by_assertion(tx, world, form)
    ctx.client_id = client.client_id
    if client.client_id in world.marks.revoked_clients:
        raise invalid("L'accès de ce logiciel à la plateforme a été révoqué.")
    if client.client_id in world.marks.suspended_clients:
        detail = "L'accès de ce logiciel à la plateforme est suspendu."
        raise Problem("client-suspended", detail, oauth="unauthorized_client")
    return client, by_secret


def _by_secret(tx: Tx, world: World, header: str) -> store.Client:
    try:
        text = b64decode(header.split(" ", 1)[1].strip(), validate=True).decode()
        client_id, secret = (unquote_plus(part) for part in text.split(":", 1))
    except (binascii.Error, ValueError):
        raise invalid("L'en-tête HTTP Basic est illisible.") from None
    client = store.find_client(tx, world.id, client_id)
    expected = client.secret_hash if client else None
    same = ids.same(store.hash_secret(secret), expected or "-")
    if client is None or expected is None or not same:
        raise invalid("Logiciel inconnu, secret faux, ou logiciel enregistré sans secret.")
    return client


def _by_assertion(tx: Tx, world: World, form: Mapping[str, str]) -> store.Client:
    if form.get("client_assertion_type") != model.CLIENT_ASSERTION:
        raise invalid("« client_assertion_type » est absent ou inconnu.")
    try:
        opened = open_jws(form.get("client_assertion", ""))
        client_id = str(opened.claims.get("sub"))
        client = store.find_client(tx, world.id, client_id)
        jwk = client.key(opened.header.get("kid")) if client else None
        if client is None or jwk is None:
            raise BadToken("logiciel ou clé (« kid ») inconnus de ce monde")
        spend(tx, world, opened, load_public_jwk(jwk), client_id)
    except ValueError as error:
        raise invalid(f"Assertion du logiciel refusée : {error}.") from None
    return client


def spend(tx: Tx, world: World, opened: Unverified, key: PublicKey, subject: str) -> Mapping[str, Any]:
    """Check an assertion against real time and spend its `jti`. Raises BadToken."""
    now = clock.real_now().timestamp()
    claims = model.checked(opened, key, issuer=world.issuer, subject=subject, now=now)
    if not store.use_jti(tx, world.id, subject, claims["jti"], int(claims["exp"]), int(now)):
        raise BadToken("« jti » déjà utilisé : une assertion ne sert qu'une fois")
    return claims


def invalid(detail: str) -> Problem:
    """401 in OAuth's own shape, with its challenge."""
    challenge = {"www-authenticate": 'Basic realm="fse", charset="UTF-8"'}
    return Problem("invalid-client", detail, oauth="invalid_client", headers=challenge)
