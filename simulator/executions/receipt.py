"""The signed receipt of an execution: what the platform will never deny having recorded."""

from __future__ import annotations

from simulator.claims.model import shares
from simulator.claims.service import Recorded
from simulator.kit import signing
from simulator.kit.answer import Json
from simulator.kit.call import Call
from simulator.kit.money import money_text

TYPE = "fse-receipt+jwt"


def signed(call: Call, answer: Json, recorded: Recorded | None) -> str:
    """Compact JWS, ES256 by the world's token key; amounts in MAD, nothing about the patient.

    Claims: iss, jti (the execution), iat, number, section, inpe, establishment, performed_at, revision,
    lines (line, outcome, quantity, state), claim, cnss_share, patient_share (of this execution).
    """
    cnss, patient = shares(recorded.added if recorded else ())
    claims = {
        "iss": call.world.issuer,
        "jti": answer["id"],
        "iat": int(call.now.timestamp()),
        "number": answer["number"],
        "section": answer["section"],
        "inpe": call.actor.inpe,
        "establishment": call.actor.establishment,
        "performed_at": answer["performed_at"],
        "revision": answer["revision"],
        "lines": [
            {
                "line": line["line"],
                "outcome": line["outcome"],
                "quantity": line.get("quantity"),
                "state": line["state"],
            }
            for line in answer["lines"]
        ],
        "claim": recorded.id if recorded else None,
        "cnss_share": money_text(cnss),
        "patient_share": money_text(patient),
    }
    return signing.jws(claims, call.world.keys.token_key, kid=call.world.keys.token_kid, typ=TYPE)
