"""A fresh database for each simulator of the tests: SQLite in memory, or a schema of its own on the PostgreSQL
server that FSE_TEST_DATABASE names.
"""

from __future__ import annotations

import atexit
import os
import secrets
from urllib.parse import quote

import psycopg

SERVER = os.environ.get("FSE_TEST_DATABASE", "")
_made: list[str] = []


def fresh_url() -> str:
    """The URL of an empty database."""
    if not SERVER:
        return "sqlite://"
    schema = f"fse_test_{secrets.token_hex(6)}"
    _admin(f"CREATE SCHEMA {schema}")
    if not _made:
        atexit.register(_forget)
    _made.append(schema)
    return f"{SERVER}{'&' if '?' in SERVER else '?'}options={quote(f'-c search_path={schema}')}"


def shared_url(default: str) -> str:
    """The URL for a server program of the tests: a fresh schema, or `default` (a file) without a PostgreSQL."""
    return fresh_url() if SERVER else default


def _forget() -> None:
    for schema in _made:
        _admin(f"DROP SCHEMA IF EXISTS {schema} CASCADE")


def _admin(sql: str) -> None:
    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(sql.encode())
