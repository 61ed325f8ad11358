"""A day in a world, always the same: what the recorded run and the proof of determinism are made of.

Nothing in it comes from chance but what a client signs in real time.
"""

from __future__ import annotations

import json
from typing import Any

from client.api import ASSERTION_TYPE, JWT_BEARER, Software, assertion, credential
from client.bench import BenchClient
from client.http import session

AGENT = "Essai/1.0 Editeur/essai"
START, DAY = "2026-11-23T09:00:00Z", "2026-11-23"
INSURED = {"registration_number": "100000001", "dependant_rank": 0}
BOX = {"ean13": "6118999000018", "quantity": "2", "unit": "box", "posology": "1 gélule matin et soir"}
SHEET: dict[str, Any] = {
    "date_of_care": DAY,
    "beneficiary": INSURED,
    "care_setting": "ambulatory",
    "rights_acknowledged": False,
    "sections": [
        {"type": "prescriber", "lines": [{"act_code": "C", "quantity": "1", "charged": "150.00"}]},
        {"type": "pharmacy", "lines": [{**BOX, "duration_days": 7, "substitution_allowed": False}]},
        {"type": "biology", "lines": [{"act_code": "B-NFS", "quantity": "1"}]},
        {"type": "imaging", "lines": [{"act_code": "Z-RX2", "quantity": "1"}]},
        {"type": "physiotherapy", "lines": [{"act_code": "AMM-REEDUC", "quantity": "10"}]},
    ],
}
ANALYSIS = {"line": 1, "outcome": "executed", "quantity": "1", "charged": "60.00"}
SOLD = {"line": 1, "outcome": "executed", "quantity": "1", "ean13": BOX["ean13"], "charged": "42.30"}


class Actors:
    """A world of a fresh simulator, and those who meet in it."""

    def __init__(self, bench: BenchClient, world: str, seed: str = "graine-de-trace") -> None:
        self.bench, self.id, self.serial = bench, world, 0
        self.software = Software("essai", "k1")
        clients = [
            {"client_id": "essai", "name": "Essai", "jwks": self.software.jwks()},
            {"client_id": "novice", "name": "Première heure", "secret": "s3cret-du-novice"},
        ]
        self.made = bench.create_world(id=world, seed=seed, now=START, clock="frozen", clients=clients)
        self.people = {one["persona"]: one for one in (*self.made["professionals"], *self.made["beneficiaries"])}
        self.tokens: dict[str, str] = {}
        self.http = session(60.0)

    def close(self) -> None:
        self.http.close()

    def __call__(self, who: str, method: str, path: str, body: Any = None, expect: int = 200, **headers: str) -> Any:
        """One call below the world; `headers` with underscores. What it answers, JSON or bytes."""
        given = {"user-agent": AGENT, "fse-version": "2026-01-01"}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        if who and "authorization" not in given:
            given["authorization"] = f"Bearer {self.token(who)}"
        options = {} if body is None else {"json": body}
        answer = self.http.request(method, self.made["issuer"] + path, headers=given, **options)
        assert answer.status_code == expect, f"{method} {path}: {answer.status_code} {answer.text}"
        media = answer.headers.get("content-type", "")
        return answer.json() if "json" in media else answer.content

    def once(self, who: str, path: str, body: Any, expect: int = 201, **headers: str) -> Any:
        """A POST with a key of idempotency."""
        self.serial += 1
        return self(who, "POST", path, body, expect, idempotency_key=f"cle-{self.serial:04d}", **headers)

    def token(self, who: str) -> str:
        """Of a persona, or of the software alone."""
        if who not in self.tokens:
            form = {"grant_type": "client_credentials"}
            if who != "software":
                form = {"grant_type": JWT_BEARER, "assertion": credential(self.people[who], self.made["issuer"])}
            self.tokens[who] = self.form({**self.signed(), **form})["access_token"]
        return self.tokens[who]

    def signed(self) -> dict[str, str]:
        it = self.software
        made = assertion(it.key, it.kid, self.made["issuer"], it.client_id)
        return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": made}

    def form(self, form: dict[str, str], path: str = "/oauth2/token", expect: int = 200, **more: Any) -> Any:
        answer = self.http.post(self.made["issuer"] + path, data=form, headers={"user-agent": AGENT}, **more)
        assert answer.status_code == expect, answer.text
        return answer.json() if answer.content else None

    def hold(self, who: str, sheet: Any) -> Any:
        return self(who, "POST", "/v1/resolutions", {"scan": sheet["qr"]["payload"], "hold": True})

    def visit(self, who: str, held: Any, lines: list[Any]) -> Any:
        path = f"/v1/care-sheets/{held['number']}/sections/{held['section']['type']}/executions"
        needs = {"if_match": f'"{held["revision"]}"', "fse_lease": held["lease"]["id"]}
        return self.once(who, path, {"performed_at": START, "lines": lines}, **needs)

    def days(self, count: int) -> None:
        """The clock moves on; tokens are worth nothing then."""
        self.bench.advance(self.id, count * 86400)
        self.tokens.clear()


