"""`/bench/v1/worlds/{world}/decisions`: what the CNSS decides now, in the place of its clock."""

from __future__ import annotations

from typing import Annotated, Literal, cast, get_args

from pydantic import Field, model_validator

from simulator.approvals import service as approvals
from simulator.approvals.schemas import ApprovalId, RefusalReason
from simulator.bench.operation import Asked, Operation
from simulator.care_sheets.orders import PositiveQuantity, Text
from simulator.kit.answer import Json
from simulator.kit.wire import Form, Wire
from simulator.reviews import decisions as reviews
from simulator.reviews.schemas import ExecutionId
from simulator.worlds.model import World

ClaimId = Annotated[
    str,
    Field(pattern=r"^clm-[a-z2-7]{16}$", examples=["clm-7q2m5xk3wz4n6b2d"]),
    Form("l'identifiant d'une demande de remboursement, comme clm-7q2m5xk3wz4n6b2d"),
]


class Decision(Wire):
    """What is decided, and how: a prior approval, or the lines of a claim that wait.

    `quantity`: less than what was asked, when an approval is granted. `execution`, `line`: some lines of the claim.
    """

    approval: ApprovalId | None = None
    claim: ClaimId | None = None
    execution: ExecutionId | None = None
    line: int | None = Field(default=None, ge=1, le=99)
    decision: Literal["granted", "refused"]
    quantity: PositiveQuantity | None = None
    reason: RefusalReason | reviews.RefusalReason | None = None
    explanation: Text | None = None

    @model_validator(mode="after")
    def _fits(self) -> Decision:
        if (self.approval is None) == (self.claim is None):
            raise ValueError("Une décision porte sur « approval » ou sur « claim ».")
        if self.decision == "granted" and (self.reason or self.explanation):
            raise ValueError("« reason » et « explanation » vont avec un refus.")
        return self._of_claim() if self.claim else self._of_approval()

    def _of_approval(self) -> Decision:
        if self.execution or self.line:
            raise ValueError("« execution » et « line » vont avec « claim ».")
        if self.decision == "refused" and (self.quantity is not None or self.reason not in get_args(RefusalReason)):
            raise ValueError("Un refus porte « reason », et pas de « quantity ».")
        return self

    def _of_claim(self) -> Decision:
        if self.quantity is not None or self.explanation:
            raise ValueError("« quantity » et « explanation » vont avec « approval ».")
        if self.reason is not None and self.reason not in get_args(reviews.RefusalReason):
            raise ValueError("Le motif est document-missing, medical-refusal ou duplicate.")
        return self


async def decide(asked: Asked, world: World, body: Decision) -> Json:
    """The prior approval that is named, decided, as its software reads it; or the claim."""
    units = asked.worlds.within(world)
    if (claim := body.claim) is not None:
        why = cast("reviews.RefusalReason | None", body.reason)  # `Decision` holds it to those
        return await units.write(
            lambda tx: reviews.decide(tx, world, claim, body.decision, why, body.execution, body.line)
        )
    approval = body.approval or ""
    if body.decision == "refused":
        return await units.write(lambda tx: approvals.refuse(tx, world, approval, body.reason or "", body.explanation))
    return await units.write(lambda tx: approvals.grant(tx, world, approval, body.quantity))


OPERATIONS = (Operation("POST /worlds/{world}/decisions", "decide", decide, Decision),)
