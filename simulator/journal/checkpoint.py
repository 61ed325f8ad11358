"""A checkpoint: what the journal of a world was at an instant, signed by the server.

Exchanges are chained by their fingerprints (see `canonical.link`), from the first one: as they are shown (`chain`), and
in their canonical form (`canonical`), which another run can be compared with.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from simulator.journal import canonical, reading, store
from simulator.journal.instance import Instance
from simulator.kit import clock, signing
from simulator.kit.context import Units
from simulator.kit.storage import Row
from simulator.worlds.model import World

TYPE = "fse-journal-checkpoint+jwt"


async def taken(db: Units, world: World, instance: Instance) -> dict[str, Any]:
    """``{"checkpoint": {…}, "signed": JWS of it}``. Raises Problem world-not-found.

    It follows the whole journal, up to the exchange that is the last when it starts.
    """
    last = await db.read(lambda tx: store.newest(tx, world.id))
    seq, chains = 0, (canonical.GENESIS, canonical.GENESIS)
    while seq < last:
        rows = await reading.following(db, world.id, seq, min(reading.CHUNK, last - seq))
        if not rows:
            break
        chains = await asyncio.to_thread(_followed, chains, rows, world.issuer)
        seq = rows[-1]["seq"]
    said: Mapping[str, Any] = {
        "world": world.id,
        "life": world.life,
        "issuer": world.issuer,
        "seq": seq,
        "chain": chains[0],
        "canonical": chains[1],
        "world_time": clock.to_text(world.now()),
        "real_time": clock.to_precise_text(clock.real_now()),
        "kid": instance.fingerprint,
    }
    return {"checkpoint": said, "signed": signing.jws(said, instance.key, kid=instance.fingerprint, typ=TYPE)}


def _followed(chains: tuple[str, str], rows: Iterable[Row], issuer: str) -> tuple[str, str]:
    whole, form = chains
    for row in rows:
        shown = store.whole(row, store.head(row))
        whole = canonical.link(whole, shown)
        form = canonical.link(form, canonical.exchange(shown, issuer))
    return whole, form
