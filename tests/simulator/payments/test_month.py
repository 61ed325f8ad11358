"""A month of Kénitra, paid: every line, every statement and their sum as another reckoning finds them, to the centime.

Faults are planted to see the reckoning notice them.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import ceil, floor
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from simulator.app import create_app
from simulator.care_sheets.store import sheets as sheets_table
from simulator.claims import clockwork, delays, holds
from simulator.kit.storage import query
from simulator.payments.model import Recipient
from simulator.payments.store import statements as statements_table
from simulator.populations.creating import Wanted, make
from simulator.settings import Settings
from tests.simulator.conftest import BASE, TOKEN, Platform
from tests.simulator.database import shared_url
from tests.simulator.payments import recomputed
from tests.simulator.payments.recomputed import JUDGED_ELSEWHERE, Month, cents

SEED, UNTIL = "mois", date(2026, 11, 19)
_world: Any = sa.bindparam("w")
_sheets = query(sa.select(sheets_table.c.number, sheets_table.c.content).where(sheets_table.c.world == _world))
_statements = query(sa.select(statements_table.c.content).where(statements_table.c.world == _world))


@dataclass
class Lived:
    """What the platform says of its month, and what was found again."""

    lines: dict[tuple[str, int], dict[str, Any]]
    statements: list[dict[str, Any]]
    again: Callable[[], Month]
    audited: list[dict[str, Any]]

    def __post_init__(self) -> None:
        self.month = self.again()

    def differences(self) -> list[str]:
        """Where the two reckonings do not agree."""
        found = [f"{key}: not in a claim" for key in self.month.owed.keys() - self.lines.keys()]
        found += [f"{key}: in a claim, never done" for key in self.lines.keys() - self.month.owed.keys()]
        for key in self.lines.keys() & self.month.owed.keys():
            line, owed = self.lines[key], self.month.owed[key]
            said = tuple(cents(line[name]) for name in ("cnss_share", "state_share", "patient_share"))
            if said != (owed.cnss, owed.state, owed.patient) or (any(said[:2]) and line["payee"] != owed.payee[0]):
                found.append(f"{key}: {said} {line['payee']}, found again {owed}")
            paid = sum(cents(one["amount"]) for one in line.get("payments", ()) if "paid_on" in one)
            if paid != owed.cnss + owed.state:
                found.append(f"{key}: paid {paid}")
        said_totals: Counter[tuple[str, str, str]] = Counter()
        for one in self.statements:
            said_totals[one["payee"]["kind"], one["payee"]["id"], one["ordered_on"]] += cents(one["total"])
            if cents(one["total"]) != sum(cents(line["amount"]) for line in one["lines"]):
                found.append(f"{one['id']}: its lines do not make its total")
        expected = self.month.statements()
        found += [
            f"statement {payee}: {said_totals.get(payee)} instead of {expected.get(payee)}"
            for payee in said_totals.keys() | expected.keys()
            if said_totals.get(payee) != expected.get(payee)
        ]
        return found


def lived(folder: Path, days: int, per_day: int) -> Lived:
    """So many days, then sixty more to have everything decided and paid."""
    url = shared_url(f"sqlite:///{folder / 'month.sqlite'}")
    wanted = Wanted(
        name="kenitra", seed=SEED, base_url=BASE, persona_set="kenitra", days=days, until=UNTIL, per_day=per_day
    )
    make(url, wanted, lambda done, of, sheets: None)
    simulator = create_app(Settings(base_url=BASE, bench_token=TOKEN, database=url))
    try:
        platform = Platform(simulator)
        for _ in range(2):
            platform.bench("POST", "/worlds/kenitra/clock/advance", json={"seconds": 30 * 86400})
        sheets = platform.bench("GET", "/worlds/kenitra/state").json()["care_sheets"]
        db = simulator.worlds.db
        contents = db.call(lambda tx: [dict(row) for row in tx.all(_sheets, w="kenitra")], "kenitra")
        written = db.call(lambda tx: [row["content"] for row in tx.all(_statements, w="kenitra")], "kenitra")
        audited = _links(platform)
    finally:
        simulator.close()
    declared = {row["number"]: json.loads(row["content"]).get("long_term_condition") for row in contents}
    lines, said = {}, {}
    for sheet in sheets:
        waits = {one["act_code"]: one.get("closed_at") for one in sheet["prior_approvals"]}
        for claim in sheet["claims"]:
            for line in claim["lines"]:
                key = (line["execution"], line["line"])
                assert key not in lines, f"{key}: claimed twice"
                lines[key] = line
                held = [one.partition(":")[2] for one in line.get("cleared", ())]
                decided = next((waits[code] for code in held if code in waits), None)
                said[key] = {"reason": line.get("reason"), "decided_at": decided}
    return Lived(
        lines, [json.loads(text) for text in written], lambda: Month(SEED, sheets, declared, _Said(said)), audited
    )


class _Said(dict[Any, Any]):
    """A line that no claim has: nothing is said of it."""

    def __missing__(self, key: Any) -> Any:
        return {"reason": None, "decided_at": None}


def _links(platform: Platform) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after = 0
    while True:
        page = platform.bench("GET", "/worlds/kenitra/audit", params={"after": after, "limit": 500}).json()["entries"]
        if not page:
            return [one for one in found if one["event"] == "statement-ordered"]
        found, after = found + page, page[-1]["seq"]


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    yield lived(tmp_path_factory.mktemp("month"), 30, 25)


def test_every_line_and_every_statement_is_found_again_to_the_centime(month: Lived) -> None:
    assert month.differences() == []


def test_the_month_pays_once_what_it_owes(month: Lived) -> None:
    granted = [line for line in month.lines.values() if line["decision"] != "rejected"]
    shares = sum(cents(line["cnss_share"]) + cents(line["state_share"]) for line in granted)
    paid = sum(cents(one["amount"]) for line in month.lines.values() for one in line.get("payments", ()))
    ordered = sum(cents(one["total"]) for one in month.statements)
    assert shares == paid == ordered == sum(month.month.statements().values()) > 5_000_000
    assert sum(cents(one["data"]["total"]) for one in month.audited) == ordered
    assert len(month.audited) == len(month.statements) > 300
    lines = [(line["execution"], line["line"]) for one in month.statements for line in one["lines"]]
    assert len(lines) == len(set(lines))


def test_the_month_is_worth_reckoning(month: Lived) -> None:
    """Every profession that claims, both payees, ceilings and conditions, refusals, holds; little left to others."""
    rules = Counter(step["rule"] for line in month.lines.values() for step in line["explanation"])
    for rule in ("RGL-PLAFOND-DP", "RGL-TAUX-ALD", "RGL-PART-ETAT", "RGL-TAUX-PUBLIC", "RGL-ACCORD-PART"):
        assert rules[rule], rule
    letters = {rule.removeprefix("RGL-TNR-") for rule in rules if rule.startswith("RGL-TNR-")}
    assert letters >= {"C", "CS", "B", "Z", "D", "DP", "AMM", "AMI", "SFI", "DM"}
    assert {one["payee"]["kind"] for one in month.statements} == {"insured", "provider"}
    taken = [line for line in month.lines.values() if line.get("reason") in JUDGED_ELSEWHERE]
    assert len(taken) < len(month.lines) / 20 and len(month.lines) > 1500


@pytest.mark.parametrize("other", [floor, ceil, lambda amount: ceil(amount - Fraction(1, 2))])
def test_another_rounding_is_noticed(month: Lived, other: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a centime counts: rounded down, up, or to the nearest with the half downwards, the month is not the same."""
    monkeypatch.setattr(recomputed, "half_up", other)
    month.month = month.again()
    assert month.differences() != []
    monkeypatch.undo()
    month.month = month.again()
    assert month.differences() == []


