"""The paper that a patient carries: what is printed on it now, and what was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fixtures.model import Beneficiary, Professional
from simulator.populations import prescriptions


@dataclass(slots=True)
class Paper:
    """One prescription. `sections`: as they were sent at issue; a replacement or a reissue prints it anew."""

    patient: Beneficiary
    province: str
    author: Professional
    motive: Mapping[str, Any]
    sections: list[dict[str, Any]]
    number: str = ""
    scan: str = ""
    code: str = ""

    def printed(self, answer: Mapping[str, Any]) -> None:
        """From the answer to an issuance, a replacement or a reissue."""
        self.number, self.code = answer["number"], answer["backup_code"]
        self.scan = str(answer["qr"]["payload"])

    def awaited(self, kind: str) -> bool:
        """Whether something asked of that kind of executor needs a prior approval."""
        return any(line.get("act_code") in prescriptions.approved() for line in self.asked(kind))

    def asked(self, kind: str) -> list[dict[str, Any]]:
        """The lines asked of that kind of executor."""
        return next(one["lines"] for one in self.sections if one["type"] == kind)
