"""The tables of the first version, as they were before there were migrations."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0001", None

#: Table → its columns: ``*`` in the primary key, ``?`` may be NULL, ``#`` a 64-bit integer, ``%`` bytes.
TABLES = {
    "audit": "world* seq*# at actor event subject trace data hash",
    "care_sheets": "world* number* author establishment issued_at date_of_care valid_until revision# rotation# "
    "replaced_by? lines content",
    "claims": "world* number* section* establishment* id content",
    "clients": "world* client_id* name keys secret_hash?",
    "counters": "world* label* value#",
    "executions": "world* number* revision*# id section establishment inpe performed_at recorded_at content receipt?",
    "idempotency": "world* scope* key* fingerprint created_at status# answer%",
    "journal": "world* seq*# exchange request% response%",
    "leases": "world* number* section* id* establishment inpe taken_at expires_at released_at?",
    "nomenclature_medicines": "version* ean13* name dci dosage form presentation ppv? base? rate atc? antibiotic?# "
    "generic? class? reimbursable# label search",
    "nomenclature_versions": "version* sequence# rows# source_name sha256 imported_at",
    "used_jti": "world* issuer* jti* expires#",
    "worlds": "world* seed nomenclature tariff_set clock_mode clock_start clock_since",
    "wrong_codes": "world* number* count#",
}
WITHOUT_ROWID = {"audit", "counters", "leases", "used_jti", "wrong_codes"}


def column(said: str) -> sa.Column:  # type: ignore[type-arg]
    """A column from its word in `TABLES`."""
    name = said.rstrip("*?#%")
    kind = sa.Integer if "#" in said else sa.LargeBinary if "%" in said else sa.Text
    return sa.Column(name, kind, primary_key="*" in said, nullable="?" in said, autoincrement=False)


def upgrade() -> None:
    """Make the tables."""
    for name, columns in TABLES.items():
        op.create_table(name, *map(column, columns.split()), sqlite_with_rowid=name not in WITHOUT_ROWID)
    op.create_index("claims_by_establishment", "claims", ["world", "establishment", "id"])
