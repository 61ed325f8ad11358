"""Every check of the suite: importing its rooms fills the register."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.checks import dispensing, etiquette, issuance, printing, refusals, reimbursement, resolution
from conformance.checks.registry import REGISTER, Check

ROOMS = (issuance, printing, resolution, refusals, dispensing, reimbursement, etiquette)


def register() -> Mapping[str, Check]:
    """Every check, by id."""
    return REGISTER
