"""An exported journal and its checkpoint: is it what the server signed? Pure, without the server.

Exchanges are chained: each link is the SHA-256 of the link before (64 zeros at first), a line feed, and the exchange as
JSON in UTF-8, keys in order, without spaces. The checkpoint is a JWS (ES256) of the server's own key.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

GENESIS = "0" * 64
TYPE = "fse-journal-checkpoint+jwt"
Kind = Literal["forged", "retold", "other-key", "missing", "moved", "altered", "rewritten", "cut", "unsigned"]
Json = Mapping[str, Any]


class NotAJournal(ValueError):
    """What was given is no exported journal, or no checkpoint; the message is French."""


@dataclass(frozen=True)
class Fault:
    """The first thing that does not hold. `seq`: of the exchange; `found`: the one that stands in its place."""

    kind: Kind
    seq: int | None = None
    found: int | None = None


@dataclass(frozen=True)
class Checkpoint:
    """What a server signed: `claims` once `faulty` has said nothing. `told`: the same in clear, if it stands there."""

    signed: str
    claims: Json
    told: Json | None = None

    @classmethod
    def read(cls, given: Any) -> Checkpoint:
        """From ``{"signed": JWS, "checkpoint": {…}}``, the second for people. Raises NotAJournal."""
        try:
            signed = str(given["signed"])
            claims = json.loads(_unb64(signed.split(".")[1]))
            if not (isinstance(claims["seq"], int) and isinstance(claims["chain"], str)):
                raise TypeError
        except (LookupError, TypeError, ValueError, RecursionError):
            raise NotAJournal("ce n'est pas un point de contrôle (fse journal checkpoint --out)") from None
        return cls(signed, claims, given.get("checkpoint"))

    def faulty(self, key: Json, fingerprint: str | None = None) -> Fault | None:
        """Whether it is not signed by that public JWK, or that key not the one of the fingerprint."""
        try:
            head, body, signature = self.signed.split(".")
            header, raw = json.loads(_unb64(head)), _unb64(signature)
            named = thumbprint(key)
            x, y = (int.from_bytes(_unb64(key[axis]), "big") for axis in ("x", "y"))
            public = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
            if len(raw) != 64 or (header["alg"], header["typ"], header["kid"]) != ("ES256", TYPE, self.claims["kid"]):
                return Fault("forged")
            r, s = (int.from_bytes(raw[at : at + 32], "big") for at in (0, 32))
            if named != header["kid"] or fingerprint not in (None, named):
                return Fault("other-key")
            public.verify(utils.encode_dss_signature(r, s), f"{head}.{body}".encode(), ec.ECDSA(hashes.SHA256()))
            if self.told not in (None, self.claims):
                return Fault("retold")
        except (InvalidSignature, LookupError, TypeError, ValueError, RecursionError):
            return Fault("forged")
        return None


def text(exchange: Json) -> str:
    """The exchange as it is hashed."""
    return json.dumps(exchange, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def link(previous: str, exchange: Json) -> str:
    """The next link of the chain."""
    return hashlib.sha256(f"{previous}\n{text(exchange)}".encode()).hexdigest()


def chained(exchanges: Iterable[Json]) -> Iterator[dict[str, Any]]:
    """Each with its link, as they are exported: ``{"exchange": …, "chain": …}``."""
    last = GENESIS
    for exchange in exchanges:
        last = link(last, exchange)
        yield {"exchange": exchange, "chain": last}


def thumbprint(key: Json) -> str:
    """RFC 7638 of an EC P-256 JWK. Raises LookupError."""
    members = {name: key[name] for name in ("crv", "kty", "x", "y")}
    return base64.urlsafe_b64encode(hashlib.sha256(text(members).encode()).digest()).rstrip(b"=").decode()


def broken(lines: Iterable[Json], checkpoints: Iterable[Checkpoint], known: frozenset[int]) -> Fault | None:
    """The first fault of a journal from its first exchange, as `chained` gives it; None: it is what was signed.

    `checkpoints`: those of this journal, their signatures checked; `known`: every seq of it, to tell a moved exchange
    from a missing one. Raises NotAJournal.
    """
    wanted = {int(each.claims["seq"]): each for each in checkpoints}
    chain, seq = GENESIS, 0
    for line in lines:
        try:
            exchange, told = line["exchange"], line["chain"]
            found, following = exchange["seq"], link(chain, exchange)
        except (LookupError, TypeError, ValueError, RecursionError):
            raise NotAJournal(f"la ligne {seq + 1} n'est pas un échange exporté") from None
        seq += 1
        if found != seq:
            return Fault("moved" if seq in known else "missing", seq, found)
        chain = following
        if chain != told:
            return Fault("altered", seq)
        if seq in wanted and wanted[seq].claims["chain"] != chain:
            return Fault("rewritten", seq)
    last = max(wanted, default=0)
    if seq < last:
        return Fault("cut", seq + 1)
    return Fault("unsigned", last + 1) if seq > last else None


SENTENCES: Mapping[Kind, str] = {
    "forged": "la signature du point de contrôle n'est pas bonne",
    "retold": "ce que le point de contrôle dit en clair n'est pas ce qui est signé",
    "other-key": "le point de contrôle est signé par une autre clé que celle attendue",
    "missing": "l'échange {seq} manque, le suivant est le {found}",
    "moved": "l'échange {found} est à la place du {seq}",
    "altered": "l'échange {seq} a été modifié, ou celui d'avant n'est plus le même",
    "rewritten": "jusqu'à l'échange {seq}, ce n'est pas le journal qui a été signé",
    "cut": "le journal s'arrête avant l'échange {seq}, que le point de contrôle compte",
    "unsigned": "rien ne signe l'échange {seq} ni les suivants",
}


def in_french(fault: Fault) -> str:
    """One sentence, without its capital and full stop."""
    return SENTENCES[fault.kind].format(seq=fault.seq, found=fault.found)


def _unb64(given: str) -> bytes:
    return base64.b64decode(given.encode("ascii") + b"=" * (-len(given) % 4), b"-_", validate=True)
