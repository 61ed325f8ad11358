"""`/bench/v1/worlds/{world}/decisions`: what the CNSS decides now, in the place of its clock."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from simulator.approvals import service as approvals
from simulator.approvals.schemas import ApprovalId, RefusalReason
from simulator.bench.operation import Asked
from simulator.care_sheets.orders import PositiveQuantity, Text
from simulator.kit.answer import Json
from simulator.kit.wire import Wire
from simulator.worlds.model import World


class Decision(Wire):
    """What is decided, and how. `quantity`: less than what was asked, when granted."""

    approval: ApprovalId
    decision: Literal["granted", "refused"]
    quantity: PositiveQuantity | None = None
    reason: RefusalReason | None = None
    explanation: Text | None = None

    @model_validator(mode="after")
    def _fits(self) -> Decision:
        if self.decision == "granted" and (self.reason or self.explanation):
            raise ValueError("« reason » et « explanation » vont avec un refus.")
        if self.decision == "refused" and (self.quantity is not None or self.reason is None):
            raise ValueError("Un refus porte « reason », et pas de « quantity ».")
        return self


async def decide(asked: Asked, world: World, body: Decision) -> Json:
    """The prior approval that is named, decided; as its software reads it."""
    units = asked.worlds.within(world)
    if body.decision == "refused":
        return await units.write(
            lambda tx: approvals.refuse(tx, world, body.approval, body.reason or "", body.explanation)
        )
    return await units.write(lambda tx: approvals.grant(tx, world, body.approval, body.quantity))
