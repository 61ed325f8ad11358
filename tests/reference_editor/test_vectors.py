"""The editor's own codecs against the vectors that tie the three implementations together."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conformance.reference_editor.codes import (
    BadCode,
    check_backup_code,
    check_number,
    decode_payload,
    grouped,
    signature_is_good,
)
from conformance.reference_editor.keyboards import recover
from conformance.reference_editor.trust import public_key

VECTORS = Path(__file__).parents[2] / "fixtures" / "vectors"
KEYS = json.loads((VECTORS / "payloads.json").read_text(encoding="utf-8"))["keys"]
REVOKED = {key["kid"] for key in KEYS if key["status"] == "revoked"}


def vectors(file, part):
    entries = json.loads((VECTORS / f"{file}.json").read_text(encoding="utf-8"))[part]
    assert entries
    return [pytest.param(entry, id=entry.get("name") or entry.get("why") or entry["typed"]) for entry in entries]


def published():
    return {key["kid"]: public_key(key) for key in KEYS}


@pytest.mark.parametrize("entry", vectors("numbers", "valid"))
def test_numbers(entry):
    assert check_number(entry["typed"]) == entry["number"]
    assert grouped(entry["number"]) == entry["grouped"]


@pytest.mark.parametrize("entry", vectors("numbers", "invalid"))
def test_wrong_numbers(entry):
    with pytest.raises(BadCode):
        check_number(entry["typed"])


@pytest.mark.parametrize("entry", vectors("backup_codes", "valid"))
def test_backup_codes(entry):
    assert check_backup_code(entry["typed"]) == entry["code"]


@pytest.mark.parametrize("entry", vectors("backup_codes", "invalid"))
def test_wrong_backup_codes(entry):
    with pytest.raises(BadCode):
        check_backup_code(entry["typed"])


@pytest.mark.parametrize("entry", vectors("payloads", "valid"))
def test_payloads(entry):
    payload, fields = decode_payload(entry["payload"]), entry["fields"]
    assert payload.signed.hex() == entry["signed_hex"] and payload.signature.hex() == fields["signature_hex"]
    assert (payload.key_id, payload.number, payload.flags) == (
        fields["key_id"],
        fields["number"],
        fields["flags"],
    )
    assert (str(payload.issued), str(payload.valid_until)) == (fields["issued_on"], fields["valid_until"])
    assert signature_is_good(payload, published()[payload.key_id])


@pytest.mark.parametrize("entry", vectors("payloads", "invalid"))
def test_wrong_payloads(entry):
    """The reason an honest reader gives, in the order it looks for them."""
    assert reason(entry["payload"]) == entry["error"]


def reason(text):
    try:
        payload = decode_payload(text)
    except BadCode:
        return "unreadable-scan"
    if not payload.is_test:
        return "wrong-environment"
    if payload.key_id not in published():
        return "unknown-key"
    if payload.key_id in REVOKED:
        return "revoked-key"
    return None if signature_is_good(payload, published()[payload.key_id]) else "forged-scan"


@pytest.mark.parametrize("entry", vectors("keyboards", "valid"))
def test_keyboards(entry):
    text, repairs = recover(entry["typed"])
    assert text == entry["payload"]
    assert set(repairs) == set(entry["diagnostics"])


@pytest.mark.parametrize("entry", vectors("keyboards", "invalid"))
def test_what_no_keyboard_explains(entry):
    with pytest.raises(BadCode):
        decode_payload(recover(entry["typed"])[0])
