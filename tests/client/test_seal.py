"""A journal that somebody touched, whatever the touch: said, with the exchange where it shows."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

from client import seal

KEY = ec.generate_private_key(ec.SECP256R1())
Lines = list[dict[str, Any]]


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _jwk() -> dict[str, str]:
    numbers = KEY.public_key().public_numbers()
    return {
        "kty": "EC",
        "crv": "P-256",
        "x": _b64(numbers.x.to_bytes(32, "big")),
        "y": _b64(numbers.y.to_bytes(32, "big")),
    }


def _point(seq: int, chain: str, named: str = "", **changes: Any) -> seal.Checkpoint:
    kid = named or seal.thumbprint(_jwk())
    header = {"alg": "ES256", "typ": seal.TYPE, "kid": kid, **changes}
    parts = [_b64(json.dumps(each).encode()) for each in (header, {"seq": seq, "chain": chain, "kid": kid})]
    der = KEY.sign(".".join(parts).encode(), ec.ECDSA(hashes.SHA256()))
    r, s = utils.decode_dss_signature(der)
    return seal.Checkpoint.read({"signed": ".".join([*parts, _b64(r.to_bytes(32, "big") + s.to_bytes(32, "big"))])})


def _journal() -> Lines:
    return list(seal.chained({"seq": n, "status": 200, "body": f"é{n}", "took": n / 8} for n in range(1, 7)))


def _told(lines: Lines, *points: seal.Checkpoint) -> seal.Fault | None:
    read = json.loads(json.dumps(lines))
    return seal.broken(read, points, frozenset(line["exchange"]["seq"] for line in read))


WHOLE = _journal()
POINT = _point(6, WHOLE[-1]["chain"])


def test_what_nobody_touched_is_sound() -> None:
    assert POINT.faulty(_jwk()) is None and _told(WHOLE, POINT) is None
    assert _told(WHOLE, _point(3, WHOLE[2]["chain"]), POINT) is None
    assert _told([], _point(0, seal.GENESIS)) is None


def _change(lines: Lines) -> None:
    lines[2]["exchange"]["status"] = 403


def _change_and_chain_again(lines: Lines) -> None:
    _change(lines)
    lines[:] = seal.chained(line["exchange"] for line in lines)


def _swap(lines: Lines) -> None:
    lines[1], lines[3] = lines[3], lines[1]


def _swap_and_number_again(lines: Lines) -> None:
    _swap(lines)
    lines[:] = seal.chained({**line["exchange"], "seq": n} for n, line in enumerate(lines, 1))


def _twice(lines: Lines) -> None:
    lines.insert(2, lines[1])


def _remove(lines: Lines) -> None:
    del lines[2]


def _remove_and_number_again(lines: Lines) -> None:
    del lines[2]
    lines[:] = seal.chained({**line["exchange"], "seq": n} for n, line in enumerate(lines, 1))


def _cut(lines: Lines) -> None:
    del lines[4:]


def _add(lines: Lines) -> None:
    lines[:] = seal.chained([*(line["exchange"] for line in lines), {"seq": 7}])


def _add_a_member(lines: Lines) -> None:
    lines[0]["exchange"]["note"] = ""


@pytest.mark.parametrize(
    ("touch", "kind", "seq"),
    [
        (_change, "altered", 3),
        (_change_and_chain_again, "rewritten", 6),
        (_swap, "moved", 2),
        (_swap_and_number_again, "rewritten", 6),
        (_twice, "moved", 3),
        (_remove, "missing", 3),
        (_remove_and_number_again, "cut", 6),
        (_cut, "cut", 5),
        (_add, "unsigned", 7),
        (_add_a_member, "altered", 1),
    ],
)
def test_any_touch_is_said(touch: Callable[[Lines], None], kind: str, seq: int) -> None:
    lines = _journal()
    touch(lines)
    fault = _told(lines, POINT)
    assert fault is not None and (fault.kind, fault.seq) == (kind, seq)
    assert seal.in_french(fault)


def test_an_older_checkpoint_shows_a_journal_signed_anew() -> None:
    """Who holds the key may sign another past: not against what was noted before."""
    lines = _journal()
    noted = _point(4, lines[3]["chain"])
    _change_and_chain_again(lines)
    anew = _point(6, lines[-1]["chain"])
    assert _told(lines, anew) is None
    fault = _told(lines, anew, noted)
    assert fault is not None and (fault.kind, fault.seq) == ("rewritten", 4)


@pytest.mark.parametrize(
    "changes", [{"alg": "none"}, {"alg": "HS256"}, {"typ": "JWT"}, {"kid": "autre"}], ids=lambda c: str(next(iter(c)))
)
def test_a_header_that_says_something_else_is_forged(changes: dict[str, str]) -> None:
    assert _point(6, WHOLE[-1]["chain"], **changes).faulty(_jwk()) == seal.Fault("forged")


def test_claims_changed_under_a_signature_are_forged() -> None:
    head, _, signature = POINT.signed.split(".")
    body = _b64(json.dumps({**POINT.claims, "chain": "0" * 64}).encode())
    assert seal.Checkpoint.read({"signed": f"{head}.{body}.{signature}"}).faulty(_jwk()) == seal.Fault("forged")
    for text in (POINT.signed[:-4], f"{POINT.signed}.x", POINT.signed.rpartition(".")[0]):
        assert seal.Checkpoint.read({"signed": text}).faulty(_jwk()) == seal.Fault("forged")
    for key in ({}, {"kty": "EC"}, {**_jwk(), "x": "?"}, {**_jwk(), "y": _jwk()["x"]}):
        assert POINT.faulty(key) is not None


def test_a_key_that_takes_another_s_name_is_another_key() -> None:
    assert _point(6, WHOLE[-1]["chain"], named="celle-du-serveur").faulty(_jwk()) == seal.Fault("other-key")


@pytest.mark.parametrize("given", [None, {}, {"signed": 3}, {"signed": "a.b.c"}, {"signed": f"a.{_b64(b'{}')}.c"}, []])
def test_what_is_no_checkpoint_is_refused(given: Any) -> None:
    with pytest.raises(seal.NotAJournal):
        seal.Checkpoint.read(given)


@pytest.mark.parametrize("line", [{}, [], 3, {"exchange": 1, "chain": ""}, {"exchange": {}, "chain": ""}])
def test_a_line_that_is_no_exchange_is_refused(line: Any) -> None:
    with pytest.raises(seal.NotAJournal):
        seal.broken([line], [POINT], frozenset())
