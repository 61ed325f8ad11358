"""A claim: one per sheet, section and establishment; one claim line per execution of a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from simulator.claims.adjudication import AdjudicatedLine, Totals, claim_decision, totals


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """One line of one execution, with its decision."""

    execution: str
    line: AdjudicatedLine


@dataclass(frozen=True, slots=True)
class Claim:
    """What an establishment asks; in this version every line is decided as soon as it is received.

    `date_of_care`: the sheet's for the prescriber's own acts, else the day of the first execution;
    each line was decided with the rules in force on its own day.
    """

    id: str
    number: str
    section: str
    establishment: str
    date_of_care: date
    received_at: datetime
    lines: tuple[ClaimLine, ...]

    @property
    def status(self) -> str:
        return "adjudicated" if self.lines else "received"

    @property
    def decision(self) -> str | None:
        return claim_decision(item.line for item in self.lines)

    @property
    def totals(self) -> Totals:
        return totals(item.line for item in self.lines)

    def with_lines(self, added: Sequence[ClaimLine]) -> Claim:
        """The claim with further executions; earlier decisions stay as they are."""
        return Claim(
            self.id,
            self.number,
            self.section,
            self.establishment,
            self.date_of_care,
            self.received_at,
            (*self.lines, *added),
        )


def shares(lines: Sequence[ClaimLine]) -> tuple[Decimal, Decimal]:
    """(CNSS share, patient share) in MAD of some lines, for a receipt."""
    total = totals(item.line for item in lines)
    return total.cnss_share, total.patient_share
