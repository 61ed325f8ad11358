"""A care sheet: its content, immutable once issued, and its lines, which live (see `states`)."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from simulator.care_sheets.states import Line, SheetStatus, sheet_status
from simulator.kit.problems import Problem

FIRST_REVISION = 1
_BASE32 = "abcdefghijklmnopqrstuvwxyz234567"


@dataclass(frozen=True)
class Sheet:
    """One sheet as read at an instant: `lines` already carry the expiry of that day.

    `content` is the JSON written at issue: prescriber, beneficiary, care_setting, long_term_condition,
    warnings, and `sections`, type → list of prescribed lines. `past_validity`: the day of the reading
    comes after `valid_until`, the last day on which the sheet may be executed (days in Morocco).
    """

    number: str
    author: str
    establishment: str
    issued_at: datetime
    date_of_care: date
    valid_until: date
    revision: int
    rotation: int
    replaced_by: str | None
    content: Mapping[str, Any]
    lines: tuple[Line, ...]
    past_validity: bool

    @cached_property
    def status(self) -> SheetStatus:
        return sheet_status(self.lines, replaced=self.replaced_by is not None)

    def section(self, kind: str) -> tuple[Line, ...]:
        """The lines of one section; empty when the sheet has none of that type."""
        return tuple(line for line in self.lines if line.section == kind)

    def require_live(self) -> None:
        """Raises Problem sheet-cancelled, sheet-replaced or sheet-expired, in that order."""
        status = self.status
        if status is SheetStatus.CANCELLED:
            raise Problem("sheet-cancelled", "Le prescripteur a annulé cette feuille.", current_state=status)
        if status is SheetStatus.REPLACED:
            raise Problem("sheet-replaced", "Une autre feuille remplace celle-ci.", current_state=status)
        if self.past_validity:
            detail = f"Cette feuille était valable jusqu'au {self.valid_until:%d/%m/%Y}."
            raise Problem("sheet-expired", detail, current_state=status, valid_until=self.valid_until.isoformat())

    def require_revision(self, if_match: str) -> None:
        """Strong comparison with an If-Match header. Raises Problem precondition-failed."""
        wanted = f'"{self.revision}"'
        if if_match.strip() != "*" and wanted not in [tag.strip() for tag in if_match.split(",")]:
            raise Problem(
                "precondition-failed",
                "La feuille a changé depuis la révision annoncée dans If-Match.",
                current_state=self.status,
                headers={"etag": wanted},
            )


def require_if_match(headers: Mapping[str, str]) -> str:
    """The If-Match header (lower-case names). Raises Problem precondition-required."""
    value = headers.get("if-match", "")
    if not value.strip():
        raise Problem("precondition-required", "L'en-tête If-Match doit porter la révision lue.")
    return value


def unknown_sheet() -> Problem:
    """Unknown or not yours: the two are told apart by nobody."""
    return Problem("not-found", "Aucune feuille de ce numéro ne vous est accessible.")


def derived_id(secret: bytes, prefix: str, *parts: str) -> str:
    """``prefix-`` and 16 lower-case letters and digits that only the secret and the parts decide."""
    text = "\0".join(("fse-id", prefix, *parts))
    bits = int.from_bytes(hmac.digest(secret, text.encode(), "sha256")[:10], "big")
    return f"{prefix}-" + "".join([_BASE32[bits >> shift & 31] for shift in range(75, -1, -5)])
