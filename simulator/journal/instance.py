"""The instance key: it signs the checkpoints of journals, in the name of one server.

Drawn from the system's randomness, never from a seed: whoever knows a seed could otherwise forge a journal.
"""

from __future__ import annotations

import base64
import hashlib
import os
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from msgspec.json import encode

from simulator.kit import signing

FILE = "instance-key.pem"


@dataclass(frozen=True)
class Instance:
    """One server, as its key tells it from the others."""

    key: signing.PrivateKey

    @classmethod
    def new(cls) -> Instance:
        """Of a server that keeps nothing."""
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def kept(cls, folder: Path) -> Instance:
        """That of the data folder, made once; its file is readable by its owner only.

        Raises OSError, and ValueError for a file that holds no EC P-256 key.
        """
        path = folder / FILE
        if not path.exists():
            _write(path, cls.new().key)
        path.chmod(0o600)
        key = load_pem_private_key(path.read_bytes(), None)
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
            raise ValueError("not an EC P-256 key")
        return cls(key)

    @cached_property
    def fingerprint(self) -> str:
        """The thumbprint of its public key (RFC 7638, SHA-256, base64url): the name of the key too."""
        digest = hashlib.sha256(encode(signing.public_jwk(self.key), order="sorted")).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    @cached_property
    def jwk(self) -> dict[str, Any]:
        """Its public key."""
        return {**signing.public_jwk(self.key, self.fingerprint), "alg": "ES256", "use": "sig"}


def _write(path: Path, key: signing.PrivateKey) -> None:
    """Whole, or not at all; the file of another process that was faster stays."""
    descriptor, partial = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")  # readable by its owner only
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
            stream.flush()
            os.fsync(stream.fileno())
        try:
            os.link(partial, path)
        except OSError:  # there already; or a file system without links
            if not path.exists():
                Path(partial).replace(path)
    finally:
        Path(partial).unlink(missing_ok=True)