def _loses_a_line(patch: pytest.MonkeyPatch) -> None:
    honest = clockwork._order
    patch.setattr(clockwork, "_order", lambda run, to, lines: honest(run, to, lines[1:] or lines))


def _pays_a_line_twice(patch: pytest.MonkeyPatch) -> None:
    honest = clockwork._order
    patch.setattr(clockwork, "_order", lambda run, to, lines: honest(run, to, [*lines, lines[0]]))


def _pays_a_day_late(patch: pytest.MonkeyPatch) -> None:
    honest = delays.order_at
    patch.setattr(holds, "order_at", lambda day, *rest: honest(day + timedelta(days=1), *rest))


def _pays_the_insured_what_the_state_owes_a_hospital(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(clockwork, "recipient", lambda claim, line: Recipient("insured", claim.beneficiary[0]))


@pytest.mark.parametrize(
    "plant",
    [
        _loses_a_line,
        _pays_a_line_twice,
        _pays_a_day_late,
        _pays_the_insured_what_the_state_owes_a_hospital,
    ],
)
def test_a_planted_fault_is_noticed(
    plant: Callable[[pytest.MonkeyPatch], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch)
    assert lived(tmp_path, 4, 25).differences() != []


def test_the_same_days_without_a_fault_have_no_difference(tmp_path: Path) -> None:
    assert lived(tmp_path, 4, 25).differences() == []
