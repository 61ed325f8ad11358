"""Addresses of databases, and how they are shown: never with their password."""

from __future__ import annotations

import re
import sqlite3
import sys

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError

_SECRETS = (re.compile(r"(//[^/@:]*:).*(?=@)"), re.compile(r"(?i)(\b(?:ssl)?password=)[^&\s]*"))


def parsed(url: str) -> sa.URL:
    """Raises ValueError for what is no address of a SQLite or PostgreSQL database."""
    try:
        address = sa.make_url(url)
        known = address.drivername in ("sqlite", "postgresql", "postgres", "postgresql+psycopg")
    except (ArgumentError, ValueError):
        known = False
    if not known:
        raise ValueError(f"unsupported database URL: {shown(url)}")
    if address.drivername == "postgres":
        return address.set(drivername="postgresql")
    return address


def faults() -> tuple[type[Exception], ...]:
    """What the opening of a database raises; the one of PostgreSQL is only loaded with a PostgreSQL address."""
    psycopg = sys.modules.get("psycopg")
    known = (ValueError, OSError, sqlite3.Error)
    return known if psycopg is None else (*known, psycopg.Error)


def shown(url: str) -> str:
    """The address for people and logs."""
    for secret in _SECRETS:
        url = secret.sub(r"\1***", url)
    return url
