"""Tables of the medicine lists. Versions are immutable and shared by all worlds: keyed by version
and EAN-13, not by world. Acts are those of the fixtures, the same in every version.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, cast

import sqlalchemy as sa

import fixtures
from simulator.kit import clock
from simulator.kit.storage import Row, Tx, metadata, query
from simulator.nomenclature import importer
from simulator.nomenclature.model import Medicine, fold

versions_table = sa.Table(
    "nomenclature_versions",
    metadata,
    sa.Column("version", sa.Text, primary_key=True),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Column("rows", sa.Integer, nullable=False),
    sa.Column("source_name", sa.Text, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("imported_at", sa.Text, nullable=False),
)
medicines_table = sa.Table(
    "nomenclature_medicines",
    metadata,
    sa.Column("version", sa.Text, primary_key=True),
    sa.Column("ean13", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("dci", sa.Text, nullable=False),
    sa.Column("dosage", sa.Text, nullable=False),
    sa.Column("form", sa.Text, nullable=False),
    sa.Column("presentation", sa.Text, nullable=False),
    sa.Column("ppv", sa.Text),
    sa.Column("base", sa.Text),
    sa.Column("rate", sa.Text, nullable=False),
    sa.Column("atc", sa.Text),
    sa.Column("antibiotic", sa.Integer),
    sa.Column("generic", sa.Text),
    sa.Column("class", sa.Text),
    sa.Column("reimbursable", sa.Integer, nullable=False),
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("search", sa.Text, nullable=False),
)
_v, _m = versions_table.c, medicines_table.c
_VERSIONS = query(sa.select(versions_table).order_by(_v.sequence))
_VERSION = query(sa.select(versions_table).where(_v.version == sa.bindparam("version")))
_ADD_VERSION = query(sa.insert(versions_table))
_ADD_MEDICINE = query(sa.insert(medicines_table))
_DROP_VERSION = query(sa.delete(versions_table).where(_v.version == sa.bindparam("version")))
_DROP_MEDICINES = query(sa.delete(medicines_table).where(_m.version == sa.bindparam("version")))
_FIND = query(
    sa.select(medicines_table).where(_m.version == sa.bindparam("version"), _m.ean13 == sa.bindparam("ean13"))
)
_CODES = query(sa.select(_m.atc, _m.antibiotic).where(_m.version == sa.bindparam("version")).distinct())
_LISTED = query(
    sa.select(_m.label, _m.ppv, _m.base, _m.rate, _m.atc).where(
        _m.version == sa.bindparam("version"), _m.ean13 == sa.bindparam("ean13")
    )
)


_KEPT = 8192


def _optional(name: str, condition: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return sa.or_(sa.bindparam(name, type_=sa.Text).is_(None), condition)


_PAGE = query(
    sa.select(medicines_table)
    .where(
        _m.version == sa.bindparam("version"),
        _m.ean13 > sa.bindparam("after"),
        _optional("ean13", _m.ean13 == sa.bindparam("ean13")),
        _optional("like", _m.search.like(sa.bindparam("like"))),
        _optional("reimbursable", _m.reimbursable == sa.bindparam("reimbursable", type_=sa.Integer)),
        _optional("antibiotic", _m.antibiotic == sa.bindparam("antibiotic", type_=sa.Integer)),
    )
    .order_by(_m.ean13)
    .limit(sa.bindparam("limit", type_=sa.Integer))
)


@dataclass(frozen=True, slots=True)
class Version:
    """A stored list; `rows` counts its medicines, `imported_at` is real time, UTC."""

    version: str
    sequence: int
    rows: int
    source_name: str
    sha256: str
    imported_at: str


def versions(tx: Tx) -> list[Version]:
    """Every stored list, the built-in one first, then in the order of their imports."""
    return [Version(**row) for row in tx.all(_VERSIONS)]


def find_version(tx: Tx, version: str) -> Version | None:
    row = tx.one(_VERSION, version=version)
    return Version(**row) if row else None


def current(tx: Tx) -> str:
    """The version of new worlds that name none: the last imported list, else the built-in one."""
    found = versions(tx)
    return found[-1].version if found else fixtures.BUILT_IN_NOMENCLATURE


def prepare(tx: Tx) -> str:
    """Make sure that the built-in list of this release is there; answers `current`."""
    stored = find_version(tx, fixtures.BUILT_IN_NOMENCLATURE)
    parsed = _built_in()
    if stored is None or stored.sha256 != parsed.sha256:
        tx.kept.clear()
        tx.run(_DROP_VERSION, version=fixtures.BUILT_IN_NOMENCLATURE)
        tx.run(_DROP_MEDICINES, version=fixtures.BUILT_IN_NOMENCLATURE)
        _add(tx, fixtures.BUILT_IN_NOMENCLATURE, 0, parsed)
    return current(tx)


@lru_cache(maxsize=1)
def _built_in() -> importer.ParsedList:
    return importer.load(fixtures.MEDICINES_FILE)


def add(tx: Tx, version: str, parsed: importer.ParsedList) -> Version:
    """Store a list under a new version id. Raises ValueError (French) when that id holds another list.

    The same content under the same id is already there: nothing is written.
    """
    stored = find_version(tx, version)
    if stored is not None:
        if stored.sha256 == parsed.sha256:
            return stored
        raise ValueError(
            f"la version « {version} » existe déjà avec un autre contenu (fichier {stored.source_name}) ; "
            "une version ne change jamais, choisir un autre nom"
        )
    return _add(tx, version, max((item.sequence for item in versions(tx)), default=0) + 1, parsed)


def _add(tx: Tx, version: str, sequence: int, parsed: importer.ParsedList) -> Version:
    now = clock.to_text(clock.real_now())
    stored = Version(version, sequence, len(parsed.medicines), parsed.source_name, parsed.sha256, now)
    row = {name: getattr(stored, name) for name in Version.__slots__}
    tx.run(_ADD_VERSION, **row)
    tx.many(_ADD_MEDICINE, (_row(version, item) for item in parsed.medicines))
    return stored


def find_medicine(tx: Tx, version: str, ean13: str) -> Medicine | None:
    """The medicine of that EAN-13 in a version, or None."""
    row = tx.one(_FIND, version=version, ean13=ean13)
    return _medicine(row) if row else None


def codes(tx: Tx, version: str) -> frozenset[tuple[str | None, bool | None]]:
    """(ATC code, antibiotic) of the medicines of a list, each once. Remembered: a version never changes."""
    found = tx.kept.get(("atc", version))
    if found is None:
        rows = tx.all(_CODES, version=version)
        found = frozenset((row["atc"], None if (told := row["antibiotic"]) is None else bool(told)) for row in rows)
        tx.kept["atc", version] = found
    return cast("frozenset[tuple[str | None, bool | None]]", found)


@dataclass(frozen=True, slots=True)
class Listed:
    """What prescribing and claiming need of a medicine: MAD for one box, rate as a fraction."""

    label: str
    ppv: Decimal | None
    base: Decimal | None
    rate: Decimal
    atc: str | None = None


def find_listed(tx: Tx, version: str, ean13: str) -> Listed | None:
    """The same medicine, in short; or None. Remembered: a version never changes."""
    known = tx.kept.get((version, ean13))
    if known is None and (row := tx.one(_LISTED, version=version, ean13=ean13)):
        ppv, base = row["ppv"], row["base"]
        known = Listed(
            label=row["label"],
            ppv=None if ppv is None else Decimal(ppv),
            base=None if base is None else Decimal(base),
            rate=Decimal(row["rate"]),
            atc=row["atc"],
        )
        if len(tx.kept) >= _KEPT:
            tx.kept.clear()
        tx.kept[version, ean13] = known
    return cast("Listed | None", known)


def page(
    tx: Tx,
    version: str,
    *,
    after: str,
    limit: int,
    ean13: str | None = None,
    text: str | None = None,
    reimbursable: bool | None = None,
    antibiotic: bool | None = None,
) -> list[Medicine]:
    """Medicines in EAN-13 order after a code; `text` is looked for in name, DCI and code, folded."""
    rows = tx.all(
        _PAGE,
        version=version,
        after=after,
        limit=limit,
        ean13=ean13,
        like=None if text is None else f"%{fold(text)}%",
        reimbursable=None if reimbursable is None else int(reimbursable),
        antibiotic=None if antibiotic is None else int(antibiotic),
    )
    return [_medicine(row) for row in rows]


def _row(version: str, item: Medicine) -> dict[str, Any]:
    return {
        "version": version,
        "ean13": item.ean13,
        "name": item.name,
        "dci": json.dumps(item.dci, ensure_ascii=False),
        "dosage": item.dosage,
        "form": item.form,
        "presentation": item.presentation,
        "ppv": None if item.ppv is None else str(item.ppv),
        "base": None if item.base is None else str(item.base),
        "rate": str(item.rate),
        "atc": item.atc,
        "antibiotic": None if item.antibiotic is None else int(item.antibiotic),
        "generic": item.generic,
        "class": item.therapeutic_class,
        "reimbursable": int(item.reimbursable),
        "label": item.label,
        "search": fold(f"{item.name} {' '.join(item.dci)} {item.ean13}"),
    }


def _medicine(row: Row) -> Medicine:
    return Medicine(
        ean13=row["ean13"],
        name=row["name"],
        dci=tuple(json.loads(row["dci"])),
        dosage=row["dosage"],
        form=row["form"],
        presentation=row["presentation"],
        ppv=None if row["ppv"] is None else Decimal(row["ppv"]),
        base=None if row["base"] is None else Decimal(row["base"]),
        rate=Decimal(row["rate"]),
        atc=row["atc"],
        antibiotic=None if row["antibiotic"] is None else bool(row["antibiotic"]),
        generic=row["generic"],
        therapeutic_class=row["class"],
    )


@lru_cache(maxsize=1)
def _acts() -> Mapping[str, fixtures.Act]:
    return {act.code: act for act in fixtures.acts()}


def find_act(version: str, code: str) -> fixtures.Act | None:
    """The act of that code. Acts do not depend on the imported list: `version` is kept for the day
    when an official list of acts can be imported too."""
    return _acts().get(code)
