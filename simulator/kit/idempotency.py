"""Idempotency-Key: the stored answer of a request, not sealed yet, replayed for 24 h of the world's time.

Scope: client + professional + operation. An answer can carry secrets that the platform never stores
in clear (backup code, scan secret), so it is kept encrypted under a key derived for the world.
"""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from functools import lru_cache

import sqlalchemy as sa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import Struct
from msgspec.json import encode

from simulator.kit import clock
from simulator.kit.answer import Whole
from simulator.kit.call import Call
from simulator.kit.problems import Problem
from simulator.kit.storage import Tx, metadata, query, upsert

LIFE = timedelta(hours=24)
HEADER = "idempotency-key"

table = sa.Table(
    "idempotency",
    metadata,
    sa.Column("world", sa.Text, primary_key=True),
    sa.Column("scope", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("fingerprint", sa.Text, nullable=False),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("status", sa.Integer, nullable=False),
    sa.Column("answer", sa.LargeBinary, nullable=False),
)
_find = query(
    sa.select(table.c.fingerprint, table.c.created_at, table.c.status, table.c.answer).where(
        table.c.world == sa.bindparam("world"),
        table.c.scope == sa.bindparam("scope"),
        table.c.key == sa.bindparam("key"),
    )
)
_store = upsert(table)


@lru_cache(maxsize=256)
def _cipher_of(secret: bytes) -> AESGCM:
    return AESGCM(hashlib.sha256(b"idempotency\0" + secret).digest())


class Key(Struct, frozen=True):
    """One idempotent request."""

    scope: str
    key: str
    fingerprint: str

    @classmethod
    def of(cls, call: Call, path: str, body: bytes) -> Key:
        """Raises Problem missing-idempotency-key."""
        key = call.headers.get(HEADER, "")
        if not 1 <= len(key) <= 255 or not key.isprintable():
            raise Problem(
                "missing-idempotency-key",
                "L'en-tête Idempotency-Key (1 à 255 caractères) est obligatoire pour cette opération.",
            )
        scope = f"{call.actor.client_id}|{call.actor.person}|{call.operation}"
        return cls(scope, key, hashlib.sha256(path.encode() + b"\0" + body).hexdigest())

    def stored(self, tx: Tx, call: Call) -> Whole | None:
        """The first answer, or None. Raises Problem idempotency-key-reused."""
        row = tx.one(_find, world=call.world.id, scope=self.scope, key=self.key)
        if row is None or clock.parse(row["created_at"]) + LIFE <= call.now:
            return None
        if row["fingerprint"] != self.fingerprint:
            raise Problem(
                "idempotency-key-reused",
                "Cette clé d'idempotence a déjà servi pour une autre requête.",
            )
        clear = self._cipher(call).decrypt(self._nonce(row["created_at"]), row["answer"], None)
        head, _, body = clear.partition(b"\n")
        told = json.loads(head)
        headers, unsealed = (told, ()) if isinstance(told, dict) else told
        return Whole(row["status"], headers, body, tuple(unsealed))

    def store(self, tx: Tx, call: Call, answer: Whole) -> None:
        """Keep the answer, in the transaction of the request itself."""
        created = clock.to_text(call.now)
        told = (answer.headers, answer.unsealed) if answer.unsealed else answer.headers
        clear = encode(told) + b"\n" + answer.body
        tx.run(
            _store,
            world=call.world.id,
            scope=self.scope,
            key=self.key,
            fingerprint=self.fingerprint,
            created_at=created,
            status=answer.status,
            answer=self._cipher(call).encrypt(self._nonce(created), clear, None),
        )

    def _cipher(self, call: Call) -> AESGCM:
        secret = call.world.keys.platform_secret
        return _cipher_of(secret)

    def _nonce(self, created: str) -> bytes:
        text = f"{self.scope}\0{self.key}\0{self.fingerprint}\0{created}"
        return hashlib.sha256(text.encode()).digest()[:12]
