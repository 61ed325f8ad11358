"""A small theatre for scenarios: one fresh world, and the verbs of the people in it.

Each verb answers the `Reply` as it left; `must` unwraps one that has to succeed.
"""

from __future__ import annotations

from typing import Any

from tests.simulator.lifecycle.door import Door, Reply, World

AMOXIRAM, AMOXIRAM_1G = "6118999000018", "6118999000025"
SHEETS = "/v1/care-sheets"
DAY, NOW = "2026-11-23", "2026-11-23T09:00:00Z"
DAY_S = 86_400
"""A day of the clock, in seconds."""


def must(reply: Reply) -> Any:
    """The body of an answer that must be a success."""
    assert reply.status < 300, f"{reply.method} {reply.path}: {reply.status} {reply.body.decode()[:800]}"
    return reply.json() if reply.body else None


def medicine(ean13: str = AMOXIRAM, **changes: Any) -> dict[str, Any]:
    line = {"ean13": ean13, "quantity": "2", "unit": "box", "posology": "1 matin et soir", "duration_days": 7}
    return {**line, **changes}


def act(code: str, quantity: str = "1", **changes: Any) -> dict[str, Any]:
    return {"act_code": code, "quantity": quantity, **changes}


PRESCRIBER = {"type": "prescriber", "lines": [act("C", charged="150.00")]}
PHARMACY = {"type": "pharmacy", "lines": [medicine()]}
BIOLOGY = {"type": "biology", "lines": [act("B-NFS")]}
PHYSIOTHERAPY = {"type": "physiotherapy", "lines": [act("AMM-REEDUC", "6")]}
NURSING = {"type": "nursing", "lines": [act("AMI-INJ")]}


