"""Both implementations of this project against the shared vectors (the reference editor has its own test)."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from client import codes, keyboards
from simulator.codes import backup, number, payload, signing

_VECTORS = Path(__file__).parents[2] / "fixtures" / "vectors"
_ALL = {path.stem: json.loads(path.read_text("utf-8")) for path in _VECTORS.glob("*.json")}
_FAMILIES = ("numbers", "backup_codes", "payloads", "keyboards")


def _entries(family: str, kind: str) -> list[Any]:
    entries = _ALL[family][kind]
    return [pytest.param(e, id=e.get("name") or ascii(e.get("typed", e.get("rotation")))) for e in entries]


def _private(kid: int) -> ec.EllipticCurvePrivateKey:
    scalar = base64.urlsafe_b64decode(_ALL["payloads"]["private_keys"][str(kid)] + "=")
    return ec.derive_private_key(int.from_bytes(scalar, "big"), ec.SECP256R1())


def _simulator_reads(text: str) -> payload.Scan:
    """Refuse in the order of the contract, with the contract's words."""
    scan = payload.decode(text)
    assert scan.is_test, "wrong-environment"
    status = {key["kid"]: key["status"] for key in _ALL["payloads"]["keys"]}
    assert scan.key_id in status, "unknown-key"
    assert status[scan.key_id] != "revoked", "revoked-key"
    assert signing.verify(scan, _private(scan.key_id).public_key()), "forged-scan"
    return scan


@pytest.mark.parametrize("family", _FAMILIES)
def test_every_family_has_both_kinds(family: str) -> None:
    assert len(_ALL[family]["valid"]) >= 5
    assert len(_ALL[family]["invalid"]) >= 5


@pytest.mark.parametrize("entry", _entries("numbers", "valid"))
def test_numbers(entry: dict[str, Any]) -> None:
    assert number.check(entry["typed"]) == entry["number"]
    assert number.grouped(entry["number"]) == entry["grouped"]
    assert number.is_test(entry["number"]) is entry["test"]
    assert number.make(int(entry["number"][2:14]), int(entry["number"][:2])) == entry["number"]
    assert codes.check_number(entry["number"])


@pytest.mark.parametrize("entry", _entries("numbers", "invalid"))
def test_wrong_numbers(entry: dict[str, Any]) -> None:
    with pytest.raises(number.InvalidNumber) as caught:
        number.check(entry["typed"])
    assert caught.value.code == entry["error"]
    assert not codes.check_number(entry["typed"].replace(" ", ""))


@pytest.mark.parametrize("entry", _entries("backup_codes", "valid"))
def test_backup_codes(entry: dict[str, Any]) -> None:
    assert backup.check(entry["typed"]) == entry["code"]
    assert backup.printed(entry["code"]) == entry["printed"]
    assert backup.same(entry["code"], entry["typed"])


@pytest.mark.parametrize("entry", _entries("backup_codes", "derived"))
def test_derivation(entry: dict[str, Any]) -> None:
    secret = bytes.fromhex(entry["platform_secret_hex"])
    code = backup.derive(secret, entry["number"], entry["rotation"])
    assert (code, backup.printed(code)) == (entry["code"], entry["printed"])
    assert backup.scan_secret(secret, entry["number"], entry["rotation"]).hex() == entry["scan_secret_hex"]


@pytest.mark.parametrize("entry", _entries("backup_codes", "invalid"))
def test_wrong_backup_codes(entry: dict[str, Any]) -> None:
    with pytest.raises(backup.InvalidCode) as caught:
        backup.check(entry["typed"])
    assert caught.value.code == entry["error"]


@pytest.mark.parametrize("entry", _entries("payloads", "valid"))
def test_payloads(entry: dict[str, Any]) -> None:
    text, fields = entry["payload"], entry["fields"]
    assert len(text) == payload.LENGTH
    ours, theirs = _simulator_reads(text), codes.verify(text, _ALL["payloads"]["keys"], test=True)
    for read in (ours, theirs):
        assert read.version == fields["version"]
        assert read.key_id == fields["key_id"]
        assert read.number == fields["number"]
        assert read.issued_on.isoformat() == fields["issued_on"]
        assert read.valid_until.isoformat() == fields["valid_until"]
        assert read.flags == fields["flags"]
        assert read.secret.hex() == fields["secret_hex"]
        assert read.signature.hex() == fields["signature_hex"]
    assert ours.is_duplicate is theirs.duplicate is fields["duplicate"]
    assert ours.signed_bytes.hex() == (b"FSE1" + theirs.body).hex() == entry["signed_hex"]
    assert signing.sign(ours, _private(ours.key_id)) == text, "signatures are deterministic (RFC 6979)"


@pytest.mark.parametrize("entry", _entries("payloads", "invalid"))
def test_adverse_payloads(entry: dict[str, Any]) -> None:
    with pytest.raises(codes.CodeFault) as theirs:
        codes.verify(entry["payload"], _ALL["payloads"]["keys"], test=True)
    assert theirs.value.code == entry["error"]
    if entry["error"] == "unreadable-scan":
        with pytest.raises(payload.Unreadable) as ours:
            payload.decode(entry["payload"])
        assert ours.value.code == theirs.value.reason == entry["reason"]
    else:
        with pytest.raises(AssertionError, match=entry["error"]):
            _simulator_reads(entry["payload"])


@pytest.mark.parametrize("entry", _entries("keyboards", "valid"))
def test_keyboards(entry: dict[str, Any]) -> None:
    text, diagnostics = payload.recover(entry["typed"])
    assert text == entry["payload"]
    assert {diagnostic.code for diagnostic in diagnostics} == set(entry["diagnostics"])
    assert all(diagnostic.message.endswith(".") for diagnostic in diagnostics)


@pytest.mark.parametrize("entry", _entries("keyboards", "invalid"))
def test_not_scans(entry: dict[str, Any]) -> None:
    with pytest.raises(payload.Unreadable):
        payload.recover(entry["typed"])


@pytest.mark.parametrize("layout", keyboards.LAYOUTS)
def test_the_suite_types_what_the_vectors_say(layout: keyboards.Layout) -> None:
    entry = next(e for e in _ALL["keyboards"]["valid"] if e["name"] == f"{layout}, plain")
    assert keyboards.as_typed(entry["payload"], layout) == entry["typed"]
