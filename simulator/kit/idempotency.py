"""Idempotency-Key: the answer of a request, replayed for 24 h of the world's time.

Scope: client + professional + operation. The journal has the body already, in the same transaction: it is kept here,
encrypted under a key derived for the world, only where the journal does not show it as it went out: a call that meets a
fault, an address or an answer that holds a secret.
"""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import Struct
from msgspec.json import encode

from simulator.kit import clock
from simulator.kit.answer import Whole
from simulator.kit.call import Call
from simulator.kit.context import Record
from simulator.kit.problems import Problem
from simulator.kit.storage import Tx, metadata, query, upsert

LIFE = timedelta(hours=24)
HEADER, REPLAYED = "idempotency-key", "idempotent-replayed"

table = sa.Table(
    "idempotency",
    metadata,
    sa.Column("world", sa.Text, primary_key=True),
    sa.Column("scope", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("fingerprint", sa.Text, nullable=False),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("status", sa.Integer, nullable=False),
    sa.Column("answer", sa.LargeBinary, nullable=False),  # its headers alone where `entry` says it, else all, encrypted
    sa.Column("entry", sa.Integer),  # of the journal, whose body is the answer's
)
_find = query(
    sa.select(table.c.fingerprint, table.c.created_at, table.c.status, table.c.answer, table.c.entry).where(
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

    def stored(self, tx: Tx, call: Call, record: Record) -> Whole | None:
        """The first answer, to be told again, or None. Raises Problem idempotency-key-reused."""
        row = tx.one(_find, world=call.world.id, scope=self.scope, key=self.key)
        if row is None or clock.parse(row["created_at"]) + LIFE <= call.now:
            return None
        if row["fingerprint"] != self.fingerprint:
            raise Problem(
                "idempotency-key-reused",
                "Cette clé d'idempotence a déjà servi pour une autre requête.",
            )
        if row["entry"] is not None:
            head, body = row["answer"], record.body(tx, row["entry"])
        else:
            clear = self._cipher(call).decrypt(self._nonce(row["created_at"]), row["answer"], None)
            head, _, body = clear.partition(b"\n")
        return Whole(row["status"], {**json.loads(head), REPLAYED: "true"}, body)

    def store(self, tx: Tx, call: Call, answer: Whole, entry: int | None) -> None:
        """Keep the answer, in the transaction of the request itself; `entry`: of the journal, where its body is."""
        tx.put(_store, lambda: self._row(call, answer, entry))

    def _row(self, call: Call, answer: Whole, entry: int | None) -> dict[str, Any]:
        created = clock.to_text(call.now)
        kept = encode(answer.headers)
        if entry is None:
            kept = self._cipher(call).encrypt(self._nonce(created), kept + b"\n" + answer.body, None)
        return {
            "world": call.world.id,
            "scope": self.scope,
            "key": self.key,
            "fingerprint": self.fingerprint,
            "created_at": created,
            "status": answer.status,
            "answer": kept,
            "entry": entry,
        }

    def _cipher(self, call: Call) -> AESGCM:
        secret = call.world.keys.platform_secret
        return _cipher_of(secret)

    def _nonce(self, created: str) -> bytes:
        text = f"{self.scope}\0{self.key}\0{self.fingerprint}\0{created}"
        return hashlib.sha256(text.encode()).digest()[:12]
