"""Wire shapes of the nomenclature: pages of medicines and acts, and the coded reasons.

A member without a value is absent from the JSON: no `base` where nothing is reimbursed, no `ppv` where
the list gives no public price, no `antibiotic` where it cannot be known.
"""

from __future__ import annotations

import hashlib
from typing import Literal

from pydantic import Field

from simulator.kit.wire import Ean13, Money, Rate, Wire


class _Tagged(Wire):
    """An answer whose ETag is the digest of its own JSON."""

    @property
    def etag(self) -> str:
        return hashlib.sha256(self.model_dump_json(exclude_none=True).encode()).hexdigest()[:32]


class MedicineItem(Wire):
    """One medicine of the list in force; amounts are for one box."""

    ean13: Ean13
    name: str
    dci: tuple[str, ...]
    dosage: str
    form: str
    presentation: str
    ppv: Money | None = None
    base: Money | None = None
    rate: Rate
    atc: str | None = None
    antibiotic: bool | None = None
    generic: Literal["P", "G"] | None = None
    class_: str | None = Field(default=None, serialization_alias="class")


class MedicinePage(_Tagged):
    """Medicines in EAN-13 order; ask again with `next_cursor` while it is there."""

    version: str
    items: tuple[MedicineItem, ...]
    next_cursor: str | None = None


SectionType = Literal["prescriber", "pharmacy", "biology", "imaging", "physiotherapy", "dental", "nursing", "devices"]
Family = Literal["refusal", "approval-refusal", "non-execution", "substitution"]


class ActItem(Wire):
    """One act or device; `tariff` = value of its letter × coefficient on the world's day, absent when unknown.

    `section`: where it is prescribed or charged; `unit`: what one `quantity` counts, and what the tariff is for.
    """

    code: str
    letter: str
    coefficient: str | None = None
    label_fr: str
    section: SectionType
    unit: Literal["act", "session", "unit", "pair"]
    prior_approval: bool
    tariff: Money | None = None
    fidelity: str


class ActPage(_Tagged):
    """Acts in the order of their codes."""

    version: str
    tariff_set: str
    items: tuple[ActItem, ...]
    next_cursor: str | None = None


class ReasonItem(Wire):
    """A coded reason with its one remedy."""

    code: str
    family: Family
    label_fr: str
    remedy_fr: str


class ReasonList(_Tagged):
    """The coded reasons, of one family when asked."""

    version: str
    items: tuple[ReasonItem, ...]
