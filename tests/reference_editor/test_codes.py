"""Numbers, backup codes, payloads and keyboards, as the reference editor reads them."""

from __future__ import annotations

import pytest

from conformance.reference_editor.codes import (
    BadCode,
    check_backup_code,
    check_number,
    decode_payload,
    grouped,
    signature_is_good,
)


@pytest.mark.parametrize("number", ["2604 8173 9055 2494", "2600 0000 0000 0175", "2699-9999-9999-9928"])
def test_a_good_number_is_accepted_and_grouped(number):
    assert grouped(check_number(number)) == number.replace("-", " ")


@pytest.mark.parametrize("number", ["2604817390552495", "2604817390525494", "260481739055249", "26O4817390552494"])
def test_a_wrong_number_is_refused(number):
    with pytest.raises(BadCode):
        check_number(number)


def test_backup_codes():
    assert check_backup_code("abcd-efgh-v") == "ABCDEFGHV"
    for wrong in ("ABCD-EFGH-Q", "ABCD-EFHG-V", "ABCDEFGH", "ABCDEFG?V"):
        with pytest.raises(BadCode):
            check_backup_code(wrong)


def test_a_payload_is_read_and_its_signature_judged(cnss):
    payload = decode_payload(cnss.payload())
    assert (payload.number, payload.key_id, payload.is_test) == ("2604817390552494", 7, True)
    assert str(payload.issued) == "2026-11-23"
    assert signature_is_good(payload, cnss.qr.public_key())
    other = decode_payload(cnss.payload(until=1148))
    assert not signature_is_good(type(payload)(**{**vars(payload), "signed": other.signed}), cnss.qr.public_key())


@pytest.mark.parametrize("text", ["", "FSE1:", "FSE1:***", "https://exemple.ma", "FSE2:AB", "FSE1:" + "0" * 143])
def test_what_is_not_a_payload_is_refused(text):
    with pytest.raises(BadCode):
        decode_payload(text)
