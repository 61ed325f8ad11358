"""The counter's side against a scripted platform."""

from __future__ import annotations

import base64
import io
import json

import httpx
import pytest
import segno

RESOLVE = ("POST", "/v1/resolutions")
NUMBER = "2604817390552494"
PHARMACY = {"professional": "200000012"}


def texts(outcome):
    return " ".join(message.text for message in outcome.messages)


def png(text):
    out = io.BytesIO()
    segno.make(text, mode="alphanumeric", error="m").save(out, kind="png", scale=4, border=4)
    return {"media_type": "image/png", "base64": base64.b64encode(out.getvalue()).decode()}


def test_an_image_is_read_checked_and_opened_in_one_exchange(cnss, editor):
    cnss.answers[RESOLVE] = cnss.section()
    payload = cnss.payload()
    outcome = editor.run("scan", {**PHARMACY, "image": png(payload)})
    assert outcome.status == "completed", outcome
    assert outcome.data["lines"][0]["remaining"] == "2"
    (sent,) = cnss.requests(*RESOLVE)
    assert json.loads(sent.content) == {"scan": payload, "hold": True}


def test_typed_codes_are_checked_before_any_call(cnss, editor):
    for typed in (("2604817390552495", "ABCDEFGHV"), (NUMBER, "ABCD-EFGH-Q")):
        outcome = editor.run("scan", {**PHARMACY, "typed": {"number": typed[0], "backup_code": typed[1]}})
        assert outcome.status == "refused" and "valable" in texts(outcome)
    assert cnss.seen == []
    cnss.answers[RESOLVE] = cnss.section()
    typed = {"number": "2604 8173 9055 2494", "backup_code": "abcd-efgh-v"}
    assert editor.run("scan", {**PHARMACY, "typed": typed}).status == "completed"
    assert json.loads(cnss.seen[-1].content) == {"number": NUMBER, "backup_code": "ABCDEFGHV", "hold": True}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"flags": 0}, "environnement"),
        ({"key_id": 9}, "clé inconnue"),
        ({"issued": 1060}, "à venir"),
        ({"until": 1056}, "dépassée"),
    ],
)
def test_a_payload_wrong_in_itself_is_refused_here(cnss, editor, changes, words):
    cnss.answers[RESOLVE] = cnss.section()
    outcome = editor.run("scan", {**PHARMACY, "keyboard": cnss.payload(**changes)})
    assert outcome.status == "refused" and words in texts(outcome)
    assert not cnss.requests(*RESOLVE)
    assert editor.run("scan", {**PHARMACY, "keyboard": cnss.payload()}).status == "completed"


def test_an_altered_payload_is_refused_here(cnss, editor):
    good = cnss.payload()
    altered = good[:20] + ("0" if good[20] != "0" else "1") + good[21:]
    outcome = editor.run("scan", {**PHARMACY, "keyboard": altered})
    assert outcome.status == "refused" and not cnss.requests(*RESOLVE)


def test_an_unknown_key_refreshes_the_list_once(cnss, editor):
    cnss.answers[RESOLVE] = cnss.section()
    editor.run("scan", {**PHARMACY, "keyboard": cnss.payload()})
    cnss.published[8] = cnss.qr
    assert editor.run("scan", {**PHARMACY, "keyboard": cnss.payload(key_id=8)}).status == "completed"
    assert len(cnss.requests("GET", "/.well-known/fse-keys.json")) == 2


def test_an_unknown_key_costs_one_reading_of_the_list(cnss, editor):
    outcome = editor.run("scan", {**PHARMACY, "keyboard": cnss.payload(key_id=9)})
    assert outcome.status == "refused" and len(cnss.seen) == 1


