"""One sheet with a section for everybody, some of it done, and a canary in each field that somebody must not see."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.simulator.catalogue.scene import (
    AMOXIRAM,
    AMOXIRAM_1G,
    DAY_S,
    NOW,
    Scene,
    act,
    delivered,
    medicine,
    must,
)
from tests.simulator.lifecycle.door import Door, Reply

MATRIX = yaml.safe_load(Path(__file__).with_name("matrix.yaml").read_text(encoding="utf-8"))
ROLES: dict[str, str] = MATRIX["roles"]
RESOURCES: dict[str, dict[str, Any]] = MATRIX["resources"]
CHILD = {"registration_number": "100000001", "dependant_rank": 2}
LATE = "canari-tardif"
MOTIVE = "canari-motif"


def note(kind: str) -> str:
    return f"canari-{kind}"


@dataclass
class Case:
    """The world of the matrix. `canaries`: field → the texts that betray it."""

    play: Scene
    canaries: dict[str, list[str]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def ask(self, resource: str, role: str) -> Reply:
        """The request of a resource, made by a role."""
        spec = RESOURCES[resource]
        actor, _, client = ROLES[role].partition("@")
        method, path = spec["request"].split(" ")
        path, query = (text.format(**self.names) for text in (path, spec.get("query", "")))
        body = self._filled(spec.get("body"))
        return self.play.call(actor, method, path, body, query=query, client=client or "essai")

    def _filled(self, body: Any) -> Any:
        if body == {"scan": "{scan}"}:
            return {"scan": self.names["scan"]}
        return body

    def recognised(self, reply: Reply) -> set[str]:
        """Fields whose canary is in an answer."""
        text = reply.body.decode()
        if reply.status >= 400:  # the address that was asked is no news to who asked
            text = json.dumps({name: value for name, value in reply.json().items() if name != "instance"})
        return {name for name, found in self.canaries.items() if any(canary in text for canary in found)}


def paid(door: Door) -> Case:
    """The same case eight days later: what was decided at once is paid."""
    case = build(door)
    case.play.world.advance(8 * DAY_S)
    (statement,) = must(case.play.call("patient:salaried", "GET", "/v1/statements"))["items"]
    case.names["statement"] = statement["id"]
    return case


def build(door: Door) -> Case:
    """Issue, execute, hold: everything the matrix asks about exists afterwards."""
    play = Scene(door)
    sections = [
        {"type": "prescriber", "lines": [act("C", charged="157.31")]},
        {"type": "pharmacy", "lines": [medicine(posology=note("pharmacy")), medicine(AMOXIRAM_1G)]},
        *(
            {"type": kind, "lines": [act(code, quantity, note=note(kind), **more)]}
            for kind, code, quantity, more in ACTS
        ),
    ]
    sheet = play.issue(*sections, beneficiary=CHILD, long_term_condition="ALD")
    case = Case(play)
    case.names = {"number": sheet["number"], "scan": sheet["qr"]["payload"]}
    case.canaries = {
        "identity": ["Idrissi", "100000001"],
        "condition": ['"long_term_condition"'],
        "paper": [sheet["qr"]["payload"], sheet["backup_code"]],
    }
    for section in sections:
        case.canaries[f"section.{section['type']}"] = [note(section["type"])]
    case.canaries["section.prescriber"] = ['"charged":"157.31","listed":']
    (own,) = sheet["claims"]
    _claim(case, "prescriber", own, "157.31")
    pharmacy = play.hold(sheet)
    for kind in ("imaging", "physiotherapy", "dental", "nursing", "devices"):
        case.canaries[f"lease.{kind}"] = [play.hold(sheet, kind)["lease"]["id"]]
    case.canaries["lease.pharmacy"] = [pharmacy["lease"]["id"]]
    _execute(case, pharmacy, delivered(quantity="1", charged="61.37"))
    _execute(case, play.hold(sheet, "biology"), _done("B-NFS", "72.41"), "biology")
    _execute(case, play.hold(sheet, "physiotherapy"), {**_done("AMM-REEDUC", "83.53"), "session": 1}, "physiotherapy")
    asked = {"number": sheet["number"], "section": "physiotherapy", "line": 1, "quantity": "6", "motive": MOTIVE}
    approval = must(play.post("physiotherapy", "/v1/prior-approvals", asked))
    case.names["approval"] = approval["id"]
    case.canaries["approval.physiotherapy"] = [approval["id"], MOTIVE]
    late = [
        {"ean13": AMOXIRAM, "quantity": "1", "charged": "10.00", "lot": "L1"},
        {"label": LATE, "quantity": "1", "charged": "10.00"},
    ]
    must(play.late(sheet, *late, performed_at=NOW))
    case.canaries["late.pharmacy"] = ['"to_reconcile"']
    paper = must(
        play.claim_on_paper(
            "FSP-CANARI", {"ean13": AMOXIRAM_1G, "quantity": "1", "charged": "93.67"}, beneficiary=CHILD
        )
    )
    case.names["paper"] = paper["id"]
    case.canaries |= {"claim.paper": [paper["id"]], "amount.paper": ["93.67"]}
    return case


ACTS: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("biology", "B-NFS", "1", {}),
    ("imaging", "Z-RX1", "1", {}),
    ("physiotherapy", "AMM-REEDUC", "6", {}),
    ("dental", "D-EXTR", "1", {"tooth": "26"}),
    ("nursing", "AMI-INJ", "1", {}),
    ("devices", "DM-VERRE", "1", {"unit": "unit"}),
)


def _done(code: str, charged: str) -> dict[str, Any]:
    return {"line": 1, "outcome": "executed", "quantity": "1", "act_code": code, "charged": charged}


def _execute(case: Case, held: dict[str, Any], line: dict[str, Any], actor: str = "pharmacy") -> None:
    done = must(case.play.execute(held, line, actor=actor))
    _claim(case, held["section"]["type"], done["claim"], line["charged"])
    case.canaries[f"execution.{actor}"] = [done["id"]]
    if actor == "pharmacy":
        case.names |= {"execution": done["id"], "claim": done["claim"]["id"]}


def _claim(case: Case, kind: str, claim: dict[str, Any], charged: str) -> None:
    case.canaries[f"claim.{kind}"] = [claim["id"]]
    case.canaries[f"amount.{kind}"] = [charged]
    case.canaries[f"execution.{kind}"] = [claim["lines"][0]["execution"]]


def expected(resource: str, role: str) -> str | set[str]:
    """The slug of the refusal, or the fields that this role sees."""
    cell = RESOURCES[resource]["seen"][role]
    return cell if isinstance(cell, str) else set(flat(cell))


def flat(cell: Iterable[Any]) -> Iterable[str]:
    for item in cell:
        if isinstance(item, str):
            yield item
        else:
            yield from flat(item)


def differences(case: Case, resource: str) -> list[str]:
    """What the answers to a resource show too much, hide too much, or refuse otherwise than the matrix says."""
    found = []
    for role in ROLES:
        wanted, reply = expected(resource, role), case.ask(resource, role)
        if isinstance(wanted, str):
            if reply.slug != wanted:
                found.append(f"{resource} / {role}: {wanted} expected, {reply.status} {reply.slug}")
            wanted = set()
            seen = case.recognised(reply)
        elif reply.status != 200:
            found.append(f"{resource} / {role}: {reply.status} {reply.slug}")
            continue
        else:
            seen = set() if RESOURCES[resource].get("binary") else case.recognised(reply)
        if leaked := sorted(seen - wanted):
            found.append(f"{resource} / {role}: leaks {', '.join(leaked)}")
        if hidden := sorted(wanted - seen):
            found.append(f"{resource} / {role}: hides {', '.join(hidden)}")
    return found
