"""Storage: tables on one `metadata`, statements compiled once, one writer, group commit; SQLite or PostgreSQL.

``db.write(work, world)`` runs ``work(tx)`` in a transaction that alone writes to that world.
"""

from simulator.kit.storage.address import shown
from simulator.kit.storage.database import Database, metadata
from simulator.kit.storage.statements import Query, insert_new, query, upsert
from simulator.kit.storage.work import Duplicate, Row, Tx, Unusable

__all__ = [
    "Database",
    "Duplicate",
    "Query",
    "Row",
    "Tx",
    "Unusable",
    "insert_new",
    "metadata",
    "query",
    "shown",
    "upsert",
]
