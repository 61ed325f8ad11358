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
DAY, NOW = "2026-11-23", "2026-11-23T09:00:00Z"
HOOKS = "/v1/subscriptions"
APPROVALS = "/v1/prior-approvals"
ASKED = ("physiotherapy", 1, "6", "Genou")
SESSIONS = {"type": "physiotherapy", "lines": [{"act_code": "AMM-REEDUC", "quantity": "6"}]}
FILES = ("document.pdf", "qr.png", "qr.svg")
CORRECTIONS = {"cancellation": "cancel", "replacement": "replace", "reissue": "reissue"}
VISITS = {"lease": "hold", "executions": "execute", "paper-fallback": "paper"}
AFTERWARDS = {"amendment": "amend", "withdrawal": "withdraw"}


PEOPLE = {"prescriber": "gp", "pharmacy": "pharmacy", "agent": "agent", "public-health": "public-health"}
USES = (
    "read",
    "cancel",
    "replace",
    "reissue",
    "resolve",
    "late",
    "hold",
    "execute",
    "paper",
    "told",
    "amend",
    "withdraw",
)
SHEET, SECTION, EXECUTION = (
    "/v1/care-sheets/{number}",
    "/v1/care-sheets/{number}/sections/{type}",
    "/v1/executions/{id}",
)


@dataclass(frozen=True)
class Cast:
    """tokens: by role (prescriber, pharmacy, patient, agent, software).

    examples: path of the document → parameter in lower case → a value of this world. bodies: path → a request that
    fits those values.
    """

    issuer: str
    tokens: dict[str, str]
    examples: dict[str, dict[str, str]]
    bodies: dict[str, Any]
    findings: str

    def write(self, path: Path) -> None:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(asdict(self), file)

    @classmethod
    def read(cls) -> Cast:
        return cls(**json.loads(Path(os.environ[CAST_VARIABLE]).read_text(encoding="utf-8")))


def prepare(bench: BenchClient, seed: str, findings: Path) -> Cast:
    """Create the world, its frozen clock keeping every token alive, and one sheet for each use it will be put to."""
    software = Software("fuzz", "fuzz-1")
    registered = {"client_id": "fuzz", "name": "Fuzz du banc", "jwks": software.jwks()}
    world = bench.create_world(seed=seed, clock="frozen", now=NOW, clients=[registered])
    people: dict[str, Any] = {"software": None, "patient": _persona(world["beneficiaries"], "salaried")}
    people |= {role: _persona(world["professionals"], persona) for role, persona in PEOPLE.items()}
    clients = {role: FseClient(world["issuer"], software, who) for role, who in people.items()}
    try:
        tokens = {role: client.token() for role, client in clients.items()}
        examples, bodies = _played(clients)
    finally:
        for client in clients.values():
            client.close()
    return Cast(world["issuer"], tokens, examples, bodies, str(findings))


def _persona(people: list[dict[str, Any]], persona: str) -> dict[str, Any]:
    return next(person for person in people if person["persona"] == persona)


