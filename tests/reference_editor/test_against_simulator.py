"""The reference editor beside the real simulator, over HTTP only: one sheet from issuance to reimbursement."""

from __future__ import annotations

import base64
import io
import json
import subprocess
import sys
from pathlib import Path

import httpx
import pypdfium2
import pytest

from conformance.reference_editor.development_key import public_jwks
from conformance.reference_editor.editor import ReferenceEditor

GP, PHARMACY = "100000011", "200000012"
ADULT = {"registration_number": "100000001", "dependant_rank": 0}


@pytest.fixture(scope="module")
def simulator(tmp_path_factory):
    """A simulator in memory: its address and a client of its bench."""
    command = [sys.executable, "-m", "fse", "serve", "--memory", "--port", "0", "--announce"]
    folder = tmp_path_factory.mktemp("simulator")
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=folder) as process:
        try:
            line = next(line for line in process.stdout if line.startswith("FSE_READY "))
            ready = json.loads(line.removeprefix("FSE_READY "))
            token = (folder / Path(ready["bench_token_file"])).read_text().strip()
            headers = {"Authorization": f"Bearer {token}"}
            with httpx.Client(base_url=f"{ready['url']}/bench/v1", headers=headers) as bench:
                yield bench
        finally:
            process.terminate()


@pytest.fixture
def world(simulator):
    client = {"client_id": "editeur-reference", "name": "Éditeur", "jwks": public_jwks()}
    asked = {"now": "2026-11-23T09:00:00Z", "clock": "frozen", "clients": [client]}
    answer = simulator.post("/worlds", json=asked)
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.fixture
def editor(world):
    editor = ReferenceEditor()
    wanted = ("inpe", "role", "speciality", "name", "establishment", "kid", "private_jwk")
    people = [{name: person.get(name) for name in wanted} for person in world["professionals"]]
    settings = {
        "issuer": world["issuer"],
        "trust_anchor": world["trust_anchor"],
        "client_id": "editeur-reference",
        "client_key_id": "ref-1",
        "now": world["now"],
        "professionals": people,
    }
    assert editor.run("configure", settings).status == "completed"
    yield editor
    editor.http.close()


@pytest.fixture
def medicine(editor):
    """A reimbursable medicine of the list in force."""
    person = editor.professional(PHARMACY)
    query = {"reimbursable": "true", "limit": "1"}
    return editor.call(person, "GET", "/v1/nomenclature/medicines", query=query).json()["items"][0]


@pytest.fixture
def order(medicine):
    line = {"quantity": "2", "unit": "box", "posology": "1 le matin", "duration_days": 7}
    return {
        "professional": GP,
        "beneficiary": ADULT,
        "date_of_care": "2026-11-23",
        "acts": [{"act_code": "C", "quantity": "1", "charged": "150.00"}],
        "medicines": [{"ean13": medicine["ean13"], "substitution_allowed": False, **line}],
        "acknowledge_closed_rights": False,
    }


def texts(outcome):
    return " ".join(message.text for message in outcome.messages)


def page_image(document):
    page = pypdfium2.PdfDocument(base64.b64decode(document["base64"]))[0]
    out = io.BytesIO()
    page.render(scale=300 / 72).to_pil().save(out, "PNG")
    return {"media_type": "image/png", "base64": base64.b64encode(out.getvalue()).decode()}


def test_a_sheet_from_issuance_to_reimbursement(editor, order, medicine, world, simulator):
    ask = {name: order[name] for name in ("professional", "beneficiary", "date_of_care")}
    assert editor.run("check-rights", ask).data == {"open": True, "regime": "salaried"}
    issued = editor.run("issue", order)
    assert issued.status == "completed", issued
    assert (issued.data["cnss_share"], issued.data["patient_share"]) == ("56.00", "94.00")
    number = issued.data["number"]

    printed = editor.run("print", {"number": number, "duplicate": False})
    assert printed.status == "completed", printed
    scanned = editor.run("scan", {"professional": PHARMACY, "image": page_image(printed.document)})
    assert scanned.status == "completed", scanned
    (line,) = scanned.data["lines"]
    assert (scanned.data["number"], line["ean13"], line["remaining"]) == (number, medicine["ean13"], "2")

    delivered = {"line": 1, "quantity": "1", "ean13": medicine["ean13"], "charged": medicine["ppv"]}
    visit = {"professional": PHARMACY, "number": number, "lines": [delivered]}
    first = editor.run("execute", visit)
    assert first.status == "completed", first
    assert first.data["lines"] == [{"line": 1, "state": "partial", "remaining": "1"}]
    second = editor.run("execute", visit)
    assert second.data["lines"] == [{"line": 1, "state": "executed", "remaining": "0"}]
    assert editor.run("execute", visit).status == "refused"

    claim = editor.run("consult-claim", {"professional": PHARMACY, "claim": second.data["claim"]})
    assert claim.status == "completed" and claim.data["cnss_share"] == second.data["cnss_share"]
    journal = simulator.get(f"/worlds/{world['id']}/journal", params={"limit": 100}).json()["exchanges"]
    paths = [exchange["request"]["path"] for exchange in journal]
    assert paths.count("/v1/resolutions") == 1 and paths.count("/oauth2/token") == 2


def test_typed_keyboard_and_refusals(editor, order, make_azerty):
    number = editor.run("issue", order).data["number"]
    kept = editor.sheets[number]
    typed = {"number": number, "backup_code": kept.backup_code}
    assert editor.run("scan", {"professional": PHARMACY, "typed": typed}).status == "completed"
    garbled = editor.run("scan", {"professional": PHARMACY, "keyboard": make_azerty(kept.payload)})
    assert garbled.status == "completed" and "douchette" in texts(garbled)
    held = editor.run("scan", {"professional": "200000020", "keyboard": kept.payload})
    assert held.status == "refused" and "autre établissement" in texts(held)
    assert editor.run("cancel", {"professional": GP, "number": number, "reason": "Erreur"}).status == "completed"

    other = editor.run("issue", order).data["number"]
    assert other != number
    payload = editor.sheets[other].payload
    assert editor.run("cancel", {"professional": GP, "number": other, "reason": "Erreur"}).status == "completed"
    cancelled = editor.run("scan", {"professional": PHARMACY, "keyboard": payload})
    assert cancelled.status == "refused" and "annulée" in texts(cancelled)


def test_what_the_platform_refuses_at_issuance(editor, order):
    wrong = {**order, "medicines": [{**order["medicines"][0], "ean13": "6118999999990"}]}
    refused = editor.run("issue", wrong)
    assert refused.status == "refused" and "ligne 1" in texts(refused)
    closed = {**order, "beneficiary": {"registration_number": "100000008", "dependant_rank": 0}}
    assert "fermés" in texts(editor.run("issue", closed))
    confirmed = editor.run("issue", {**closed, "acknowledge_closed_rights": True})
    assert confirmed.status == "completed" and any(m.level == "warning" for m in confirmed.messages)
    stranger = {**order, "beneficiary": {"registration_number": "999999999", "dependant_rank": 0}}
    assert "inconnu" in texts(editor.run("issue", stranger))
    suspended = editor.run("issue", {**order, "professional": "100000037"})
    assert suspended.status == "refused" and "suspendu" in texts(suspended)
