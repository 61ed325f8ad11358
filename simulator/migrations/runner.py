"""Brings the tables of an older version to this one: all in one transaction, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.util import CommandError

from simulator.migrations import BASE, HEAD

_DRIVERS = {"sqlite": "sqlite://", "postgresql": "postgresql+fse://"}


def upgrade(connect: Callable[[], Any], dialect: str, lock: str = "", to: str = HEAD) -> None:
    """Run what is missing. `connect` opens a plain DBAPI connection, rows as tuples, nothing begun by itself;
    `lock` is the statement that keeps the other processes out.

    Tables without a version are those of BASE. Raises ValueError (French) for a version that is not known here.
    """
    sa.dialects.registry.register("postgresql.fse", "simulator.kit.storage.statements", "PostgresDialect")
    engine = sa.create_engine(_DRIVERS[dialect], creator=connect, poolclass=sa.NullPool)
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if dialect == "sqlite" else "BEGIN")
        if lock:
            connection.exec_driver_sql(lock)
        config.attributes["connection"] = connection
        tables = sa.inspect(connection).get_table_names()
        if tables and "alembic_version" not in tables:
            command.stamp(config, BASE)
        try:
            command.upgrade(config, to)
        except CommandError:
            raise ValueError("elle vient d'une version plus récente du simulateur") from None
        connection.commit()
