"""The tables of the first version, as they were before there were migrations."""

from alembic import op

from simulator.migrations.words import create

revision, down_revision = "0001", None

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


def upgrade() -> None:
    """Make the tables."""
    for name, said in TABLES.items():
        create(name, said, without_rowid=name in WITHOUT_ROWID)
    op.create_index("claims_by_establishment", "claims", ["world", "establishment", "id"])
