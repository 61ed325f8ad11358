"""Each faulty editor is the reference editor with one fault, and its fault shows."""

from __future__ import annotations

import base64
import json
import subprocess
import sys

import httpx
import pypdfium2
import pytest

from conformance.faulty_editors.registry import all_faults, fault
from conformance.reference_editor.editor import ReferenceEditor
from conformance.reference_editor.texts import NOT_SCANNED

ISSUE = ("POST", "/v1/care-sheets")
RESOLVE = ("POST", "/v1/resolutions")
EXECUTE = ("POST", "/v1/care-sheets/2604817390552494/sections/pharmacy/executions")
PHARMACY = {"professional": "200000012"}
PERSON = {"given_name": "Lina", "family_name": "Alaoui", "birth_date": "2018-02-03"}
PLACE = {"name": "Cabinet Bennani", "address": "12 rue des Orangers, Kénitra"}
LINE = {"label": "AMOXI-TEST", "quantity": "2", "posology": "1 matin"}


@pytest.fixture
def make(cnss):
    def start(name):
        editor = all_faults()[name].editor(transport=httpx.MockTransport(cnss))
        editor.backoff_s = 0.0
        assert editor.run("configure", cnss.settings()).status == "completed"
        return editor

    return start


@pytest.fixture
def page_text(cnss, make, order, make_issued):
    """The text of the page that an editor prints for a sheet of two medicines."""

    def printed(name):
        answer = make_issued(cnss.payload())
        sheet = {
            **answer.json(),
            "date_of_care": "2026-11-23",
            "prescriber": {"name": "Dr Essai", "establishment": PLACE},
            "beneficiary": PERSON,
            "sections": [{"type": "pharmacy", "lines": [LINE, LINE]}],
        }
        cnss.answers[ISSUE] = httpx.Response(201, json=sheet)
        editor = make(name)
        number = editor.run("issue", order).data["number"]
        outcome = editor.run("print", {"number": number})
        assert outcome.status == "completed", outcome
        page = pypdfium2.PdfDocument(base64.b64decode(outcome.document["base64"]))[0]
        return page.get_textpage().get_text_range()

    return printed


def test_every_fault_is_a_reference_editor_named_after_it():
    faults = all_faults()
    assert len(faults) >= 10
    for name, known in faults.items():
        assert issubclass(known.editor, ReferenceEditor) and known.says_fr.endswith(".")
        assert known.editor.product == f"EditeurFautif-{name}" != ReferenceEditor.product
    with pytest.raises(ValueError, match="two faulty editors"):
        fault(name="no-rights-check", says_fr="Deux fois.", breaks=set())(type("Twice", (ReferenceEditor,), {}))


def test_faults_of_the_practice_show_on_the_wire(cnss, make, order, make_issued):
    def sent(name):
        cnss.seen.clear()
        cnss.answers[ISSUE] = make_issued(cnss.payload())
        assert make(name).run("issue", order).status == "completed"
        return json.loads(cnss.seen[-1].content)["sections"]

    assert sent("wrong-quantity-issued")[1]["lines"][0]["quantity"] == "3"
    assert sent("allows-substitution")[1]["lines"][0]["substitution_allowed"] is True
    assert len(sent("forgets-last-medicine")) == 1
    sent("no-rights-check")
    assert not cnss.requests("POST", "/v1/rights-checks")


def test_an_invented_number_is_well_formed(cnss, make, order, make_issued):
    cnss.answers[ISSUE] = make_issued(cnss.payload())
    number = make("invents-number").run("issue", order).data["number"]
    assert number != "2604817390552494" and int(number) % 97 == 1


def test_faults_of_the_counter(cnss, make, make_problem):
    cnss.answers[RESOLVE] = make_problem(409, "sheet-cancelled")
    outcome = make("blind-retry").run("scan", {**PHARMACY, "keyboard": cnss.payload()})
    assert outcome.status == "refused" and len(cnss.requests(*RESOLVE)) == 3
    outcome = make("shows-codes").run("scan", {**PHARMACY, "keyboard": cnss.payload()})
    assert "sheet-cancelled" in outcome.messages[0].text
    assert "Traceback" in make("shows-stack-trace").run("scan", {**PHARMACY, "keyboard": "x"}).messages[0].text
    make("ignores-signature").run("scan", {**PHARMACY, "keyboard": cnss.payload(key_id=9)})
    assert len(cnss.requests(*RESOLVE)) == 5
    typed = {"number": "2604 8173 9055 2495", "backup_code": "ABCD-EFGH-V"}
    make("ignores-check-digit").run("scan", {**PHARMACY, "typed": typed})
    make("secret-in-url").run("scan", {**PHARMACY, "typed": {**typed, "number": "2604817390552494"}})
    assert len(cnss.requests(*RESOLVE)) == 7 and b"backup_code=ABCDEFGHV" in cnss.seen[-1].url.query


@pytest.mark.parametrize(
    ("name", "absent"), [("forgets-if-match", "If-Match"), ("forgets-lease", "FSE-Lease"), ("splits-visit", None)]
)
def test_faults_of_a_visit(cnss, make, name, absent):
    cnss.answers[RESOLVE] = cnss.section()
    cnss.answers[EXECUTE] = {
        "id": "exe-1",
        "revision": 4,
        "lines": [],
        "claim": {"id": "clm-1", "totals": {"charged": "10.00", "cnss_share": "0.00", "patient_share": "10.00"}},
    }
    editor = make(name)
    lines = [{"line": n, "quantity": "1", "charged": "5.00"} for n in (1, 2)]
    given = {**PHARMACY, "number": "2604817390552494", "lines": lines}
    assert editor.run("execute", given).messages[0].text == NOT_SCANNED
    assert editor.run("scan", {**PHARMACY, "keyboard": cnss.payload()}).status == "completed"
    assert editor.run("execute", given).status == "completed"
    sent = cnss.requests(*EXECUTE)
    assert len(sent) == (1 if absent else 2)
    assert all(header in sent[0].headers for header in {"If-Match", "FSE-Lease"} - {absent})
    assert absent is None or absent not in sent[0].headers


def test_faults_of_the_page(page_text):
    small = page_text("prints-qr-too-small")
    for expected in ("2604 8173 9055 2494", "ABCD-EFGH-V", "Lina Alaoui, 8 ans", "23/11/2026", "AMOXI-TEST"):
        assert expected in small
    assert "ABCD-EFGH-V" not in page_text("prints-no-backup-code")
    assert "2604817390552494" in page_text("prints-number-in-one-block")
    assert "Alaoui" not in page_text("prints-no-patient")


def test_an_unknown_name_is_one_line():
    command = [sys.executable, "-m", "conformance.faulty_editors", "no-such-fault"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "no-rights-check" in done.stderr
