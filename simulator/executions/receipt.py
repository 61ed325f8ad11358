"""The signed receipt of an execution: what the platform will never deny having recorded.

It is kept unsigned: its signature, always the same, is made again each time the receipt is told (`signed`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache

from msgspec import Struct

from simulator.claims.model import shares
from simulator.claims.service import Recorded
from simulator.claims.states import PENDING
from simulator.kit import clock, signing
from simulator.kit.answer import Json, Later
from simulator.kit.call import Call, Keys
from simulator.kit.money import money_text

TYPE = "fse-receipt+jwt"


class Facts(Struct, frozen=True):
    """What a receipt states of a visit; `lines` as answered."""

    number: str
    section: str
    kind: str
    performed_at: datetime
    revision: int
    lines: Sequence[Json]
    target: str | None = None


def unsigned(call: Call, execution: str, facts: Facts, recorded: Recorded | None) -> str:
    """Compact JWS, ES256 by the world's token key, but for its signature; amounts in MAD, nothing about the patient.

    Claims: iss, jti (the execution), iat, kind, target (the execution corrected), number, section, inpe,
    establishment, performed_at, revision, lines (line, outcome, quantity, state), claim, cnss_share, patient_share
    (of this execution); pending: the numbers of the lines whose shares are only what they would be worth, as their
    decision waits (left out without any).
    """
    added = recorded.added if recorded else ()
    cnss, patient = shares(added)
    pending = {one.line.line for one in added if one.status in PENDING}
    claims: Json = {
        "iss": call.world.issuer,
        "jti": execution,
        "iat": int(call.now.timestamp()),
        "kind": facts.kind,
        "number": facts.number,
        "section": facts.section,
        "inpe": call.actor.inpe,
        "establishment": call.actor.establishment,
        "performed_at": clock.to_text(facts.performed_at),
        "revision": facts.revision,
        "lines": [
            {
                "line": line["line"],
                "outcome": line["outcome"],
                "quantity": line.get("quantity"),
                "state": line["state"],
            }
            for line in facts.lines
        ],
        "claim": recorded.id if recorded else None,
        "cnss_share": money_text(cnss),
        "patient_share": money_text(patient),
    }
    if pending:
        claims["pending"] = sorted(pending)
    if facts.target is not None:
        claims["target"] = facts.target
    return signing.unsigned(claims, kid=call.world.keys.token_kid, typ=TYPE)


def told(keys: Keys, text: Callable[[], str]) -> Later:
    """The receipt, signed as it is written."""
    return Later(lambda: signed(keys, text()))


def signed(keys: Keys, text: str) -> str:
    """The receipt with its signature, by the key that its header names, retired or revoked since as it may be."""
    return signing.signed(text, keys.token_signer(_kid(text.partition(".")[0])))


@lru_cache(maxsize=64)
def _kid(header: str) -> str:
    return str(json.loads(signing.unb64(header))["kid"])
