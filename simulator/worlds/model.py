"""A world: its own base URL, seed, clock, keys and randomness. Everything comes from the seed."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from fixtures import DEFAULT_CALENDAR, PERSONAS_ALONE
from simulator.kit.agenda import Agenda
from simulator.kit.call import Known
from simulator.kit.clock import WorldClock
from simulator.kit.limits import Usage
from simulator.kit.problems import Problem
from simulator.kit.recent import Recent
from simulator.kit.signing import PrivateKey, PublicKey, derive, derive_key
from simulator.kit.storage import Tx
from simulator.worlds.door import Door

if TYPE_CHECKING:
    from fixtures.model import Affiliation
    from simulator.populations.model import Population


@dataclass
class Marks:
    """What the bench changed of a world's people: whom and what it no longer trusts, and affiliations that the CNSS
    registered late, by registration number and rank; rows of `simulator.worlds.marks`, cached.
    """

    professionals: set[str] = field(default_factory=set)
    suspended_clients: set[str] = field(default_factory=set)
    revoked_clients: set[str] = field(default_factory=set)
    tokens: set[str] = field(default_factory=set)
    qr_keys: set[str] = field(default_factory=set)
    token_keys: dict[str, str] = field(default_factory=dict)  # → world time of the revocation
    affiliations: dict[tuple[str, int], tuple[Affiliation, ...]] = field(default_factory=dict)
    births: dict[tuple[str, int], tuple[int, date, str]] = field(default_factory=dict)  # → mother's rank, day, sex


class WorldKeys:
    """Keys derived from a seed (HMAC-SHA-512 → P-256 scalar), each made at its first use.

    QR and token keys have generations, from 1: the last one signs, those before it still verify (retired), unless
    they were revoked. The number of a QR key's generation is its 16-bit id; a token key's `kid` is ``token-{n}``.
    """

    def __init__(self, seed: str, qr_generation: int = 1, token_generation: int = 1) -> None:
        self._seed = seed
        self.qr_key_id, self.token_generation = qr_generation, token_generation
        self.revoked = Marks()
        self._made: dict[str, PrivateKey] = {}
        self._scan_keys: dict[int, PublicKey] = {}

    def _key(self, label: str) -> PrivateKey:
        if (key := self._made.get(label)) is None:
            key = self._made[label] = derive_key(self._seed, label)
        return key

    @property
    def token_key(self) -> PrivateKey:
        """Signs access tokens and receipts; public in `/jwks.json` under `token_kid`."""
        return self.token_generation_key(self.token_generation)

    @property
    def token_kid(self) -> str:
        return f"token-{self.token_generation}"

    def token_generation_key(self, generation: int) -> PrivateKey:
        return self._key("token-key" if generation == 1 else f"token-key|{generation}")

    def token_signer(self, kid: str) -> PrivateKey:
        """The key whose `kid` is that one, in use or not any more."""
        return self.token_generation_key(int(kid.removeprefix("token-")))

    def token_public(self, kid: object) -> PublicKey | None:
        """The key that verifies what `kid` signed; None for a `kid` never published, or that is no text.

        Raises Problem token-revoked for a revoked one.
        """
        if not isinstance(kid, str):
            return None
        if kid in self.revoked.token_keys:
            challenge = {"www-authenticate": 'Bearer realm="fse", error="invalid_token"'}
            raise Problem("token-revoked", "La clé qui a signé ce jeton a été révoquée.", headers=challenge)
        for generation in range(self.token_generation, 0, -1):
            if kid == f"token-{generation}":
                return self.token_generation_key(generation).public_key()
        return None

    @property
    def qr_key(self) -> PrivateKey:
        """Signs scan payloads; public, under key id `qr_key_id`, in `/.well-known/fse-keys.json`."""
        return self.qr_signer(self.qr_key_id)

    def qr_signer(self, key_id: int) -> PrivateKey:
        """The key of that id, in use or not any more."""
        return self._key(f"qr-key|{key_id}")

    def scan_key(self, key_id: int) -> PublicKey:
        """The key that verifies scans of that id: the current one or a retired one.

        Raises Problem unknown-key, revoked-key.
        """
        if str(key_id) in self.revoked.qr_keys:
            raise Problem("revoked-key", f"La clé {key_id} a été révoquée : ses QR ne prouvent plus rien.")
        if not 1 <= key_id <= self.qr_key_id:
            raise Problem("unknown-key", f"La clé {key_id} n'est pas publiée par cette plateforme.")
        if (public := self._scan_keys.get(key_id)) is None:
            public = self._scan_keys[key_id] = self.qr_signer(key_id).public_key()
        return public

    @cached_property
    def genuine(self) -> Recent[Any]:
        """Scan payloads that a QR key is known to have signed: made or verified by this process."""
        return Recent()

    @cached_property
    def trust_key(self) -> PrivateKey:
        """Signs the list of QR keys; its public half is the trust anchor."""
        return derive_key(self._seed, "trust-key")

    @cached_property
    def platform_secret(self) -> bytes:
        """32 bytes: scan secrets and backup codes derive from it."""
        return derive(self._seed, "platform-secret")[:32]

    def professional(self, inpe: str) -> PrivateKey:
        """The simulated credential of a professional of this world."""
        return derive_key(self._seed, f"professional|{inpe}")

    def patient(self, registration_number: str, rank: int) -> PrivateKey:
        """The simulated credential of a beneficiary of this world."""
        return derive_key(self._seed, f"patient|{registration_number}|{rank}")


@dataclass
class World:
    """One world, cached in the process. `draw_counter(tx, world, label)` is its row of counters.

    `deployment`: its calendar (see `simulator.paper.phases`); `paper`: something came on paper, a claim or
    a prescription. `rate_limit`: (requests, seconds) of its own, else the rule's. `tokens`: access tokens known to be
    genuine.
    `life`: tells it from another world of the same name, made after it was deleted; `gone`: this process deleted it.
    `era`: of the access tokens that it gives; `eras`: those whose tokens are good (see `simulator.worlds.rewinding`).
    `agenda`: what its clock brings by itself. `persona_set`: the name of its people (see `simulator.populations`).
    `exchanges`: how many came in; `draws`: tells the ids of this process's exchanges from those of another one.
    `followers`: who waits for its next exchange.
    `faults`: it has some (see `simulator.faults`). `door`: who is inside.
    """

    id: str
    seed: str
    issuer: str
    nomenclature: str
    tariff_set: str
    clock: WorldClock
    draw_counter: Callable[[Tx, str, str], int]
    deployment: str = DEFAULT_CALENDAR
    paper: bool = False
    environment: Literal["test"] = "test"
    tokens: dict[str, Known] = field(default_factory=dict)
    rate_limit: tuple[int, int] | None = None
    usage: Usage = field(default_factory=dict)
    marks_epoch: int = 0
    life: str = ""
    gone: bool = False
    agenda: Agenda = field(default_factory=Agenda)
    persona_set: str = PERSONAS_ALONE
    exchanges: int = 0
    draws: str = ""
    era: int = 0
    eras: frozenset[int] = frozenset({0})
    followers: set[asyncio.Event] = field(default_factory=set)
    faults: bool = False
    door: Door = field(default_factory=Door)

    @cached_property
    def keys(self) -> WorldKeys:
        return WorldKeys(self.seed)

    @cached_property
    def population(self) -> Population | None:
        """Its people, the personas included; None when these are alone."""
        if self.persona_set == PERSONAS_ALONE:
            return None
        from simulator.populations.model import of  # loaded with the first world that has one

        return of(self.persona_set, self.seed)

    @property
    def marks(self) -> Marks:
        return self.keys.revoked

    def remark(self, marks: Marks) -> None:
        """Take over these marks: whoever holds a token is judged again."""
        self.keys.revoked = marks
        self.tokens.clear()

    @property
    def suspended(self) -> set[str]:
        """Professionals (INPE) who may not practise."""
        return self.marks.professionals

    def now(self) -> datetime:
        """World time, UTC, whole seconds."""
        return self.clock.now()

    def exchange_mark(self) -> str:
        """64 hex digits for the next exchange: its trace and request ids, when its caller gives none."""
        self.exchanges += 1
        text = f"{self.seed}|exchange|{self.draws}|{self.exchanges}"
        return hashlib.sha256(text.encode()).hexdigest()

    def draw(self, tx: Tx, label: str) -> int:
        """Next value, from 1, of the counter `label`: undone with its transaction."""
        return self.draw_counter(tx, self.id, label)

    def random_bytes(self, tx: Tx, label: str) -> bytes:
        """32 bytes that only (seed, label, counter) decide: same seed, same requests, same bytes."""
        text = f"draw|{label}|{self.draw(tx, label)}"
        return hmac.new(self.seed.encode(), text.encode(), hashlib.sha256).digest()
