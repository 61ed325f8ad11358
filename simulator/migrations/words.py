"""Tables said in words, so that a script of a version does not depend on what the code becomes.

``"world* number* revision# receipt? answer%"``: ``*`` in the primary key, ``?`` may be NULL, ``#`` a 64-bit
integer, ``%`` bytes; otherwise a text.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op


def column(said: str) -> sa.Column[Any]:
    """A column from its word."""
    kind: Any = sa.Integer if "#" in said else sa.LargeBinary if "%" in said else sa.Text
    return sa.Column(said.rstrip("*?#%"), kind, primary_key="*" in said, nullable="?" in said, autoincrement=False)


def create(name: str, said: str, *, without_rowid: bool = False) -> sa.Table:
    """Make a table."""
    made: sa.Table = op.create_table(name, *map(column, said.split()), sqlite_with_rowid=not without_rowid)
    return made


def table(name: str, said: str) -> sa.Table:
    """A table that is there, to read it."""
    return sa.Table(name, sa.MetaData(), *map(column, said.split()))