def play(at: Actors) -> None:
    """The whole day: every kind of operation that changes something, and refusals."""
    _arrival(at)
    sheet = at.once("gp", "/v1/care-sheets", SHEET)
    at("gp", "GET", f"/v1/care-sheets/{sheet['number']}/document.pdf")
    at("gp", "GET", f"/v1/care-sheets/{sheet['number']}/qr.png")
    claim = _counters(at, sheet)
    _taken_back(at)
    _late_and_paper(at)
    _approval(at, sheet)
    mine = _subscription(at)
    _refusals(at, sheet)
    at.days(3)
    _bench(at)
    at.days(8)
    at("pharmacy", "GET", f"/v1/claims/{claim}")
    for what in ("care-sheets", "claims", "accesses"):
        at("salaried", "GET", f"/v1/me/{what}")
    found = at("salaried", "GET", "/v1/statements?limit=1")["items"]
    at("salaried", "GET", f"/v1/statements/{found[0]['id']}")
    at("software", "GET", "/v1/events")
    at("software", "DELETE", f"/v1/subscriptions/{mine}", expect=204)


def play_little(at: Actors) -> None:
    """An hour of it: the run that is recorded in `petite.json`."""
    sheet = at.once("gp", "/v1/care-sheets", {**SHEET, "sections": SHEET["sections"][:2]})
    held = at.hold("pharmacy", sheet)
    at.visit("pharmacy", held, [SOLD])
    at("", "GET", "/v1/claims", expect=401, authorization="Bearer vole")
    at.days(1)
    at.bench.do(at.id, "POST", "/suspensions", {"inpe": "200000020"})
    at("salaried", "GET", f"/v1/care-sheets/{sheet['number']}")
    asked = {**at.signed(), "grant_type": JWT_BEARER, "scope": "indicators:read"}
    at.form({**asked, "assertion": credential(at.people["gp"], at.made["issuer"])}, expect=400)


def _arrival(at: Actors) -> None:
    for path in ("/.well-known/fse-keys.json", "/jwks.json", "/v1/health", "/v1/deployment"):
        at("", "GET", path)
    at("gp", "GET", "/v1/nomenclature/medicines?limit=3")
    at("gp", "POST", "/v1/rights-checks", {"beneficiary": INSURED, "date_of_care": DAY})
    at("gp", "POST", "/v1/care-sheets/estimates", SHEET)
    basic = ("novice", "s3cret-du-novice")
    first = at.form({"grant_type": "urn:fse:params:oauth:grant-type:first-hour", "inpe": "200000012"}, auth=basic)[
        "access_token"
    ]
    at("", "GET", "/v1/claims?limit=1", authorization=f"Bearer {first}")


def _counters(at: Actors, sheet: Any) -> str:
    """A pharmacy and a physiotherapist execute; a key of idempotency is used again. The claim's id."""
    done = at.visit("pharmacy", at.hold("pharmacy", sheet), [{**SOLD, "lot": "A123", "owed": True}])
    at.visit("physiotherapy", at.hold("physiotherapy", sheet), [{**ANALYSIS, "session": 1, "charged": "80.00"}])
    at("software", "GET", f"/v1/executions/{done['id']}/receipt")
    key = {"idempotency_key": "deux-fois"}
    twice = [at("gp", "POST", "/v1/care-sheets", SHEET, 201, **key) for _ in range(2)]
    assert twice[0] == twice[1]
    changed = {**SHEET, "care_setting": "ambulatory", "rights_acknowledged": True}
    at("gp", "POST", "/v1/care-sheets", changed, 422, **key)
    return str(done["claim"]["id"])


def _taken_back(at: Actors) -> None:
    sheet = at.once("gp", "/v1/care-sheets", SHEET)
    done = at.visit("biology", at.hold("biology", sheet), [ANALYSIS])
    body = {"performed_at": START, "lines": [{**ANALYSIS, "charged": "56.00"}]}
    path, tag = f"/v1/executions/{done['id']}/amendment", f'"{done["revision"]}"'
    better = at.once("biology", path, body, if_match=tag)
    path, tag = f"/v1/executions/{better['id']}/withdrawal", f'"{better["revision"]}"'
    at.once("biology", path, {"reason": "Saisie sur la mauvaise feuille"}, 200, if_match=tag)
    sheet = at.once("gp", "/v1/care-sheets", SHEET)
    tag, here = f'"{sheet["revision"]}"', f"/v1/care-sheets/{sheet['number']}"
    new = at.once("salaried", f"{here}/reissue", {"reason": "Ordonnance perdue"}, 200, if_match=tag)
    body = {"reason": "Posologie", "sections": SHEET["sections"][1:2]}
    at.once("gp", f"{here}/replacement", body, if_match=f'"{new["revision"]}"')


