"""The plan of one run, handed to the Locust process as a file: who plays, where, how fast, with which
medicines.

It holds the private keys of a synthetic world, so it is written for its owner only and lives as long as the
run.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from client.api import FseClient, Software
from client.bench import BenchClient
from load.profile import Profile

PLAN_VARIABLE = "FSE_LOAD_PLAN"
CLIENT_ID, KEY_ID = "charge", "charge-1"
#: Beneficiaries of the fixtures whose rights are open: registration number, dependant rank.
PATIENTS: Sequence[tuple[str, int]] = (
    ("100000001", 0), ("100000001", 1), ("100000001", 2), ("100000002", 0), ("100000003", 0),
    ("100000004", 0), ("100000005", 0), ("100000006", 0), ("100000009", 0), ("100000010", 0),
    ("100000011", 0), ("100000012", 0),
)  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """period_s: seconds between two sheets of one prescriber; drain_s: grace for the pharmacists
    afterwards.
    """

    issuer: str
    world: str
    seed: str
    duration_s: int
    drain_s: int
    period_s: float
    prescribers: int
    pharmacists: int
    contention: float
    replay: float
    software_key: dict[str, Any]
    professionals: list[dict[str, Any]]
    medicines: list[dict[str, Any]]
    outcome: str

    def write(self, path: Path) -> None:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(asdict(self), file)

    @classmethod
    def read(cls, path: str) -> Plan:
        return cls(**json.loads(Path(path).read_text(encoding="utf-8")))

    def software(self) -> Software:
        from joserfc.jwk import ECKey

        return Software(CLIENT_ID, KEY_ID, ECKey.import_key(self.software_key))

    def of_role(self, role: str) -> list[dict[str, Any]]:
        return [person for person in self.professionals if person["role"] == role]


def prepare(bench: BenchClient, profile: Profile, seed: str, outcome: Path, drain_s: int = 15) -> Plan:
    """Create a world of its own with a running clock, and write down all the virtual users need."""
    software = Software(CLIENT_ID, KEY_ID)
    world = bench.create_world(
        seed=seed,
        clock="running",
        clients=[{"client_id": CLIENT_ID, "name": "Charge du banc", "jwks": software.jwks()}],
    )
    people = [person for person in world["professionals"] if person["status"] == "active"]
    one = FseClient(world["issuer"], software, next(who for who in people if who["role"] == "prescriber"))
    try:
        medicines = one.medicines(reimbursable="true")
    finally:
        one.close()
    return Plan(
        issuer=world["issuer"],
        world=world["id"],
        seed=seed,
        duration_s=profile.duration_s,
        drain_s=drain_s,
        period_s=profile.prescribers / profile.sheets_per_second,
        prescribers=profile.prescribers,
        pharmacists=profile.pharmacists,
        contention=profile.contention,
        replay=profile.replay,
        software_key=dict(software.key.as_dict(private=True)),
        professionals=people,
        medicines=[_shelf(medicine) for medicine in medicines if medicine.get("ppv")],
        outcome=str(outcome),
    )


def _shelf(medicine: Mapping[str, Any]) -> dict[str, Any]:
    return {"ean13": medicine["ean13"], "ppv": medicine["ppv"]}
