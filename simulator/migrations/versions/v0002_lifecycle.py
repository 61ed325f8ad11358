"""The whole lifecycle: sections with a revision and a lease of their own, corrections, late entries, events, marks.

Sheets, executions and leases are converted; each sheet gets an entry in the audit, from which its trail goes on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

from simulator.migrations import carried
from simulator.migrations.versions.v0001_baseline import TABLES as BEFORE
from simulator.migrations.words import create, table

revision, down_revision = "0002", "0001"

SHEETS = (
    "world* number* author establishment client registration_number dependant_rank# issued_at date_of_care valid_until "
    "revision# rotation# replaced_by? replaces? standing content"
)
EXECUTIONS = (
    "world* id* number revision# section establishment inpe client kind target? performed_at recorded_at content "
    "receipt? to_reconcile#"
)
CLAIMS = "world* number* section* establishment* id registration_number dependant_rank# due? failed? content%"
NEW = {
    "bench_operations": "world* seq*# after# at content",
    "ceiling_freed": "world* registration_number* dependant_rank*# counter* at",
    "ceiling_grants": "world* registration_number* dependant_rank*# counter* execution* place*# day amount "
    "about section establishment",
    "claim_contestations": "world* claim* rank*# lines reason at sent_by",
    "claim_documents": "world* claim* rank*# kind media_type size# sha256 at sent_by",
    "deliveries": "world* subscription* seq*# status round# tries# due_at attempts",
    "events": "world* client* seq*# type at data",
    "faults": "world* id* rank# definition met# times#",
    "former_worlds": "name* era#",
    "indicators_facts": "world* seq*# hash day execution target? patient region week boxes",
    "indicators_progress": "world* seq# day",
    "marks": "world* kind* id* at",
    "paper_lines": "world* reference* line*# registration_number dependant_rank# establishment day code prescribed "
    "number sheet_line# section client said",
    "paper_references": "world* reference* written use number section establishment at",
    "prior_approvals": "world* id* number section line# rank# due_at? failed? content",
    "statements": "world* id* kind payee ordered_on pay_at paid# content",
    "subscriptions": "world* id* client url types status created_at cursor# taken_until#",
    "typing_errors": "world* kind* id* count# since",
}
WITHOUT_ROWID = {
    "ceiling_freed",
    "ceiling_grants",
    "claim_contestations",
    "claim_documents",
    "events",
    "former_worlds",
    "indicators_facts",
    "indicators_progress",
    "marks",
    "paper_lines",
    "paper_references",
    "typing_errors",
}
INDEXES = {
    "audit_by_subject": ("audit", "world subject seq"),
    "care_sheets_by_beneficiary": ("care_sheets", "world registration_number dependant_rank number"),
    "deliveries_by_status": ("deliveries", "world subscription status due_at seq"),
    "prior_approvals_by_due": ("prior_approvals", "world due_at"),
    "prior_approvals_by_line": ("prior_approvals", "world number section line rank"),
    "claims_by_establishment": ("claims", "world establishment id"),
    "statements_by_payee": ("statements", "world kind payee ordered_on id"),
    "paper_lines_by_care": (
        "paper_lines",
        "world registration_number dependant_rank section day code prescribed establishment number sheet_line",
    ),
    "paper_lines_by_sheet": ("paper_lines", "world number section sheet_line"),
    "paper_references_by_sheet": ("paper_references", "world number use"),
    "subscriptions_by_client": ("subscriptions", "world client"),
}
OF_WORLDS = {
    "qr_generation": "1",
    "token_generation": "1",
    "rate_requests": None,
    "rate_window": None,
    "marks": "0",
    "paper": "0",
    "era": "0",
}
"""New column, an integer → what the worlds that are there have; None: NULL."""
PAGE = 500


def upgrade() -> None:
    """Make the new tables, convert the old ones; a database of lists of medicines alone has only those."""
    there = set(sa.inspect(op.get_bind()).get_table_names())
    if "worlds" not in there:
        return
    for name, said in NEW.items():
        create(name, said, without_rowid=name in WITHOUT_ROWID)
    for name, value in OF_WORLDS.items():
        op.add_column("worlds", sa.Column(name, sa.Integer, nullable=value is None, server_default=value))
    for name, text in {"life": "", "deployment": "homologation", "persona_set": "default", "eras": "0"}.items():
        op.add_column("worlds", sa.Column(name, sa.Text, nullable=False, server_default=text))
    op.add_column("idempotency", sa.Column("entry", sa.Integer, nullable=True))
    _convert()
    _born()
    for index, (name, columns) in INDEXES.items():
        op.create_index(index, name, columns.split())
    waiting = sa.text("due IS NOT NULL")
    op.create_index("claims_due", "claims", ["world", "due"], sqlite_where=waiting, postgresql_where=waiting)
    late = sa.text("kind = 'late'")
    op.create_index(
        "late_executions", "executions", ["world", "establishment", "id"], sqlite_where=late, postgresql_where=late
    )


def _born() -> None:
    """Worlds that are there start again, when they are reset, as they stand: no deed, their clients, their clock."""
    for name in ("worlds", "clients"):
        columns = [column["name"] for column in sa.inspect(op.get_bind()).get_columns(name)]
        own = {"world": "world || '/'", "eras": "''"}
        values = ", ".join(own.get(column, column) for column in columns)
        op.execute(f"INSERT INTO {name} ({', '.join(columns)}) SELECT {values} FROM {name}")  # noqa: S608 - our names


def _convert() -> None:
    bind = op.get_bind()
    sheets, executions = create("new_care_sheets", SHEETS), create("new_executions", EXECUTIONS)
    typing = table("typing_errors", NEW["typing_errors"])
    old = {name: table(name, BEFORE[name]) for name in ("worlds", "wrong_codes", "care_sheets", "audit")}
    for (world,) in bind.execute(sa.select(old["worlds"].c.world)).fetchall():
        known = carried.clients(_of(old["audit"], world, old["audit"].c.seq))
        trail = _Trail(world)
        issued: dict[str, str] = {}
        for sheet in _sheets(old["care_sheets"], world):
            number = sheet["number"]
            executed = carried.executions(sheet, _about("executions", world, number, "revision"), known)
            standing = carried.sections(sheet, _about("leases", world, number, "taken_at", "id"), executed, known)
            bind.execute(sa.insert(sheets), [carried.sheet(sheet, standing, known)])
            if executed:
                bind.execute(sa.insert(executions), executed)
            trail.append(number, sheet["issued_at"], "care-sheet-carried-over", carried.entry(sheet, standing))
            issued[number] = sheet["issued_at"]
        for row in _of(old["wrong_codes"], world, old["wrong_codes"].c.number):
            since = issued.get(row["number"], trail.at)
            one = {"world": world, "kind": "sheet", "id": row["number"], "count": row["count"], "since": since}
            bind.execute(sa.insert(typing), [one])
    _convert_claims(sheets)
    op.drop_index("claims_by_establishment", "claims")
    for name in ("care_sheets", "executions", "leases", "wrong_codes", "claims"):
        op.drop_table(name)
    op.rename_table("new_care_sheets", "care_sheets")
    op.rename_table("new_executions", "executions")
    op.rename_table("new_claims", "claims")


def _convert_claims(sheets: sa.Table) -> None:
    bind, new, old = op.get_bind(), create("new_claims", CLAIMS), table("claims", BEFORE["claims"])
    joined = sa.and_(sheets.c.world == old.c.world, sheets.c.number == old.c.number)
    wanted = sa.select(old, sheets.c.registration_number, sheets.c.dependant_rank).join(sheets, joined)
    for row in bind.execute(wanted.order_by(old.c.world, old.c.number)).mappings().fetchall():
        kept = {column.name: row[column.name] for column in old.c}
        bind.execute(sa.insert(new), [carried.claim(kept, (row["registration_number"], row["dependant_rank"]))])


class _Trail:
    """The end of a world's audit, gone on with."""

    def __init__(self, world: str) -> None:
        self._table = table("audit", BEFORE["audit"])
        self._world = world
        last = op.get_bind().execute(
            sa.select(self._table).where(self._table.c.world == world).order_by(self._table.c.seq.desc()).limit(1)
        )
        found = last.mappings().first()
        self._seq: int = found["seq"] if found else 0
        self._hash: str = found["hash"] if found else carried.GENESIS
        self.at = found["at"] if found else ""

    def append(self, subject: str, at: str, event: str, data: Mapping[str, Any]) -> None:
        """The next entry; the platform itself acts, at the instant of the entry before."""
        self._seq += 1
        row = {"seq": self._seq, "at": self.at or at, "actor": "-/-", "event": event, "subject": subject, "trace": ""}
        row["data"] = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        self._hash = carried.link(self._hash, row)
        op.get_bind().execute(sa.insert(self._table), [{"world": self._world, **row, "hash": self._hash}])


def _sheets(source: sa.Table, world: str) -> Iterator[dict[str, Any]]:
    after = ""
    wanted = sa.select(source).where(source.c.world == world).order_by(source.c.number).limit(PAGE)
    while found := [dict(row) for row in op.get_bind().execute(wanted.where(source.c.number > after)).mappings()]:
        yield from found
        after = found[-1]["number"]


def _about(name: str, world: str, number: str, *order: str) -> list[dict[str, Any]]:
    source = table(name, BEFORE[name])
    wanted = sa.select(source).where(source.c.world == world, source.c.number == number)
    return [dict(row) for row in op.get_bind().execute(wanted.order_by(*(source.c[name] for name in order))).mappings()]


def _of(source: sa.Table, world: str, order: sa.Column[Any]) -> list[dict[str, Any]]:
    wanted = sa.select(source).where(source.c.world == world).order_by(order)
    return [dict(row) for row in op.get_bind().execute(wanted).mappings()]