def test_a_key_list_signed_by_a_stranger_is_not_believed(cnss, editor):
    cnss.trust = type(cnss.trust).generate_key("P-256")
    outcome = editor.run("scan", {**PHARMACY, "keyboard": cnss.payload()})
    assert outcome.status == "refused" and "authentique" in texts(outcome)


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (409, "sheet-expired", "validité"),
        (409, "sheet-cancelled", "annulée"),
        (423, "section-held", "autre établissement"),
        (403, "wrong-backup-code", "code de secours"),
        (410, "scan-rotated", "remplacé"),
        (409, "never-heard-of-it", "refusé"),
    ],
)
def test_a_refusal_is_told_in_words_and_not_repeated(cnss, editor, make_problem, status, code, words):
    cnss.answers[RESOLVE] = make_problem(status, code)
    outcome = editor.run("scan", {**PHARMACY, "keyboard": cnss.payload()})
    assert outcome.status == "refused" and words in texts(outcome)
    assert code not in texts(outcome) and str(status) not in texts(outcome) and "http" not in texts(outcome)
    assert len(cnss.requests(*RESOLVE)) == 1


def test_hostile_texts_are_shown_harmlessly(cnss, editor):
    hostile = "\x1b[31m<script>alert(1)</script>\u202e https://mal.example/" + "A" * 500
    outcome = editor.run("scan", {**PHARMACY, "keyboard": hostile})
    shown = texts(outcome)
    assert outcome.status == "refused" and len(shown) < 200
    assert not set("\x1b<>\u202e") & set(shown) and "://" not in shown
    section = cnss.section()
    section["section"]["lines"][0]["label"] = hostile
    cnss.answers[RESOLVE] = section
    label = editor.run("scan", {**PHARMACY, "keyboard": cnss.payload()}).data["lines"][0]["label"]
    assert not set("\x1b<>\u202e") & set(label) and len(label) <= 160


def test_execute_needs_a_scan_then_writes_once_under_lease(cnss, editor):
    line = {"line": 1, "quantity": "2", "ean13": "6118000000014", "charged": "113.70"}
    given = {**PHARMACY, "number": NUMBER, "lines": [line]}
    assert editor.run("execute", given).status == "refused" and cnss.seen == []
    cnss.answers[RESOLVE] = cnss.section()
    editor.run("scan", {**PHARMACY, "keyboard": cnss.payload()})
    done = {
        "id": "exe-1",
        "number": NUMBER,
        "revision": 4,
        "lines": [{"line": 1, "outcome": "executed", "quantity": "2", "state": "executed", "remaining": "0"}],
        "claim": {"id": "clm-2", "totals": {"cnss_share": "79.59", "patient_share": "34.11"}},
        "warnings": [{"code": "x", "message": "Tarif en cours de révision."}],
    }
    path = f"/v1/care-sheets/{NUMBER}/sections/pharmacy/executions"
    cnss.answers["POST", path] = [httpx.ReadTimeout("lost"), httpx.Response(201, json=done)]
    outcome = editor.run("execute", given)
    assert outcome.status == "completed", outcome
    assert outcome.data == {
        "execution": "exe-1",
        "claim": "clm-2",
        "cnss_share": "79.59",
        "patient_share": "34.11",
        "lines": [{"line": 1, "state": "executed", "remaining": "0"}],
    }
    assert "79,59 MAD" in texts(outcome) and "révision" in texts(outcome)
    first, second = cnss.requests("POST", path)
    assert first.headers["If-Match"] == '"3"' and first.headers["FSE-Lease"] == "lea-1"
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"]
    assert json.loads(first.content) == {
        "performed_at": "2026-11-23T09:00:00Z",
        "lines": [{"line": 1, "outcome": "executed", **{k: line[k] for k in ("quantity", "ean13", "charged")}}],
    }
    assert second.content == first.content


def test_a_claim_is_told_in_words(cnss, editor):
    claim = {
        "status": "adjudicated",
        "decision": "rejected",
        "totals": {"cnss_share": "0.00", "patient_share": "40.00"},
        "lines": [{"line": 1, "label": "CRÈME", "decision": "rejected", "reason": "outside-list", "remedy": None}],
    }
    cnss.answers["GET", "/v1/claims/clm-2"] = claim
    outcome = editor.run("consult-claim", {**PHARMACY, "claim": "clm-2"})
    assert outcome.data["lines"] == [{"line": 1, "decision": "rejected", "reason": "outside-list"}]
    assert outcome.data["cnss_share"] == "0.00"
    assert "hors de la liste" in texts(outcome) and "outside-list" not in texts(outcome)
    assert editor.run("consult-claim", {**PHARMACY, "claim": "../x?y"}).status == "refused"
