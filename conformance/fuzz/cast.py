"""Who and what a fuzz run plays with: a frozen world of its own, tokens of each kind, sheets in useful
states.

The cast is written to a file for the Schemathesis process. It only holds secrets of a synthetic world.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from client.api import FseClient, Software
from client.bench import BenchClient

CAST_VARIABLE = "FSE_FUZZ_CAST"
DAY = "2026-11-23"


@dataclass(frozen=True)
class Cast:
    """tokens: by role (prescriber, pharmacy, software). sheets: by use (read, hold, cancel, resolve)."""

    issuer: str
    tokens: dict[str, str]
    sheets: dict[str, dict[str, Any]]
    lease: dict[str, Any]
    findings: str

    def write(self, path: Path) -> None:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(asdict(self), file)

    @classmethod
    def read(cls) -> Cast:
        return cls(**json.loads(Path(os.environ[CAST_VARIABLE]).read_text(encoding="utf-8")))


def prepare(bench: BenchClient, seed: str, findings: Path) -> Cast:
    """Create the world, its frozen clock keeping every token alive, and issue the sheets."""
    software = Software("fuzz", "fuzz-1")
    registered = {"client_id": "fuzz", "name": "Fuzz du banc", "jwks": software.jwks()}
    world = bench.create_world(seed=seed, clock="frozen", now=f"{DAY}T09:00:00Z", clients=[registered])
    people = {"software": None} | {
        role: next(p for p in world["professionals"] if p["role"] == role and p["status"] == "active")
        for role in ("prescriber", "pharmacy")
    }
    clients = {role: FseClient(world["issuer"], software, who) for role, who in people.items()}
    try:
        medicine = clients["prescriber"].medicines(reimbursable="true")[0]
        uses = ("read", "hold", "cancel", "resolve")
        sheets = {use: clients["prescriber"].issue(_sheet(medicine)) for use in uses}
        held = clients["pharmacy"].resolve(scan=sheets["hold"]["qr"]["payload"], hold=True)
        tokens = {role: client.token() for role, client in clients.items()}
    finally:
        for client in clients.values():
            client.close()
    return Cast(world["issuer"], tokens, sheets, held, str(findings))


def _sheet(medicine: Mapping[str, Any]) -> dict[str, Any]:
    line = {
        "ean13": medicine["ean13"],
        "quantity": "2",
        "unit": "box",
        "posology": "1 prise matin et soir",
        "duration_days": 7,
        "substitution_allowed": False,
    }
    return {
        "date_of_care": DAY,
        "beneficiary": {"registration_number": "100000001", "dependant_rank": 0},
        "care_setting": "ambulatory",
        "rights_acknowledged": False,
        "sections": [
            {"type": "prescriber", "lines": [{"act_code": "C", "quantity": "1", "charged": "150.00"}]},
            {"type": "pharmacy", "lines": [line]},
        ],
    }
