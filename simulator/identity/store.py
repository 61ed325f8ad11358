"""Tables of the identity room: registered software, and the `jti` already used."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from simulator.kit.storage import Row, Tx, insert_new, metadata, query

clients = sa.Table(
    "clients",
    metadata,
    sa.Column("world", sa.Text, primary_key=True),
    sa.Column("client_id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("keys", sa.Text, nullable=False),
    sa.Column("secret_hash", sa.Text),
)
used_jti = sa.Table(
    "used_jti",
    metadata,
    sa.Column("world", sa.Text, primary_key=True),
    sa.Column("issuer", sa.Text, primary_key=True),
    sa.Column("jti", sa.Text, primary_key=True),
    sa.Column("expires", sa.Integer, nullable=False),
    sqlite_with_rowid=False,
)
_add_client = query(sa.insert(clients))
_drop_client = query(
    sa.delete(clients).where(clients.c.world == sa.bindparam("w"), clients.c.client_id == sa.bindparam("i"))
)
_find_client = query(
    sa.select(clients).where(clients.c.world == sa.bindparam("world"), clients.c.client_id == sa.bindparam("client_id"))
)
_clients = query(sa.select(clients).where(clients.c.world == sa.bindparam("world")).order_by(clients.c.client_id))
_use = insert_new(used_jti)
_forget = query(
    sa.delete(used_jti).where(used_jti.c.world == sa.bindparam("w"), used_jti.c.expires < sa.bindparam("before"))
)


@dataclass(frozen=True)
class Client:
    """A registered software: its public JWKs by key id; a secret only for the first hour."""

    client_id: str
    name: str
    keys: tuple[Mapping[str, Any], ...] = ()
    secret: str | None = None
    secret_hash: str | None = None

    def key(self, kid: object) -> Mapping[str, Any] | None:
        """The public JWK of that key id."""
        return next((jwk for jwk in self.keys if jwk.get("kid") == kid), None)


def hash_secret(secret: str) -> str:
    """SHA-256; test secrets, generated or given by the tester."""
    return hashlib.sha256(secret.encode()).hexdigest()


def add_client(tx: Tx, world: str, client: Client) -> None:
    """Raises Duplicate when the id is taken in this world."""
    tx.run(
        _add_client,
        world=world,
        client_id=client.client_id,
        name=client.name,
        keys=json.dumps(list(client.keys)),
        secret_hash=hash_secret(client.secret) if client.secret else None,
    )


def put_client(tx: Tx, world: str, client: Client) -> None:
    """Register, or replace the one of that id."""
    tx.run(_drop_client, w=world, i=client.client_id)
    add_client(tx, world, client)


def find_client(tx: Tx, world: str, client_id: str) -> Client | None:
    row = tx.one(_find_client, world=world, client_id=client_id)
    return None if row is None else _client(row)


def world_clients(tx: Tx, world: str) -> list[Client]:
    return [_client(row) for row in tx.all(_clients, world=world)]


def secret_hashes(tx: Tx, world: str) -> frozenset[str]:
    """Of the software of that world that has a secret."""
    return frozenset(row["secret_hash"] for row in tx.all(_clients, world=world) if row["secret_hash"])


def _client(row: Row) -> Client:
    return Client(
        client_id=row["client_id"],
        name=row["name"],
        keys=tuple(json.loads(row["keys"])),
        secret_hash=row["secret_hash"],
    )


def use_jti(tx: Tx, world: str, issuer: str, jti: str, expires: int, now: int) -> bool:
    """False when this `jti` was used before. Instants are seconds of real time."""
    tx.run(_forget, w=world, before=now - 60)
    return tx.run(_use, world=world, issuer=issuer, jti=jti, expires=expires) == 1