def _late_and_paper(at: Actors) -> None:
    sheet = at.once("gp", "/v1/care-sheets", SHEET)
    items = [{"act_code": "B-NFS", "quantity": "1", "charged": "60.00"}]
    late = {"scan": sheet["qr"]["payload"], "performed_at": START, "items": items}
    at.once("biology", "/v1/late-executions", late)
    paper = {
        "paper_reference": "ORD-2026-0042",
        "prescriber": "100000011",
        "prescribed_on": DAY,
        "beneficiary": INSURED,
    }
    at.once("pharmacy", "/v1/paper-prescriptions", {**paper, "sections": SHEET["sections"][1:2], "missing": ["stamp"]})
    lines = [{"act_code": "B-NFS", "quantity": "1", "charged": "80.00"}]
    claim = {"paper_reference": "FSP-2026-0007", "beneficiary": INSURED, "section": "biology", "date_of_care": DAY}
    at.once("biology", "/v1/paper-claims", {**claim, "lines": lines})
    glasses = {"type": "devices", "lines": [{"act_code": "DM-VERRE", "quantity": "2", "unit": "unit"}]}
    sheet = at.once("gp", "/v1/care-sheets", {**SHEET, "sections": [glasses]})
    line = {"line": 1, "outcome": "executed", "quantity": "2", "act_code": "DM-VERRE", "charged": "1200.00"}
    held = at.visit("devices", at.hold("devices", sheet), [line])["claim"]["id"]
    invoice = {"kind": "invoice", "media_type": "application/pdf", "content": "JVBERi0xLjQKJSVFT0YK"}
    at.once("devices", f"/v1/claims/{held}/documents", invoice)


def _approval(at: Actors, sheet: Any) -> None:
    body = {"number": sheet["number"], "section": "physiotherapy", "line": 1, "quantity": "9", "motive": "Genou opéré"}
    asked = at.once("physiotherapy", "/v1/prior-approvals", body)
    at.bench.do(at.id, "POST", "/decisions", {"approval": asked["id"], "decision": "granted", "quantity": "8"})
    at("physiotherapy", "GET", f"/v1/prior-approvals/{asked['id']}")


def _subscription(at: Actors) -> str:
    body = {"url": "http://127.0.0.1:9/fse", "types": ["care-sheet.executed"]}
    return str(at("software", "POST", "/v1/subscriptions", body, 201)["id"])


def _refusals(at: Actors, sheet: Any) -> None:
    at("", "GET", "/v1/claims", expect=401)
    at("", "GET", "/v1/claims", expect=401, authorization="Bearer vole")
    at("gp", "GET", "/v1/care-sheets/000000000000", expect=404)
    at("gp", "POST", "/v1/care-sheets", {**SHEET, "date_of_care": "hier"}, 422, idempotency_key="fautive")
    at("pharmacy", "POST", "/v1/care-sheets", SHEET, 403, idempotency_key="pas-pour-moi")
    at("pharmacy-b", "POST", "/v1/resolutions", {"number": sheet["number"], "backup_code": "AAAAAAAA"}, 403)
    at.form({"grant_type": "client_credentials"}, expect=401)
    signed = at.signed()
    at.form({**signed, "grant_type": "client_credentials"})
    at.form({**signed, "grant_type": "client_credentials"}, expect=401)  # an assertion serves once
    at.form({"token": at.token("imaging"), **at.signed()}, "/oauth2/revoke")
    at("imaging", "GET", "/v1/claims", expect=401)


def _bench(at: Actors) -> None:
    """Keys turn, a professional is suspended, then practises again."""
    at.bench.do(at.id, "POST", "/keys/rotation", {"kind": "qr"})
    at.once("gp", "/v1/care-sheets", {**SHEET, "date_of_care": "2026-11-26"})
    token = at.token("gp")
    at.bench.do(at.id, "POST", "/suspensions", {"inpe": "100000011"})
    at("", "GET", "/v1/claims", expect=403, authorization=f"Bearer {token}")
    at.bench.do(at.id, "POST", "/suspensions", {"inpe": "100000011", "suspended": False})
    at.bench.do(at.id, "POST", "/clients", {"client_id": "tard", "name": "Venu tard", "secret": "s3cret-tardif"})
    at.form({"grant_type": "client_credentials"}, auth=("tard", "s3cret-tardif"))


def canonical(bench: BenchClient, world: str) -> list[str]:
    """The canonical journal of a world, a line for each exchange."""
    return [json.dumps(one, sort_keys=True, ensure_ascii=False) for one in bench.journal(world, form="canonical")]
