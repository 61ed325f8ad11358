"""Requests of the naive book as HTTP, and what its names became on the platform (numbers, ids, secrets)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.simulator.lifecycle.door import Reply, World

SHEETS = "/v1/care-sheets"
Request = Mapping[str, Any]


def text(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Wire:
    """Speaks for the book: `send` a request; `bind` what a first answer named."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.numbers: dict[str, str] = {}
        self.scans: dict[str, list[str]] = {}
        self.codes: dict[str, list[str]] = {}
        self.leases: dict[str | None, str] = {"L0": "lea-aaaaaaaaaaaaaaaa"}
        self.executions: dict[str, str] = {}

    def send(self, request: Request) -> Reply:
        method, path, body = getattr(self, "_" + request["op"].replace("-", "_"))(request)
        headers = {}
        if request.get("key") is not None:
            headers["idempotency-key"] = request["key"]
        if request.get("match") is not None:
            headers["if-match"] = f'"{request["match"]}"'
        if request.get("lease") is not None:
            headers["fse-lease"] = self.leases[request["lease"]]
        client = request.get("client", "essai")
        return self.world.call(request["actor"], method, path, client=client, headers=headers, body=body)

    def paper(self, name: str, body: Mapping[str, Any]) -> None:
        """The paper of a sheet as last printed: its scan and its backup code, one of each per rotation."""
        self.numbers[name] = body["number"]
        self.scans.setdefault(name, []).append(body["qr"]["payload"])
        self.codes.setdefault(name, []).append(body["backup_code"])

    # -- each operation: method, path, body ----------------------------------------------------------

    def _sheet(self, request: Request, rest: str = "") -> str:
        return f"{SHEETS}/{self.numbers[request['sheet']]}{rest}"

    def _section(self, request: Request, rest: str) -> str:
        return self._sheet(request, f"/sections/{request['section']}/{rest}")

    def _issue(self, request: Request) -> tuple[str, str, Any]:
        number, rank = request["patient"]
        body = {
            "date_of_care": request["day"],
            "beneficiary": {"registration_number": number, "dependant_rank": rank},
            "sections": sections(request),
        }
        return "POST", SHEETS, body

    def _replace(self, request: Request) -> tuple[str, str, Any]:
        body = {"reason": f"Erreur {request['salt']}", "sections": sections(request)}
        return "POST", self._sheet(request, "/replacement"), body

    def _reissue(self, request: Request) -> tuple[str, str, Any]:
        return "POST", self._sheet(request, "/reissue"), {"reason": f"Perdu {request['salt']}"}

    def _cancel(self, request: Request) -> tuple[str, str, Any]:
        body = {"reason": "Erreur", "section": request["section"], "lines": request["lines"]}
        return "POST", self._sheet(request, "/cancellation"), without_none(body)

    def _read(self, request: Request) -> tuple[str, str, Any]:
        return "GET", self._sheet(request), None

    def _proof(self, request: Request) -> dict[str, Any]:
        if "scan" in request:
            return {"scan": self.scans[request["sheet"]][request["scan"]]}
        known = self.codes[request["sheet"]]
        code = known[request["typed"]] if request["typed"] >= 0 else "0000-0000-0"
        return {"number": self.numbers[request["sheet"]], "backup_code": code}

    def _resolve(self, request: Request) -> tuple[str, str, Any]:
        body = {**self._proof(request), "hold": request["hold"], "section": request["section"]}
        return "POST", "/v1/resolutions", without_none(body)

    def _read_lease(self, request: Request) -> tuple[str, str, Any]:
        return "GET", self._section(request, "lease"), None

    def _extend(self, request: Request) -> tuple[str, str, Any]:
        return "PUT", self._section(request, "lease"), None

    def _release(self, request: Request) -> tuple[str, str, Any]:
        return "DELETE", self._section(request, "lease"), None

    def _execute(self, request: Request) -> tuple[str, str, Any]:
        return "POST", self._section(request, "executions"), visit(request)

    def _amend(self, request: Request) -> tuple[str, str, Any]:
        return "POST", f"/v1/executions/{self.executions[request['execution']]}/amendment", visit(request)

    def _withdraw(self, request: Request) -> tuple[str, str, Any]:
        body = {"reason": f"Erreur {request['salt']}"}
        return "POST", f"/v1/executions/{self.executions[request['execution']]}/withdrawal", body

    def _late_entry(self, request: Request) -> tuple[str, str, Any]:
        items = [
            {named(item["code"]): item["code"], "quantity": str(item["quantity"]), "charged": "10.00", **lot(item)}
            for item in request["items"]
        ]
        body = {
            "scan": self.scans[request["sheet"]][request["scan"]],
            "performed_at": text(request["performed_at"]),
            "section": request["section"],
            "items": items,
        }
        return "POST", "/v1/late-executions", without_none(body)

    def _paper(self, request: Request) -> tuple[str, str, Any]:
        body = {"paper_reference": request["reference"], "reason": "Panne", "lines": request["lines"]}
        return "POST", self._section(request, "paper-fallback"), body


def sections(request: Request) -> list[dict[str, Any]]:
    return [
        {"type": kind, "lines": [prescribed(kind, line, request["salt"]) for line in lines]}
        for kind, lines in request["sections"].items()
    ]


def prescribed(kind: str, line: Mapping[str, Any], salt: int) -> dict[str, Any]:
    """A line of an issuance."""
    quantity = str(line["ordered"])
    if kind == "prescriber":
        return {"act_code": line["code"], "quantity": quantity, "charged": f"{150 + salt}.00"}
    if kind != "pharmacy":
        return {"act_code": line["code"], "quantity": quantity, "note": f"Note {salt}"}
    return {
        "ean13": line["code"], "quantity": quantity, "unit": "box", "posology": f"{salt} par jour",
        "duration_days": 7, "substitution_allowed": line["swap"],
    }  # fmt: skip


def visit(request: Request) -> dict[str, Any]:
    """The body of an execution."""
    performed = request["performed_at"] - timedelta(seconds=request["salt"])
    return {"performed_at": text(performed), "lines": [done(line) for line in request["lines"]]}


def done(line: Mapping[str, Any]) -> dict[str, Any]:
    outcome = {"line": line["line"], "outcome": line["outcome"]}
    if line["outcome"] == "not_executed":
        return {**outcome, "reason": "out-of-stock"}
    if line["outcome"] != "executed":
        return outcome
    code = line["code"]
    given = {named(code): code, "quantity": str(line["quantity"]), "charged": "10.00", **lot(line)}
    if line.get("owed"):
        given["owed"] = True
    if "session" in line:
        given["session"] = line["session"]
    if line.get("agreed"):
        given["substitution"] = {"reason": "prescriber-agreed"}
    return {**outcome, **given}


def named(code: str) -> str:
    return "ean13" if code.isdigit() else "act_code"


def lot(line: Mapping[str, Any]) -> dict[str, str]:
    return {"lot": "L-42"} if line["code"].isdigit() else {}


def without_none(body: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if value is not None}