def _played(clients: Mapping[str, FseClient]) -> tuple[dict[str, dict[str, str]], dict[str, Any]]:
    """Issue, hold, execute, subscribe: the examples and bodies of a cast."""
    prescriber, pharmacy, software = (clients[role] for role in ("prescriber", "pharmacy", "software"))
    medicine = prescriber.medicines(reimbursable="true")[0]
    sheets = {use: prescriber.issue(_sheet(medicine)) for use in USES}
    held = {use: pharmacy.resolve(scan=sheets[use]["qr"]["payload"]) for use in USES[USES.index("hold") :]}
    lines = [{"line": 1, "outcome": "executed", "quantity": "1", **_handed_over(medicine)}]
    done = {use: pharmacy.execute(held[use], NOW, lines) for use in ("told", "amend", "withdraw")}
    hooks = [
        software.call("POST", HOOKS, {"url": f"http://127.0.0.1:9/{use}"}).json()["id"] for use in ("keep", "drop")
    ]
    asked = {use: prescriber.issue({**_sheet(medicine), "sections": [SESSIONS]}) for use in ("ask", "read", "drop")}
    approvals = {use: prescriber.ask_approval(asked[use]["number"], *ASKED)["id"] for use in ("read", "drop")}
    claim = {"id": sheets["read"]["claims"][0]["id"], "number": sheets["read"]["number"]}
    known = dict.fromkeys((SHEET, *(f"{SHEET}/{file}" for file in FILES)), _of_sheet(sheets["read"]))
    known |= {f"{SHEET}/{what}": _of_sheet(sheets[use]) for what, use in CORRECTIONS.items()}
    known |= {f"{SECTION}/{what}": _of_section(held[use]) for what, use in VISITS.items()}
    known |= dict.fromkeys((EXECUTION, f"{EXECUTION}/receipt"), _of_execution(done["told"]))
    known |= {f"{EXECUTION}/{what}": _of_execution(done[use]) for what, use in AFTERWARDS.items()}
    known |= {"/v1/claims": {"number": claim["number"]}, "/v1/claims/{id}": {"id": claim["id"]}}
    known |= {f"{HOOKS}/{{id}}": {"id": hooks[1]}, f"{HOOKS}/{{id}}/redelivery": {"id": hooks[0]}}
    known |= {APPROVALS: {"number": asked["read"]["number"]}, f"{APPROVALS}/{{id}}": {"id": approvals["read"]}}
    known |= {f"{APPROVALS}/{{id}}/cancellation": {"id": approvals["drop"]}}
    visit = {"performed_at": NOW, "lines": lines}
    late = [{"quantity": "1", **_handed_over(medicine)}]
    paper = {"beneficiary": _sheet(medicine)["beneficiary"], "paper_reference": "PAP-0002"}
    handed_over = {"ean13": medicine["ean13"], "quantity": "1", "charged": "10.00"}
    bodies = {
        "/v1/paper-prescriptions": {
            **paper,
            "prescriber": sheets["read"]["prescriber"]["inpe"],
            "prescribed_on": DAY,
            "sections": _sheet(medicine)["sections"][1:],
        },
        "/v1/paper-claims": {**paper, "section": "pharmacy", "date_of_care": DAY, "lines": [handed_over]},
        "/v1/care-sheets": _sheet(medicine),
        "/v1/care-sheets/estimates": _sheet(medicine),
        f"{SHEET}/replacement": {"reason": "Erreur", "sections": _sheet(medicine)["sections"][1:]},
        "/v1/resolutions": {"scan": sheets["resolve"]["qr"]["payload"], "hold": True},
        f"{SECTION}/executions": visit,
        f"{SECTION}/paper-fallback": {"paper_reference": "PAP-0001", "reason": "Panne", "lines": [1]},
        f"{EXECUTION}/amendment": visit,
        "/v1/late-executions": {"scan": sheets["late"]["qr"]["payload"], "performed_at": NOW, "items": late},
        APPROVALS: dict(
            zip(("number", "section", "line", "quantity", "motive"), (asked["ask"]["number"], *ASKED), strict=True)
        ),
        HOOKS: {"url": "http://127.0.0.1:9/fuzz"},
    }
    return known, bodies


def _of_sheet(sheet: Mapping[str, Any]) -> dict[str, str]:
    return {"number": sheet["number"], "if-match": f'"{sheet["revision"]}"'}


def _of_section(held: Mapping[str, Any]) -> dict[str, str]:
    lease = held["lease"]["id"]
    return {"number": held["number"], "type": "pharmacy", "if-match": f'"{held["revision"]}"', "fse-lease": lease}


def _of_execution(done: Mapping[str, Any]) -> dict[str, str]:
    return {"id": done["id"], "if-match": f'"{done["revision"]}"'}


def _handed_over(medicine: Mapping[str, Any]) -> dict[str, str]:
    return {"ean13": medicine["ean13"], "charged": "10.00", "lot": "L-1"}


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
