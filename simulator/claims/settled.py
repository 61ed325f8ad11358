"""Until when an execution may be corrected: until money is ordered for it, and never once that was done.

Six days after it was received an insured person may be paid for it (rule payment.order). Beyond, it is only corrected
while one of its lines is still held: nothing can be ordered of that line yet.
"""

from __future__ import annotations

from datetime import datetime

import fixtures
from simulator.claims import store
from simulator.claims.delays import settled_at
from simulator.claims.model import Claim
from simulator.claims.states import HELD
from simulator.kit import clock
from simulator.kit.call import Call
from simulator.kit.problems import Problem
from simulator.kit.storage import Tx


def require_unsettled(tx: Tx, call: Call, place: tuple[str, str, str], execution: str, received_at: datetime) -> None:
    """An execution received at that instant may still be corrected; `place`: (number, section, establishment).

    Raises Problem claim-settled.
    """
    received = clock.day(received_at)
    if call.now < (settled := settled_at(received, call.world.tariff_set)):
        return
    claim = store.find(tx, call.world.id, *place)
    if claim is not None:
        require_unordered(call, claim, execution)
        if any(item.execution == execution and item.status in HELD for item in claim.lines):
            return
    detail = (
        f"Reçue le {received:%d/%m/%Y}, elle tient pour réglée depuis le {clock.day(settled):%d/%m/%Y} : "
        "aucune de ses lignes n'est retenue."
    )
    raise Problem("claim-settled", detail, rule=fixtures.rule("payment.order", received).id)


def require_unordered(call: Call, claim: Claim, execution: str) -> None:
    """Nothing was ordered of that execution, whatever the hour that the request believes it is.

    Raises Problem claim-settled.
    """
    found = next((p for item in claim.lines if item.execution == execution for p in item.payments), None)
    if found is None:
        return
    detail = f"Un paiement a été ordonné pour elle le {found.ordered_on:%d/%m/%Y} : rien n'en change plus."
    raise Problem("claim-settled", detail, rule=fixtures.rule("payment.order", found.ordered_on).id)
