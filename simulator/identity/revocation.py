"""RFC 7009: a software gives up an access token before its time, at the end of a session or after a theft."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.audit import store as audit
from simulator.identity import software
from simulator.kit import bearer
from simulator.kit.call import Actor, Call
from simulator.kit.context import Context
from simulator.kit.problems import Problem
from simulator.kit.signing import BadToken, open_jws
from simulator.kit.storage import Tx
from simulator.worlds import marks, store
from simulator.worlds.model import World


def revoke(tx: Tx, world: World, ctx: Context, form: Mapping[str, str]) -> str | None:
    """The `jti` revoked; None when the text is no token of this world, which is a success too (RFC 7009 §2.2).

    Raises Problem invalid-client, client-suspended, invalid-token-request (no token, or another software's).
    """
    client, _ = software.authenticate(tx, world, ctx, form)
    text = form.get("token", "")
    if not text:
        raise Problem("invalid-token-request", "« token » est obligatoire.", oauth="invalid_request")
    try:
        opened = open_jws(text)
        key = world.keys.token_public(opened.header.get("kid"))
        claims = opened.verified(key) if key else {}
    except (BadToken, Problem):
        return None
    if not claims or opened.header.get("typ") != bearer.TYPE:  # a receipt is signed by the same key
        return None
    if claims["client_id"] != client.client_id:
        detail = "Ce jeton a été remis à un autre logiciel."
        raise Problem("invalid-token-request", detail, oauth="unauthorized_client")
    jti = str(claims["jti"])
    marks.put(tx, world.id, "token", jti, ctx.now)
    store.changed_trust(tx, world.id)
    call = Call(world, ctx.now, Actor(client.client_id, inpe=claims.get("inpe")), ctx.trace_id, "revoke-token")
    audit.append(tx, call, "token-revoked", jti, {})
    return jti
