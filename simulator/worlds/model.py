"""A world: its own base URL, seed, clock, keys and randomness. Everything comes from the seed."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Literal

from simulator.kit.call import Actor
from simulator.kit.clock import WorldClock
from simulator.kit.recent import Recent
from simulator.kit.signing import PrivateKey, derive, derive_key
from simulator.kit.storage import Tx

QR_KEY_ID = 1


class WorldKeys:
    """Keys derived from a seed (HMAC-SHA-512 → P-256 scalar), each made at its first use."""

    qr_key_id = QR_KEY_ID

    def __init__(self, seed: str) -> None:
        self._seed = seed

    @cached_property
    def token_key(self) -> PrivateKey:
        """Signs access tokens and receipts; public in `/jwks.json`."""
        return derive_key(self._seed, "token-key")

    @cached_property
    def qr_key(self) -> PrivateKey:
        """Signs scan payloads; public, under key id `qr_key_id`, in `/.well-known/fse-keys.json`."""
        return derive_key(self._seed, f"qr-key|{QR_KEY_ID}")

    @cached_property
    def genuine(self) -> Recent:
        """Scan payloads that `qr_key` is known to have signed: made or verified by this process."""
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
    """One world, cached in the process. `draw_counter(tx, world, label)` is its row of counters."""

    id: str
    seed: str
    issuer: str
    nomenclature: str
    tariff_set: str
    clock: WorldClock
    draw_counter: Callable[[Tx, str, str], int]
    environment: Literal["test"] = "test"
    tokens: dict[str, tuple[Actor, int]] = field(default_factory=dict)
    suspended: set[str] = field(default_factory=set)

    @cached_property
    def keys(self) -> WorldKeys:
        return WorldKeys(self.seed)

    def now(self) -> datetime:
        """World time, UTC, whole seconds."""
        return self.clock.now()

    def draw(self, tx: Tx, label: str) -> int:
        """Next value, from 1, of the counter `label`: undone with its transaction."""
        return self.draw_counter(tx, self.id, label)

    def random_bytes(self, tx: Tx, label: str) -> bytes:
        """32 bytes that only (seed, label, counter) decide: same seed, same requests, same bytes."""
        text = f"draw|{label}|{self.draw(tx, label)}"
        return hmac.new(self.seed.encode(), text.encode(), hashlib.sha256).digest()
