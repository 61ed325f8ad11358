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
    return (ValueError, OSError, *_drivers("Error"))


def of_a_statement(error: BaseException) -> bool:
    """Whether a driver raised it: the transaction may not go on after it."""
    return isinstance(error, _drivers("Error"))


def of_an_outage(error: BaseException) -> bool:
    """Whether the database is not available, whatever it was asked."""
    return isinstance(error, _drivers("OperationalError"))


def _drivers(name: str) -> tuple[type[Exception], ...]:
    psycopg = sys.modules.get("psycopg")
    own: type[Exception] = getattr(sqlite3, name)
    return (own,) if psycopg is None else (own, getattr(psycopg, name))


def shown(url: str) -> str:
    """The address for people and logs."""
    for secret in _SECRETS:
        url = secret.sub(r"\1***", url)
    return url
