"""A town of patients who go to the pharmacy."""

from __future__ import annotations

from typing import Any

import pytest

import fixtures
from tests.simulator.conftest import Counter, Platform, delivered, medicine

AMOXIRAM, OTHER = "6118999000018", "6118999000230"
PATIENTS = [
    {"registration_number": person.registration_number, "dependant_rank": person.dependant_rank}
    for person in fixtures.beneficiaries()
    if person.death_date is None and not person.provisional
]


class Town(Counter):
    """`visit` hands boxes to the n-th patient; `read` asks for an indicator."""

    def __init__(self, platform: Platform, **world: Any) -> None:
        super().__init__(platform)
        if world:
            self.world = platform.world(**world)

    def visit(self, patient: int, ean13: str | None = AMOXIRAM, boxes: str = "2", **changes: Any) -> Any:
        order = medicine(ean13, quantity=boxes)
        if ean13 is None:
            order["outside_list"] = {"label": "Préparation magistrale", "reason": "Aucun équivalent"}
        now = self.now()
        who = {"beneficiary": PATIENTS[patient], "date_of_care": now[:10], "rights_acknowledged": True}
        held = self.hold(self.issue(order, **who), changes.pop("persona", "pharmacy"))
        line = delivered(quantity=boxes, ean13=ean13, charged="10.00", lot="L1")
        done = self.execute(held, line, performed_at=now, **changes)
        assert done.status_code == 201, done.text
        return done.json()

    def withdraw(self, done: Any) -> None:
        headers = {"if-match": f'"{done["revision"]}"', **self.key()}
        path = f"/v1/executions/{done['id']}/withdrawal"
        assert self.call("pharmacy", "POST", path, json={"reason": "Erreur"}, headers=headers).is_success

    def now(self) -> str:
        return str(self.platform.bench("GET", f"/worlds/{self.world['id']}/clock").json()["now"])

    def read(self, indicator: str, query: str = "", **options: Any) -> Any:
        answer = self.call("public-health", "GET", f"/v1/indicators/{indicator}?{query}", **options)
        assert answer.status_code == 200, answer.text
        return answer.json() if "json" in answer.headers["content-type"] else answer

    def boxes(self, indicator: str, query: str = "") -> dict[tuple[str, str, str], int]:
        """(region, period, group) → boxes, of what is published."""
        cells = self.read(indicator, query)["cells"]
        return {(c["region"], c["period"], c["group"]): c["boxes"] for c in cells if not c["suppressed"]}


@pytest.fixture
def town(shared: Platform) -> Town:
    return Town(shared)
