"""The practice's side against a scripted platform."""

from __future__ import annotations

import base64
import json

import httpx

from conformance.reference_editor.editor import ReferenceEditor

ISSUE = ("POST", "/v1/care-sheets")


def texts(outcome):
    return " ".join(message.text for message in outcome.messages)


def test_issue_checks_the_rights_then_calls_once(cnss, editor, order, make_issued):
    cnss.answers[ISSUE] = make_issued(cnss.payload())
    outcome = editor.run("issue", order)
    assert outcome.status == "completed", outcome
    assert outcome.data == {"number": "2604817390552494", "cnss_share": "56.00", "patient_share": "94.00"}
    assert "2604 8173 9055 2494" in texts(outcome) and "Prix à vérifier." in texts(outcome)
    paths = [request.url.path.split("/test")[1] for request in cnss.seen]
    assert paths == ["/oauth2/token", "/v1/rights-checks", "/v1/care-sheets"]
    sent = cnss.seen[-1]
    assert sent.headers["Idempotency-Key"] and sent.headers["Authorization"] == "Bearer token-1"
    assert sent.headers["User-Agent"] == "EditeurReference/1.0.0 Banc-FSE/editeur-reference"
    assert json.loads(sent.content)["sections"][1]["lines"] == order["medicines"]


def test_closed_rights_stop_the_issuance_unless_acknowledged(cnss, editor, order, make_issued):
    cnss.answers["POST", "/v1/rights-checks"] = {
        "open": False,
        "regime": "salaried",
        "reason": "rights-closed",
    }
    cnss.answers[ISSUE] = make_issued(cnss.payload())
    refused = editor.run("issue", order)
    assert refused.status == "refused" and "fermés" in texts(refused)
    assert not cnss.requests(*ISSUE)
    assert editor.run("issue", {**order, "acknowledge_closed_rights": True}).status == "completed"
    assert json.loads(cnss.requests(*ISSUE)[0].content)["rights_acknowledged"] is True


def test_an_unknown_code_names_the_line(cnss, editor, order, make_problem):
    errors = [{"pointer": "/sections/1/lines/0/ean13", "code": "unknown-code", "detail": "x"}]
    cnss.answers[ISSUE] = make_problem(422, "unknown-code", errors=errors)
    outcome = editor.run("issue", order)
    assert outcome.status == "refused" and "Médicament de la ligne 1 (6118000000014)" in texts(outcome)
    assert "unknown-code" not in texts(outcome) and len(cnss.requests(*ISSUE)) == 1


def test_a_lost_answer_is_asked_again_with_the_same_key(cnss, editor, order, make_issued):
    lost, busy = httpx.ReadTimeout("lost"), httpx.Response(503, headers={"Retry-After": "0"})
    cnss.answers[ISSUE] = [lost, busy, make_issued(cnss.payload())]
    assert editor.run("issue", order).status == "completed"
    keys = {request.headers["Idempotency-Key"] for request in cnss.requests(*ISSUE)}
    assert len(cnss.requests(*ISSUE)) == 3 and len(keys) == 1
    cnss.answers[ISSUE] = make_issued(cnss.payload())
    editor.run("issue", order)
    assert cnss.requests(*ISSUE)[-1].headers["Idempotency-Key"] not in keys


def test_a_fault_is_a_short_override(cnss, order, make_issued):
    """The positive twin of the test above: the retry's headers are one method."""

    class NewKeyOnRetry(ReferenceEditor):
        backoff_s = 0.0

        def headers_of_retry(self, headers):
            return {**headers, "Idempotency-Key": self.idempotency_key()}

    editor = NewKeyOnRetry(transport=httpx.MockTransport(cnss))
    editor.run("configure", cnss.settings())
    cnss.answers[ISSUE] = [httpx.ReadTimeout("lost"), make_issued(cnss.payload())]
    assert editor.run("issue", order).status == "completed"
    assert len({request.headers["Idempotency-Key"] for request in cnss.requests(*ISSUE)}) == 2


