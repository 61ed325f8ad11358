"""`fse journal verify` on a file that somebody made to hurt: a French line and its code, never a trace."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
import typer
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from typer.testing import CliRunner

from client import seal
from workbench import cli

APP = typer.Typer()
cli.register(APP)
KEY = ec.derive_private_key(7, ec.SECP256R1())
DEEP = "[" * 100_000
NESTED = "[" * 400 + "]" * 400


def b64(text: str | bytes) -> str:
    return base64.urlsafe_b64encode(text.encode() if isinstance(text, str) else text).rstrip(b"=").decode()


def jwk() -> dict[str, str]:
    numbers = KEY.public_key().public_numbers()
    places = {"x": b64(numbers.x.to_bytes(32, "big")), "y": b64(numbers.y.to_bytes(32, "big"))}
    return {"kty": "EC", "crv": "P-256", **places}


def point(claims: str, header: str = "") -> str:
    """The last line of a journal, signed by a key that it carries."""
    kid = seal.thumbprint(jwk())
    head = header or json.dumps({"alg": "ES256", "typ": seal.TYPE, "kid": kid})
    signed = f"{b64(head)}.{b64(claims.replace('KID', kid))}"
    r, s = utils.decode_dss_signature(KEY.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    whole = f"{signed}.{b64(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"
    return json.dumps({"signed": whole, "key": jwk()})


CLAIMS = '{"seq": 1, "chain": "x", "kid": "KID", "world": "w\\u001b[2J", "life": "l"}'


@pytest.mark.parametrize(
    ("content", "code", "says"),
    [
        (DEEP, 2, "trop de niveaux emboîtés"),
        (DEEP + "]" * 100_000, 2, "trop de niveaux emboîtés"),
        (point(f'{{"seq": {DEEP}'), 2, "point de contrôle"),
        (point(CLAIMS, header=DEEP), 1, "signature du point de contrôle"),
        (f'{{"exchange": {{"seq": 1, "a": "\\ud800"}}, "chain": "x"}}\n{point(CLAIMS)}', 2, "la ligne 1"),
        (f'{{"exchange": {{"seq": "\\u001b[2J\\r"}}, "chain": "x"}}\n{point(CLAIMS)}', 1, "\\x1b[2J\\x0d"),
        (f'{{"exchange": {{"seq": 1, "a": {NESTED}}}, "chain": "x"}}\n{point(CLAIMS)}', 1, "JOURNAL TOUCHÉ"),
        (f'{{"exchange": {{"seq": [{{}}]}}, "chain": "x"}}\n{point(CLAIMS)}', 1, "JOURNAL TOUCHÉ"),
        ('{"seq": ' + "9" * 6_000 + "}", 2, "ce n'est pas un journal"),
        (b"\x00\xff\xfe", 2, "ce n'est pas un journal"),
        (b"", 2, "ce n'est pas un journal"),
    ],
    ids=[
        "deep", "deep and closed", "deep claims", "deep header", "half a character", "escapes", "nested", "unhashable",
        "long number", "binary", "empty",
    ],
)  # fmt: skip
@pytest.mark.parametrize("as_json", [False, True])
def test_a_hostile_file_is_told(tmp_path: Path, content: Any, code: int, says: str, as_json: bool) -> None:
    file = tmp_path / "j.jsonl"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    done = CliRunner().invoke(APP, ["journal", "verify", str(file), *(["--json"] if as_json else [])])
    assert isinstance(done.exception, SystemExit) and done.exit_code == code, done
    assert "\x1b" not in done.output and "\r" not in done.output
    assert says in done.output or (as_json and code == 1 and '"sound": false' in done.output)
    assert "Traceback" not in done.output and done.output.strip()


def test_a_deep_checkpoint_kept_elsewhere_is_told(tmp_path: Path) -> None:
    lines = list(seal.chained([{"seq": 1}]))
    journal, kept = tmp_path / "j.jsonl", tmp_path / "c.json"
    claims = CLAIMS.replace('"x"', json.dumps(lines[0]["chain"]))
    journal.write_text(f"{json.dumps(lines[0])}\n{point(claims)}\n", encoding="utf-8")
    assert CliRunner().invoke(APP, ["journal", "verify", str(journal)]).exit_code == 0
    kept.write_text(DEEP, encoding="utf-8")
    done = CliRunner().invoke(APP, ["journal", "verify", str(journal), "--checkpoint", str(kept)])
    assert isinstance(done.exception, SystemExit) and done.exit_code == 2 and "trop de niveaux" in done.output
