"""A scene where people are paid: visits, and what their payees read afterwards."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.simulator.catalogue.scene import DAY_S, Scene, delivered, medicine, must
from tests.simulator.lifecycle.door import Door

SOFOSBUMAR, ATTESTATION = "6118999001022", "ATT-2026-000042"
HASSAN, MERYEM = ("100000001", 0), ("100000001", 1)
RACHID = ("100000002", 0)


def who(key: tuple[str, int]) -> dict[str, Any]:
    return {"registration_number": key[0], "dependant_rank": key[1]}


class Paid(Scene):
    """A scene whose clock is told in instants; statements are read by whoever is paid."""

    def __init__(self, door: Door, now: str = "2026-11-23T09:00:00Z") -> None:
        super().__init__(door, now=now)
        self.now = _instant(now)

    def until(self, instant: str) -> None:
        """Move the clock to that instant."""
        seconds = int((_instant(instant) - self.now).total_seconds())
        if seconds:
            self.world.advance(seconds)
        self.now = _instant(instant)

    def days(self, many: int) -> None:
        self.world.advance(many * DAY_S)

    def visit(self, of: tuple[str, int] = HASSAN, *lines: dict[str, Any], **sheet: Any) -> dict[str, Any]:
        """Two boxes prescribed and delivered now; the execution."""
        day = self.now.date().isoformat()
        made = self.issue({"type": "pharmacy", "lines": [medicine()]}, beneficiary=who(of), date_of_care=day, **sheet)
        return {**must(self.execute(self.hold(made), *lines, performed_at=self.at_now())), "number": made["number"]}

    def costly(self) -> dict[str, Any]:
        """A costly medicine under third-party payment: 2980.00 × 0.70 = 2086.00 for the pharmacy."""
        lines = [medicine(SOFOSBUMAR, quantity="1")]
        day = self.now.date().isoformat()
        made = self.issue({"type": "pharmacy", "lines": lines}, beneficiary=who(RACHID), date_of_care=day)
        line = delivered(1, "1", ean13=SOFOSBUMAR, charged="2980.00", third_party_attestation=ATTESTATION)
        return dict(must(self.execute(self.hold(made), line, performed_at=self.at_now())))

    def at_now(self) -> str:
        return self.now.strftime("%Y-%m-%dT%H:%M:%SZ")

    def statements(self, actor: str = "patient:salaried", query: str = "") -> list[dict[str, Any]]:
        return list(must(self.call(actor, "GET", "/v1/statements", query=query))["items"])

    def claim(self, execution: dict[str, Any], actor: str = "pharmacy") -> dict[str, Any]:
        return dict(must(self.call(actor, "GET", f"/v1/claims/{execution['claim']['id']}")))


def _instant(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


@pytest.fixture
def scene(door: Door) -> Paid:
    return Paid(door)
