"""`/bench/v1/worlds/{world}/explanations/{of}`: why a claim was decided so, as `fse explain` says it."""

from __future__ import annotations

from simulator.bench.operation import Asked, Operation
from simulator.claims.found import NotOne, explained, names, within
from simulator.kit.answer import Json
from simulator.kit.pages import bad_parameter
from simulator.kit.problems import Problem
from simulator.worlds.model import World


async def explain(asked: Asked, world: World, of: str) -> Json:
    """Raises Problem invalid-payload when `of` is no name of a claim, not-found when it names none."""
    wanted = of.strip()[:40]
    try:
        names(wanted)
    except NotOne as error:
        raise bad_parameter("of", str(error)) from None
    found = await asked.worlds.within(world).read(lambda tx: within(tx, world, wanted))
    if not found:
        raise Problem("not-found", f"aucune demande de remboursement pour « {wanted} » dans le monde « {world.id} ».")
    return {"claims": [explained(one) for one in found]}


OPERATIONS = (Operation("GET /worlds/{world}/explanations/{of}", "explain-claim", explain),)