def request(*sections: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The body of an issuance: a consultation and two boxes, unless sections are given."""
    return {
        "date_of_care": DAY,
        "beneficiary": {"registration_number": "100000001", "dependant_rank": 0},
        "sections": list(sections) or [PRESCRIBER, PHARMACY],
        **changes,
    }


def delivered(line: int = 1, quantity: str = "2", **changes: Any) -> dict[str, Any]:
    """A line of an execution; a change to None leaves the member out."""
    done = {
        "line": line,
        "outcome": "executed",
        "quantity": quantity,
        "ean13": AMOXIRAM,
        "charged": "84.60",
        "lot": "L1",
    }
    return {name: value for name, value in {**done, **changes}.items() if value is not None}


def on_paper(reference: str = "ORD-0001", *sections: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The body of a transcription: two boxes, unless sections are given."""
    return {
        "paper_reference": reference,
        "prescriber": "100000011",
        "prescribed_on": DAY,
        "beneficiary": {"registration_number": "100000001", "dependant_rank": 0},
        "sections": list(sections) or [PHARMACY],
        **changes,
    }


def claimed_on_paper(reference: str = "FSP-0001", *lines: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The body of a paper claim: two boxes, unless lines are given."""
    return {
        "paper_reference": reference,
        "beneficiary": {"registration_number": "100000001", "dependant_rank": 0},
        "section": "pharmacy",
        "date_of_care": DAY,
        "lines": list(lines) or [{"ean13": AMOXIRAM, "quantity": "2", "charged": "84.60"}],
        **changes,
    }


class Scene:
    """One world and what is played in it."""

    def __init__(self, door: Door, **world: Any) -> None:
        self.door = door
        self.world: World = door.world(**world)
        self._serial = 0

    def key(self) -> dict[str, str]:
        self._serial += 1
        return {"idempotency-key": f"cle-{self._serial}"}

    def call(self, actor: str, method: str, path: str, body: Any = None, **options: Any) -> Reply:
        return self.world.call(actor, method, path, body=body, **options)

    def post(self, actor: str, path: str, body: Any = None, **headers: str | None) -> Reply:
        """A POST with a fresh key; keyword arguments are headers (``if_match='"1"'``), None removes one."""
        given = {**self.key(), **{name.replace("_", "-"): value for name, value in headers.items()}}
        return self.call(actor, "POST", path, body, headers={n: v for n, v in given.items() if v is not None})

    def try_issue(self, *sections: dict[str, Any], actor: str = "gp", **changes: Any) -> Reply:
        return self.post(actor, SHEETS, request(*sections, **changes))

    def issue(self, *sections: dict[str, Any], **changes: Any) -> dict[str, Any]:
        return dict(must(self.try_issue(*sections, **changes)))

    def resolve(self, sheet: dict[str, Any], actor: str = "pharmacy", **body: Any) -> Reply:
        return self.call(actor, "POST", "/v1/resolutions", {"scan": sheet["qr"]["payload"], **body})

    def hold(self, sheet: dict[str, Any], actor: str = "pharmacy", **body: Any) -> dict[str, Any]:
        return dict(must(self.resolve(sheet, actor, hold=True, **body)))

    def at(self, held: dict[str, Any], rest: str) -> str:
        return f"{SHEETS}/{held['number']}/sections/{held['section']['type']}/{rest}"

    def execute(self, held: dict[str, Any], *lines: dict[str, Any], actor: str = "pharmacy", **changes: Any) -> Reply:
        """`changes`: headers (``if_match``, ``fse_lease``, ``idempotency_key``) and `performed_at`."""
        body = {"performed_at": changes.pop("performed_at", NOW), "lines": list(lines) or [delivered()]}
        headers = {"if_match": f'"{held["revision"]}"', "fse_lease": held["lease"]["id"], **changes}
        return self.post(actor, self.at(held, "executions"), body, **headers)

    def paper(self, held: dict[str, Any], reference: str, actor: str = "pharmacy", **changes: Any) -> Reply:
        body = {"paper_reference": reference, "reason": "Panne", "lines": changes.pop("lines", [1])}
        headers = {"if_match": f'"{held["revision"]}"', "fse_lease": held["lease"]["id"], **changes}
        return self.post(actor, self.at(held, "paper-fallback"), body, **headers)

    def transcribe(
        self, reference: str = "ORD-0001", *sections: dict[str, Any], actor: str = "pharmacy", **changes: Any
    ) -> Reply:
        return self.post(actor, "/v1/paper-prescriptions", on_paper(reference, *sections, **changes))

    def claim_on_paper(
        self, reference: str = "FSP-0001", *lines: dict[str, Any], actor: str = "pharmacy", **changes: Any
    ) -> Reply:
        return self.post(actor, "/v1/paper-claims", claimed_on_paper(reference, *lines, **changes))

    def about(self, sheet: dict[str, Any], what: str, actor: str = "gp", revision: int = 1, **body: Any) -> Reply:
        """`what`: cancellation, replacement or reissue."""
        given = {"reason": "Erreur", **body}
        return self.post(actor, f"{SHEETS}/{sheet['number']}/{what}", given, if_match=f'"{revision}"')

    def afterwards(self, execution: dict[str, Any], what: str, actor: str = "pharmacy", **changes: Any) -> Reply:
        """`what`: amendment or withdrawal, at the revision that `execution` left unless `revision` is given."""
        revision = changes.pop("revision", execution["revision"])
        lines = changes.pop("lines", [delivered()])
        body = {"performed_at": NOW, "lines": lines} if what == "amendment" else {"reason": "Erreur"}
        return self.post(actor, f"/v1/executions/{execution['id']}/{what}", body, if_match=f'"{revision}"', **changes)

    def late(self, sheet: dict[str, Any], *items: dict[str, Any], actor: str = "pharmacy", **body: Any) -> Reply:
        """A late entry of what was delivered at the opening of the world, unless `performed_at` is given."""
        given = list(items) or [{"ean13": AMOXIRAM, "quantity": "2", "charged": "84.60", "lot": "L1"}]
        whole = {"scan": sheet["qr"]["payload"], "performed_at": NOW, "items": given, **body}
        return self.post(actor, "/v1/late-executions", whole)

    def instant(self) -> str:
        """That of the world's clock."""
        return str(self.door.bench("GET", f"/worlds/{self.world.id}/clock")["now"])

    def bench(self, path: str, body: Any) -> Any:
        return self.door.bench("POST", f"/worlds/{self.world.id}{path}", body)
