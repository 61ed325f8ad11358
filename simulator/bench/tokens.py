"""`/bench/v1/worlds/{world}/tokens`: an access token of any kind, right or wrong, and what it will be answered."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import Field, field_validator

from simulator.bench import bearers
from simulator.bench.operation import Asked, Operation
from simulator.bench.schemas import Label
from simulator.identity import forgeries
from simulator.identity.forgeries import Bearer, Kind
from simulator.kit import clock
from simulator.kit.answer import Json
from simulator.kit.storage import Tx
from simulator.kit.wire import Wire
from simulator.worlds import trust
from simulator.worlds.model import World


class TokenRequest(Wire):
    """`persona`: a persona, an INPE, ``registration number/rank``, or ``software``; `client`: one that is registered.

    `scope`: fewer than everything he may have. `life_s`: world time.
    """

    kind: Label = "valid"
    persona: Label | None = None
    client: Label | None = None
    scope: Label | None = None
    life_s: Annotated[int, Field(ge=1, le=31_536_000)] = 600

    @field_validator("kind")
    @classmethod
    def _known(cls, kind: str) -> str:
        if kind not in forgeries.kinds():
            raise ValueError(f"Genre inconnu ; connus : {', '.join(forgeries.kinds())}.")
        return kind


async def mint(asked: Asked, world: World, body: TokenRequest) -> Json:
    """The token, what it says, what the platform must answer to it, and what making it changed in the world."""
    kind = forgeries.kinds()[body.kind]
    units = asked.worlds.within(world)
    who = await units.read(lambda tx: _bearer(tx, world, kind, body))
    forgeries.scopes(kind, who)  # refused before anything changes
    changed = await _turned(asked, world, kind)
    made = await units.write(lambda tx: forgeries.mint(tx, world, kind, who))
    if kind.then == "revoke":
        await trust.revoke(asked.worlds, world, "token", made.claims["jti"])
        changed.append(f"le jeton {made.claims['jti']} est révoqué")
    return {
        "kind": kind.name,
        "title": kind.title,
        "token": made.token,
        "header": made.header,
        "claims": made.claims,
        "expires_at": clock.to_text(datetime.fromtimestamp(made.claims["exp"], UTC)),
        "against": kind.against,
        "expected": {"status": kind.status, **({"problem": kind.problem} if kind.problem else {})},
        "twin": kind.twin,
        "changed": changed,
    }


async def _turned(asked: Asked, world: World, kind: Kind) -> list[str]:
    """Turn the token key where the world has none such as that kind wants; what was done, in French.

    The key that is revoked is one that has just been made: no other token was signed by it.
    """
    if forgeries.generation(world, kind) is not None:
        return []
    changed = []
    for _ in range(1 if kind.key == "retired" else 2):
        await trust.rotate(asked.worlds, world, "token")
        changed.append(f"la clé des jetons a tourné : {world.keys.token_kid} signe")
    if kind.key == "revoked":
        kid = f"token-{world.keys.token_generation - 1}"
        await trust.revoke(asked.worlds, world, "token-key", kid)
        changed.append(f"la clé {kid} est révoquée")
    return changed


def _bearer(tx: Tx, world: World, kind: Kind, body: TokenRequest) -> Bearer:
    """Raises Problem not-found for a person or a software that this world does not know."""
    client, said = bearers.software(tx, world, body.client), body.persona or kind.persona
    if kind.client == "another":
        client = bearers.another(tx, world, client, forgeries.ANOTHER_CLIENT)
    return Bearer(client, None if said == "software" else bearers.person(world, said), body.scope, body.life_s)


OPERATIONS = (Operation("POST /worlds/{world}/tokens", "mint-token", mint, TokenRequest, status=201),)
