"""What is sent: issuance, resolution with hold, execution, each fed by the answers of the one before."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any

from benchmarks.generator import Batch
from client.api import FseClient, Software
from client.bench import BenchClient
from client.http import FSE_VERSION

OPERATIONS = ("issue", "resolve", "execute")
AGENT = "BancFSE-Mesure/0.1 BancFSE/mesure"


def message(path: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> bytes:
    """One whole HTTP/1.1 POST."""
    payload = json.dumps(body, ensure_ascii=False).encode()
    own = {"User-Agent": AGENT, "FSE-Version": FSE_VERSION, "Content-Type": "application/json"}
    given = {"Host": "127.0.0.1", **own, **headers}
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in given.items())]
    head = "\r\n".join([*lines, f"Content-Length: {len(payload)}", "", ""])
    return head.encode("latin-1") + payload


class Journey:
    """A world of the simulator, tokens for a prescriber and a pharmacist, and the requests of each operation.

    Requests come in triples of the same length and bodies: for the simulator and for the echo.
    """

    def __init__(self, bench: BenchClient, seed: str) -> None:
        software = Software("mesure", "mesure-1")
        clients = [{"client_id": "mesure", "name": "Mesure du banc", "jwks": software.jwks()}]
        world = bench.create_world(seed=seed, clock="running", clients=clients)
        self.path = "/" + world["issuer"].split("/", 3)[3]
        people = {person["role"]: person for person in reversed(world["professionals"]) if person["status"] == "active"}
        self.clients = {role: FseClient(world["issuer"], software, people[role]) for role in ("prescriber", "pharmacy")}
        self.now = world["now"]
        listed = self.clients["prescriber"].medicines(reimbursable="true")
        self.shelf = [item for item in listed if item["ppv"]][:20]
        self.prices = {item["ean13"]: Decimal(item["ppv"]) for item in self.shelf}
        self.sent = 0

    def close(self) -> None:
        for client in self.clients.values():
            client.close()

    def issue(self, count: int) -> list[tuple[bytes, bytes]]:
        """`count` issuances, each with its own key: (for the simulator, for the echo)."""
        made = []
        for _ in range(count):
            self.sent += 1
            made.append(self._pair("prescriber", "/v1/care-sheets", "/issue", self.sheet(), self._once()))
        return made

    def resolve(self, issued: Batch) -> list[tuple[bytes, bytes]]:
        """One resolution with hold per issued sheet."""
        sheets = [json.loads(body) for _, _, body in issued.answers]
        bodies = [{"scan": sheet["qr"]["payload"], "hold": True} for sheet in sheets]
        return [self._pair("pharmacy", "/v1/resolutions", "/resolve", body, {}) for body in bodies]

    def execute(self, resolved: Batch) -> list[tuple[bytes, bytes]]:
        """One whole execution per held section."""
        made = []
        for _, headers, raw in resolved.answers:
            found = json.loads(raw)
            lines = self.done(found)
            at = parsedate_to_datetime(headers["date"]).strftime("%Y-%m-%dT%H:%M:%SZ")
            needs = {**self._once(), "If-Match": f'"{found["revision"]}"', "FSE-Lease": found["lease"]["id"]}
            path = f"/v1/care-sheets/{found['number']}/sections/pharmacy/executions"
            made.append(self._pair("pharmacy", path, "/execute", {"performed_at": at, "lines": lines}, needs))
        return made

    def _pair(
        self, role: str, path: str, echo: str, body: Mapping[str, Any], needs: Mapping[str, str]
    ) -> tuple[bytes, bytes]:
        headers = {"Authorization": f"Bearer {self.clients[role].token()}", **needs}
        return message(self.path + path, body, headers), message(echo, body, headers)

    def _once(self) -> dict[str, str]:
        self.sent += 1
        return {"Idempotency-Key": f"mesure-{self.sent:08d}"}

    def done(self, held: Mapping[str, Any]) -> list[dict[str, Any]]:
        """What executes a held section whole."""
        return [
            {
                "line": line["line"],
                "outcome": "executed",
                "quantity": line["remaining"],
                "ean13": line["ean13"],
                "charged": str(self.prices[line["ean13"]] * Decimal(line["remaining"])),
            }
            for line in held["section"]["lines"]
        ]

    def sheet(self) -> dict[str, Any]:
        """A consultation and three medicines; the next time, others."""
        lines = [
            {
                "ean13": self.shelf[(self.sent + step) % len(self.shelf)]["ean13"],
                "quantity": "2",
                "unit": "box",
                "posology": "1 gélule matin et soir pendant les repas",
                "duration_days": 7,
                "substitution_allowed": False,
            }
            for step in range(3)
        ]
        return {
            "date_of_care": self.now[:10],
            "beneficiary": {"registration_number": "100000001", "dependant_rank": 0},
            "care_setting": "ambulatory",
            "rights_acknowledged": False,
            "sections": [
                {"type": "prescriber", "lines": [{"act_code": "C", "quantity": "1", "charged": "150.00"}]},
                {"type": "pharmacy", "lines": lines},
            ],
        }


def unexpected(batch: Batch, allowed: Sequence[int]) -> list[str]:
    """What came back other than a success: a rate of refusals would measure nothing."""
    return [f"{status} {body[:200]!r}" for status, _, body in batch.answers if status not in allowed]
