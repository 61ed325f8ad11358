"""The address of an exchange without the secrets written in it, where none has its place: a token in a path, the secret
of a software under an ordinary name of the query.

Recognized: the secrets of the software of the world, by their hash; what is signed, even spelled with ``%2E``; what is
as long and as mixed as a token of the bench; the secret of a subscription; a value that the path itself calls a secret
(``;access_token=…``). A path is read as it came, its segments decoded, even several times over; all else stays as it
was written. The names of a query are `redaction.query`'s to judge.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, unquote_plus

from msgspec.json import encode
from msgspec.structs import replace

from simulator.identity import store as identity
from simulator.journal import redaction
from simulator.kit.ids import fingerprint
from simulator.kit.storage import Tx

if TYPE_CHECKING:
    from simulator.journal.store import Exchange

Known = Callable[[str], bool]
Hidden = Callable[[str], str]
_SEGMENT = re.compile(r"[^/]+")
_PAIR = re.compile(r"([^&;=]+=)?([^&;]+)")
_PART = re.compile(r"[^/:;,=&?@ ]+")
_ORDINARY = re.compile(r"[0-9 .:TZ+-]*|[a-z]{2,5}-[a-z2-7]{16}")
_OPAQUE = re.compile(r"whsec_[A-Za-z0-9+/]{16,}=*|(?=[^a-z]*[a-z])(?=[^A-Z]*[A-Z])[A-Za-z0-9_-]{40,}")
_SIGNED = re.compile(r"eyJ[\w-]+\.eyJ[\w-]*\.[\w-]*", re.A)
_CALLED = re.compile(
    r"((?:client[_-]?secret|client[_-]?assertion|assertion|access[_-]?token|token|secret|password)\s*[=:]\s*|bearer\s+)"
    r"([^/;&?=:]+)",
    re.I,
)
_ENCODED = 4
"""How many times over a path is read: what is encoded more often names nothing to anybody."""
_SHORT = 8
"""Fewer characters than that may stand in an answer by chance."""


def cleaned(tx: Tx, world: str, exchange: Exchange) -> Exchange:
    """The same exchange, its address without secrets, and its refusal, which says it again. The path of a call that
    succeeded holds none: only its query is read.
    """
    if exchange.problem is None and not exchange.query:
        return exchange
    hashes: frozenset[str] | None = None
    found: list[str] = []

    def known(text: str) -> bool:
        nonlocal hashes
        if hashes is None:
            hashes = identity.secret_hashes(tx, world)
        return identity.hash_secret(text) in hashes

    def hidden(text: str) -> str:
        found.append(text)
        return fingerprint(text)

    at = exchange.path if exchange.problem is None else path(exchange.path, known, hidden)
    asked = query(exchange.query, known, hidden)
    if not found:
        return exchange
    said = unquote(exchange.path)
    told = path(said, known, hidden)
    answer = exchange.response_body.replace(encode(said)[1:-1], encode(told)[1:-1])
    for secret in dict.fromkeys(found):
        if len(secret) >= _SHORT:
            answer = answer.replace(encode(secret)[1:-1], fingerprint(secret).encode())
    return replace(exchange, path=at, query=asked, response_body=answer)


def path(text: str, known: Known, hidden: Hidden = fingerprint) -> str:
    """A path below a world, as it came: encoded, maybe more than once."""
    return _SEGMENT.sub(lambda each: _segment(each[0], known, hidden), text)


def _segment(written: str, known: Known, hidden: Hidden) -> str:
    read = written
    for _ in range(_ENCODED):
        read = unquote(read)
    called = _CALLED.sub(lambda each: each[1] + hidden(each[2]), read)
    clean = "/".join(_one(part, part, known, hidden) for part in called.split("/"))
    if clean == read:
        return written
    return clean if written == read else quote(clean, safe=":")


def query(text: str, known: Known, hidden: Hidden = fingerprint) -> str:
    """A query string; the cursor of a page is what the platform gave, a value of a secret's name is hidden later."""

    def pair(each: re.Match[str]) -> str:
        name = unquote_plus((each[1] or "").rstrip("=")).strip().lower().removesuffix("[]")
        if name == "cursor" or name in redaction.SECRET_FIELDS:
            return each[0]
        return (each[1] or "") + _one(each[2], unquote_plus(each[2]), known, hidden)

    return _PAIR.sub(pair, text)


def _one(written: str, read: str, known: Known, hidden: Hidden) -> str:
    """A segment, or a value: hidden whole, else the parts of it that are to be."""
    if _ORDINARY.fullmatch(read):
        return written
    if _OPAQUE.fullmatch(read) or known(read):
        return hidden(read)

    def part(each: re.Match[str]) -> str:
        text = each[0]
        return hidden(text) if not _ORDINARY.fullmatch(text) and (_OPAQUE.fullmatch(text) or known(text)) else text

    clean = _PART.sub(part, _SIGNED.sub(lambda each: hidden(each[0]), read))
    if clean == read:
        return written
    return clean if written == read else quote(clean, safe=":")
