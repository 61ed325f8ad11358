"""No operation in a world changes a byte of another: a property, whatever is done, in any order."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.app import create_app
from simulator.kit.storage import Database, metadata, query
from simulator.settings import Settings
from simulator.worlds import former
from tests.simulator.conftest import BASE, TOKEN, Counter, Platform, delivered
from tests.simulator.database import fresh_url

HERE, CLONE = "monde", "monde-clone"
OTHERS = ("mond", "monde-2", "monde0", "monde00")
"""Names beside the one that is worked on, in the order in which rows are found by name."""
_tables = [table for table in metadata.sorted_tables if "world" in table.c]
_others = {
    table.name: query(
        sa.select(table).where(
            sa.not_(sa.or_(*(sa.or_(table.c.world == name, table.c.world.like(f"{name}/%")) for name in (HERE, CLONE))))
        )
    )
    for table in _tables
}
_shared = [
    query(sa.select(table).where(table.c.name.in_(OTHERS)) if table is former.table else sa.select(table))
    for table in metadata.sorted_tables
    if "world" not in table.c
]


def digest(db: Database) -> str:
    """Of every row, of every table, that is not of the world that is worked on."""
    asked = [*_others.values(), *_shared]
    found = [sorted(repr(tuple(dict(row).items())) for row in db.call(lambda tx, q=q: tx.all(q))) for q in asked]  # type: ignore[misc]
    return hashlib.sha256(repr(found).encode()).hexdigest()


class World(Counter):
    """The world that is worked on: of the same seed, software and people as the others."""

    def __init__(self, platform: Platform, id: str = HERE) -> None:
        self.platform, self._bearers, self._serial = platform, {}, 0
        self.world = platform.world(id=id)
        self.sheet = self.held = None

    def bench_on(self, method: str, path: str, **options: object) -> None:
        answer = self.platform.bench(method, f"/worlds/{HERE}{path}", **options)
        assert answer.status_code < 500, answer.text
        self._bearers.clear()

    def issues(self) -> None:
        answer = self.try_issue({**BODY})
        assert answer.status_code < 500
        self.sheet = answer.json() if answer.status_code == 201 else None
        self.held = None

    def holds(self) -> None:
        if self.sheet is not None:
            answer = self.resolve({"scan": self.sheet["qr"]["payload"], "hold": True})
            assert answer.status_code < 500
            self.held = answer.json() if answer.status_code == 200 else None

    def executes(self) -> None:
        if self.held is not None:
            assert self.execute(self.held, delivered()).status_code < 500

    def cancels(self) -> None:
        if self.sheet is not None:
            assert self.cancel(self.sheet).status_code < 500

    def subscribes(self) -> None:
        form = {**self.platform.software(self.world), "grant_type": "client_credentials"}
        answer = self.platform.token(self.world, form)
        if answer.is_success:
            headers = {"authorization": f"Bearer {answer.json()['access_token']}", **self.key()}
            body = {"url": "http://127.0.0.1:9/webhook"}
            path = f"{self.world['issuer']}/v1/subscriptions"
            assert self.platform("POST", path, json=body, headers=headers).status_code < 500

    def is_refused(self) -> None:
        assert self.platform("POST", f"/w/{HERE}/v1/care-sheets", json={}).status_code == 401

    def is_made_again(self) -> None:
        self.bench_on("DELETE", "")
        self.platform.world(id=HERE)

    def is_cloned(self) -> None:
        self.platform.bench("DELETE", f"/worlds/{CLONE}")
        self.bench_on("POST", "/clone", json={"id": CLONE})
        self.platform.bench("POST", f"/worlds/{CLONE}/clock/advance", json={"seconds": 864_000})


BODY = {
    "date_of_care": "2026-11-23",
    "beneficiary": {"registration_number": "100000001", "dependant_rank": 0},
    "sections": [
        {"type": "prescriber", "lines": [{"act_code": "C", "quantity": "1", "charged": "150.00"}]},
        {
            "type": "pharmacy",
            "lines": [
                {"ean13": "6118999000018", "quantity": "2", "unit": "box", "posology": "1 par jour", "duration_days": 7}
            ],
        },
    ],
}
FAULT = {"kind": "after-commit", "operations": ["issue-care-sheet"], "nth": 50}
CLIENT = {"client_id": "autre", "name": "Autre", "secret": "x"}
DEEDS: dict[str, Callable[[World], None]] = {
    "issue": World.issues,
    "hold": World.holds,
    "execute": World.executes,
    "cancel": World.cancels,
    "subscribe": World.subscribes,
    "refuse": World.is_refused,
    "advance": lambda world: world.bench_on("POST", "/clock/advance", json={"seconds": 600_000}),
    "step": lambda world: world.bench_on("POST", "/clock/step"),
    "agenda": lambda world: world.bench_on("GET", "/clock/agenda"),
    "rotate": lambda world: world.bench_on("POST", "/keys/rotation", json={"kind": "token"}),
    "suspend": lambda world: world.bench_on("POST", "/suspensions", json={"inpe": "100000029"}),
    "revoke": lambda world: world.bench_on("POST", "/revocations", json={"kind": "qr-key", "id": "1"}),
    "register": lambda world: world.bench_on("POST", "/clients", json=CLIENT),
    "fault": lambda world: world.bench_on("POST", "/faults", json=FAULT),
    "mint": lambda world: world.bench_on("POST", "/tokens", json={"kind": "expired", "persona": "gp"}),
    "keep": lambda world: world.bench_on("POST", "/snapshots", json={"name": "avant"}),
    "restore": lambda world: world.bench_on("POST", "/snapshots/avant/restore"),
    "forget": lambda world: world.bench_on("DELETE", "/snapshots/avant"),
    "reset": lambda world: world.bench_on("POST", "/reset"),
    "again": World.is_made_again,
    "clone": World.is_cloned,
}


@pytest.fixture(scope="module")
def peopled() -> Iterator[tuple[Platform, str]]:
    """A simulator where other worlds lived and were kept; what their rows are."""
    simulator = create_app(Settings(base_url=BASE, bench_token=TOKEN, database=fresh_url()))
    platform = Platform(simulator)
    for name in OTHERS:
        other = World(platform, name)
        held = other.hold(other.issue())
        other.execute(held, delivered())
        assert platform.bench("POST", f"/worlds/{name}/snapshots", json={"name": "avant"}).status_code == 201
    yield platform, digest(simulator.db)
    simulator.close()


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(deeds=st.lists(st.sampled_from(sorted(DEEDS)), min_size=4, max_size=14))
def test_no_operation_in_a_world_changes_another(peopled: tuple[Platform, str], deeds: list[str]) -> None:
    platform, before = peopled
    world = World(platform)
    for deed in deeds:
        DEEDS[deed](world)
    platform.bench("DELETE", f"/worlds/{CLONE}")
    platform.bench("DELETE", f"/worlds/{HERE}")
    assert digest(platform.simulator.db) == before, deeds


def test_each_deed_by_itself(peopled: tuple[Platform, str]) -> None:
    """All of them, in an order in which each does something."""
    platform, before = peopled
    world = World(platform)
    for deed in (*DEEDS, "issue", "keep", "restore"):
        DEEDS[deed](world)
        assert digest(platform.simulator.db) == before, deed
    platform.bench("DELETE", f"/worlds/{CLONE}")
    platform.bench("DELETE", f"/worlds/{HERE}")


def test_what_is_changed_elsewhere_is_seen(peopled: tuple[Platform, str]) -> None:
    """The digest can fail: a clock moved by a second is enough."""
    platform, before = peopled
    assert digest(platform.simulator.db) == before
    assert platform.bench("POST", f"/worlds/{OTHERS[-1]}/clone", json={"id": "temoin"}).status_code == 201
    changed = digest(platform.simulator.db)
    platform.bench("POST", "/worlds/temoin/clock/advance", json={"seconds": 1})
    assert before != changed != digest(platform.simulator.db)
    platform.bench("DELETE", "/worlds/temoin")
    assert digest(platform.simulator.db) == before