def test_after_giving_up_the_same_sheet_keeps_its_key(cnss, editor, order, make_issued):
    cnss.answers[ISSUE] = httpx.ConnectError("down")
    outcome = editor.run("issue", order)
    assert outcome.status == "failed" and "deux fois" in texts(outcome)
    assert len(cnss.requests(*ISSUE)) == 3
    cnss.answers[ISSUE] = make_issued(cnss.payload())
    assert editor.run("issue", order).status == "completed"
    assert len({request.headers["Idempotency-Key"] for request in cnss.requests(*ISSUE)}) == 1


def test_retry_after_beyond_the_deadline_is_not_waited_for(cnss, editor, order):
    cnss.answers[ISSUE] = httpx.Response(503, headers={"Retry-After": "3600"})
    outcome = editor.run("issue", order, 5.0)
    assert outcome.status == "failed" and len(cnss.requests(*ISSUE)) == 1


def test_nonsense_is_told_without_a_trace(cnss, editor, order):
    for nonsense in (httpx.Response(200, html="<h1>Oups</h1>"), httpx.Response(201, text='{"numb')):
        cnss.answers[ISSUE] = nonsense
        outcome = editor.run("issue", order)
        assert outcome.status == "failed" and "<" not in texts(outcome)
    cnss.answers[ISSUE] = {"number": "2604817390552494"}
    outcome = editor.run("issue", order)
    assert outcome.status == "failed" and "Traceback" not in texts(outcome)


def test_print_gives_the_platform_document_of_own_sheets_only(cnss, editor, order, make_issued):
    cnss.answers[ISSUE] = make_issued(cnss.payload())
    number = editor.run("issue", order).data["number"]
    pdf = httpx.Response(200, content=b"%PDF-1.7 ...", headers={"Content-Type": "application/pdf"})
    cnss.answers["GET", f"/v1/care-sheets/{number}/document.pdf"] = pdf
    outcome = editor.run("print", {"number": number, "duplicate": False})
    assert base64.b64decode(outcome.document["base64"]) == b"%PDF-1.7 ..."
    assert not cnss.seen[-1].url.query
    assert editor.run("print", {"number": number, "duplicate": True}).status == "completed"
    assert cnss.seen[-1].url.query == b"duplicate=true"
    assert editor.run("print", {"number": "2600000000000175"}).status == "refused"


def test_cancel_sends_the_revision_just_read(cnss, editor, order, make_issued):
    cnss.answers[ISSUE] = make_issued(cnss.payload())
    number = editor.run("issue", order).data["number"]
    cnss.answers["GET", f"/v1/care-sheets/{number}"] = httpx.Response(
        200, json={"number": number, "revision": 4, "status": "issued"}, headers={"ETag": '"4"'}
    )
    cnss.answers["POST", f"/v1/care-sheets/{number}/cancellation"] = {"number": number, "status": "cancelled"}
    outcome = editor.run("cancel", {"professional": "100000011", "number": number, "reason": "erreur"})
    assert outcome.status == "completed" and cnss.seen[-1].headers["If-Match"] == '"4"'


def test_an_expired_token_is_renewed_once_and_a_fresh_one_reused(cnss, editor, order, make_problem):
    ask = {key: order[key] for key in ("professional", "beneficiary", "date_of_care")}
    assert editor.run("check-rights", ask).data == {"open": True, "regime": "salaried"}
    assert editor.run("check-rights", ask).status == "completed" and cnss.tokens == 1
    cnss.now = "Mon, 23 Nov 2026 09:09:40 GMT"
    editor.run("check-rights", ask)
    editor.run("check-rights", ask)
    assert cnss.tokens == 2
    cnss.answers["POST", "/v1/rights-checks"] = make_problem(401, "token-expired")
    outcome = editor.run("check-rights", ask)
    assert outcome.status == "refused" and cnss.tokens == 3
