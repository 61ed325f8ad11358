"""The token endpoint's use case: authenticate the software, then the person, then issue a token."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulator.identity import model, people, software, store
from simulator.kit import bearer
from simulator.kit.context import Context
from simulator.kit.problems import Problem
from simulator.kit.signing import BadToken, open_jws
from simulator.kit.storage import Tx
from simulator.worlds.model import World

_SAID = frozenset({"sub", "scope", "mode", "role", "acr", "act"})
"""Claims that the journal keeps: who asked, for what."""


@dataclass(frozen=True)
class Granted:
    """What the token says; becomes the claims and the answer."""

    client: store.Client
    scopes: tuple[str, ...]
    mode: str
    person: people.Proved | None = None


def token(tx: Tx, world: World, ctx: Context, form: Mapping[str, str]) -> dict[str, Any]:
    """The token answer. Raises Problem with OAuth's own error names."""
    grant = form.get("grant_type")
    if grant not in model.GRANTS:
        raise Problem("unsupported-grant-type", "« grant_type » inconnu.", oauth="unsupported_grant_type")
    client, by_secret = software.authenticate(tx, world, ctx, form)
    granted = _grant(tx, world, ctx, client, form, grant, by_secret)
    if granted.person is not None and granted.person.person.professional is not None:
        ctx.inpe = granted.person.person.subject
    return _answer(tx, world, ctx, granted)


def _grant(
    tx: Tx, world: World, ctx: Context, client: store.Client, form: Mapping[str, str], grant: str, by_secret: bool
) -> Granted:
    asked = form.get("scope")
    if grant == model.CLIENT_CREDENTIALS:
        return Granted(client, model.granted("software", None, asked), "software")
    if grant == model.FIRST_HOUR:
        if not by_secret:
            raise software.invalid("Le mode « première heure » demande HTTP Basic.")
        found = people.find(world, form.get("inpe") or form.get("patient"))
        if found is None or (found.mode == "patient") == ("inpe" in form):
            raise _invalid("« inpe » (ou « patient », immatriculation/rang) est absent ou inconnu de ce monde.")
        proved = people.proved(found, {**found.says, "acr": model.ISSUING_ACR})
        return Granted(client, model.granted(found.role, model.ISSUING_ACR, asked), "first-hour", proved)
    if by_secret:
        raise software.invalid("Une assertion de professionnel demande un logiciel authentifié par clé.")
    proved = _by_credential(tx, world, form.get("assertion", ""))
    ctx.granted = {"sub": proved.person.subject, "mode": proved.person.mode} | _said(proved.claims)
    scopes = model.granted(proved.person.role, proved.acr, asked, proved.delegate)
    return Granted(client, scopes, proved.person.mode, proved)


def _by_credential(tx: Tx, world: World, assertion: str) -> people.Proved:
    try:
        opened = open_jws(assertion)
        person = people.find(world, opened.claims.get("sub"))
        if person is None or opened.header.get("kid") != person.kid:
            raise BadToken("personne ou clé (« kid ») inconnues de ce monde")
        return people.proved(person, software.spend(tx, world, opened, person.key, person.subject))
    except ValueError as error:
        raise _invalid(f"Assertion de la personne refusée : {error}.") from None


def _answer(tx: Tx, world: World, ctx: Context, granted: Granted) -> dict[str, Any]:
    issued = int(ctx.now.timestamp())
    proved = granted.person
    claims: dict[str, Any] = {
        "iss": world.issuer,
        "aud": world.issuer,
        "sub": proved.person.subject if proved else granted.client.client_id,
        "client_id": granted.client.client_id,
        "scope": " ".join(granted.scopes),
        "jti": world.random_bytes(tx, "access-token")[:12].hex(),
        "iat": issued,
        "exp": issued + bearer.LIFE_S,
        "mode": granted.mode,
        **(proved.claims if proved else {}),
    }
    ctx.granted = _said(claims)
    answer = {
        "access_token": bearer.make(world, claims),
        "token_type": "Bearer",
        "expires_in": bearer.LIFE_S,
        "scope": claims["scope"],
        "mode": granted.mode,
    }
    return answer | ({"warning": model.FIRST_HOUR_WARNING} if granted.mode == "first-hour" else {})


def _said(claims: Mapping[str, Any]) -> dict[str, Any]:
    return {name: claims[name] for name in claims if name in _SAID}


def _invalid(detail: str) -> Problem:
    return Problem("invalid-assertion", detail, oauth="invalid_grant")
