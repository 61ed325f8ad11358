"""The scan payload: whatever comes in, a scan or a typed refusal; whatever goes out, both sides agree."""

from datetime import date
from typing import Any

import base45
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from client import codes, keyboards
from simulator.codes import payload, signing
from simulator.codes.keyboards import ALPHABET, LAYOUTS

KEY = ec.derive_private_key(20261123, ec.SECP256R1())
SCAN = payload.Scan(1, 7, "2604817390552494", 1057, 1147, 1, bytes(range(16)))
GOOD = signing.sign(SCAN, KEY)

scans = st.builds(
    payload.Scan,
    version=st.just(1),
    key_id=st.integers(0, 65535),
    number=st.sampled_from(["2604817390552494", "2600000000000175", "2699999999999928"]),
    issued_day=st.integers(0, 65535),
    valid_until_day=st.integers(0, 65535),
    flags=st.integers(0, 255),
    secret=st.binary(min_size=16, max_size=16),
    signature=st.binary(min_size=64, max_size=64),
)


@settings(deadline=None)
@given(scans)
def test_round_trip_in_both_implementations(scan: payload.Scan) -> None:
    text = payload.encode(scan)
    assert len(text) == payload.LENGTH
    assert set(text) <= set(ALPHABET)
    assert payload.decode(text) == scan
    assert codes.decode(text).body == payload.head(scan)
    assert "FSE1:" + codes.to_base45(payload.head(scan) + scan.signature) == text


@settings(deadline=None)
@given(st.one_of(
    st.text(),
    st.text(ALPHABET, min_size=143, max_size=143).map(lambda tail: "FSE1:" + tail),
    st.binary(min_size=95, max_size=95).map(lambda data: "FSE1:" + base45.b45encode(data).decode()),
    st.tuples(st.integers(0, 147), st.characters()).map(lambda at: GOOD[: at[0]] + at[1] + GOOD[at[0] + 1 :]),
))  # fmt: skip
def test_any_text_gives_a_scan_or_a_typed_refusal(text: str) -> None:
    theirs: str | None = None
    try:
        codes.decode(text)
    except codes.CodeFault as fault:
        theirs = fault.reason
    try:
        assert payload.encode(payload.decode(text)) == text, "one text for one scan"
        ours = None
    except payload.Unreadable as fault:
        ours = fault.code
    assert ours == theirs
    try:
        payload.recover(text)
    except payload.Unreadable as fault:
        assert text not in str(fault) or len(text) < 20, "a refusal does not quote what was scanned"


@settings(deadline=None)
@given(scans, st.sampled_from(keyboards.LAYOUTS), st.sampled_from(["", "\r", "\n", "\r\n", "\t"]), st.booleans())
def test_what_a_keyboard_garbles_is_recovered(
    scan: payload.Scan, layout: keyboards.Layout, suffix: str, aim: bool
) -> None:
    text = payload.encode(scan)
    typed = keyboards.as_typed(("]Q1" if aim else "") + text, layout) + suffix
    recovered, diagnostics = payload.recover(typed)
    found = {diagnostic.code for diagnostic in diagnostics}
    assert recovered == text
    assert ("aim-prefix" in found, "suffix" in found) == (aim, bool(suffix))
    assert found - {"aim-prefix", "suffix"}, "the wrong layout is told"


def test_a_clean_scan_has_no_diagnostic() -> None:
    assert payload.recover(GOOD) == (GOOD, ())
    assert keyboards.as_azerty(GOOD).startswith("FSE&M")


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: "+".join(layout.diagnostics))
def test_layouts_cover_the_alphabet(layout: Any) -> None:
    assert set(layout.back.values()) >= set(ALPHABET)


@pytest.mark.parametrize(
    "change",
    [{"secret": b"short"}, {"number": "2604817390552495"}, {"key_id": 65536}, {"issued_day": -1}, {"flags": 256}],
)
def test_fields_that_do_not_fit(change: dict[str, Any]) -> None:
    with pytest.raises((ValueError, OverflowError)):
        signing.sign(replace(SCAN, **change), KEY)


def test_an_unsigned_scan_is_not_encoded() -> None:
    with pytest.raises(ValueError, match="sign"):
        payload.encode(SCAN)
    assert not signing.verify(SCAN, KEY.public_key())


def test_another_curve_is_refused() -> None:
    with pytest.raises(ValueError, match="P-256"):
        signing.sign(SCAN, ec.generate_private_key(ec.SECP384R1()))


def test_days() -> None:
    assert payload.day(date(2026, 11, 23)) == 1057 == SCAN.issued_day
    assert SCAN.valid_until == date(2027, 2, 21)
    for outside in (date(2023, 12, 31), date(2204, 1, 1)):
        with pytest.raises(ValueError, match="does not fit"):
            payload.day(outside)


@pytest.mark.parametrize("what", codes.ALTERATIONS)
def test_alterations_change_the_text_and_are_refused(what: codes.Alteration) -> None:
    altered = codes.alter(GOOD, what)
    assert altered != GOOD
    try:
        scan = payload.decode(altered)
    except payload.Unreadable:
        assert what in {"check-digit", "version", "prefix", "truncated", "garbled"}
    else:
        assert not signing.verify(scan, KEY.public_key())
        assert signing.verify(payload.decode(GOOD), KEY.public_key()), "its positive twin"


def test_an_alteration_signed_again_by_the_issuer_is_genuine() -> None:
    expired = payload.decode(codes.alter(GOOD, "expired", signed_by=KEY))
    assert signing.verify(expired, KEY.public_key())
    assert expired.valid_until == expired.issued_on
