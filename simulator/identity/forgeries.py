"""Access tokens of every kind, right and wrong, that the bench mints so that refusals can be met on purpose.

`KINDS` is data (`fixtures/tokens.yaml`): what is changed of a right token, and what the platform answers to it. The
token endpoint never makes any of them but the right one.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from fixtures import loader
from simulator.identity import model, people
from simulator.kit import bearer, signing
from simulator.kit.storage import Tx
from simulator.worlds.model import World

ANOTHER_CLIENT = "autre-logiciel"


@dataclass(frozen=True)
class Kind:
    """One kind of token (see `fixtures/tokens.yaml`)."""

    name: str
    title: str
    persona: str
    against: str
    status: int
    problem: str | None = None
    twin: str | None = None
    claims: Mapping[str, Any] = field(default_factory=dict)
    header: Mapping[str, Any] = field(default_factory=dict)
    key: str = "current"
    without: str | None = None
    acr: str = model.ISSUING_ACR
    client: str = "own"
    then: str | None = None


@cache
def kinds() -> Mapping[str, Kind]:
    """Name → kind, in the order of the file. Raises TypeError for a member that no kind has."""
    return {name: Kind(name, **said) for name, said in loader.read("tokens.yaml").items()}


@dataclass(frozen=True)
class Bearer:
    """Who bears a token: a person (None: the software alone), through that software."""

    client: str
    person: people.Person | None = None
    scope: str | None = None
    life_s: int = bearer.LIFE_S


@dataclass(frozen=True)
class Minted:
    """The token as it is sent, and what it says."""

    token: str
    header: Mapping[str, Any]
    claims: Mapping[str, Any]


def generation(world: World, kind: Kind) -> int | None:
    """Which token key of the world signs (or seems to sign) that kind; None when the world has none of that sort."""
    last, revoked = world.keys.token_generation, world.marks.token_keys
    if kind.key not in ("retired", "revoked"):
        return last
    wanted = kind.key == "revoked"
    return next((one for one in range(last - 1, 0, -1) if (f"token-{one}" in revoked) is wanted), None)


def mint(tx: Tx, world: World, kind: Kind, who: Bearer) -> Minted:
    """One token of that kind. Raises Problem invalid-scope, ValueError where the world has no `generation` for it."""
    if (signs := generation(world, kind)) is None:
        raise ValueError(f"no token key of world {world.id} is {kind.key}")
    header = {"alg": "ES256", "kid": f"token-{signs}", "typ": bearer.TYPE, **kind.header}
    claims = _claims(tx, world, kind, who)
    signed = f"{signing.b64(_json(header))}.{signing.b64(_json(claims))}"
    return Minted(f"{signed}.{signing.b64(_signature(world, kind, signs, signed.encode()))}", header, claims)


def scopes(kind: Kind, who: Bearer) -> tuple[str, ...]:
    """What the token allows. Raises Problem invalid-scope."""
    role = who.person.role if who.person else "software"
    granted = model.granted(role, kind.acr if _proves(who) else None, who.scope)
    return tuple(scope for scope in granted if scope != kind.without)


def _proves(who: Bearer) -> bool:
    """Whether a professional was proved, more or less strongly."""
    return who.person is not None and who.person.professional is not None


def _claims(tx: Tx, world: World, kind: Kind, who: Bearer) -> dict[str, Any]:
    now, person = int(world.now().timestamp()), who.person
    claims: dict[str, Any] = {
        "iss": world.issuer,
        "aud": world.issuer,
        "sub": person.subject if person else who.client,
        "client_id": who.client,
        "scope": " ".join(scopes(kind, who)),
        "jti": world.random_bytes(tx, "minted-token")[:12].hex(),
        **bearer.era(world),
        "iat": now,
        "exp": now + who.life_s,
        "mode": person.mode if person else "software",
        **(person.says if person else {}),
        **({"acr": kind.acr} if _proves(who) else {}),
    }
    for name, changed in kind.claims.items():
        claims[name] = now + changed if isinstance(changed, int) else changed.format(issuer=world.issuer)
    return claims


def _signature(world: World, kind: Kind, generation: int, signed: bytes) -> bytes:
    if kind.key == "none":
        return b""
    right = world.keys.token_generation_key(generation)
    if kind.key == "public-as-secret":
        return hmac.new(_json(signing.public_jwk(right, f"token-{generation}")), signed, hashlib.sha256).digest()
    if kind.key in ("another", "another-world"):
        right = signing.derive_key(world.seed, f"minted|{kind.key}")
    return signing.sign(right, signed)


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
