"""Versions of the tables. BASE is the one before there were migrations; a new database is made at HEAD.

`versions/` holds one Alembic script per step; `runner` runs those that an older database lacks.
"""

BASE = "0001"
HEAD = "0002"
