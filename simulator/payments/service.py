"""Use cases: read one's statements, and what became of the money of a claim."""

from __future__ import annotations

from simulator.audit import store as audit
from simulator.care_sheets import access
from simulator.claims import service as claiming
from simulator.claims.answers import to_model
from simulator.kit import pages
from simulator.kit.answer import Answer, Json
from simulator.kit.call import Call
from simulator.kit.money import money_text
from simulator.kit.problems import Problem
from simulator.kit.storage import Tx
from simulator.patients import service as patients
from simulator.payments import store
from simulator.payments.model import Recipient, reconciled
from simulator.professionals.service import directory

CARE = frozenset({"claim", "number", "reference", "section", "establishment", "execution", "line"})
"""Members of a statement's line that say which care it was."""


def of_claim(tx: Tx, call: Call) -> Answer:
    """What became of the money of a claim that the caller may read. Raises Problem not-found."""
    found = (patients.read_claim if call.actor.patient else claiming.read)(tx, call).body
    claim = to_model(dict(found))
    payments = [
        {"execution": item["execution"], "line": item["line"], "payee": item["payee"], **payment}
        for item in found["lines"]
        for payment in item.get("payments", ())
    ]
    head: Json = {"claim": claim.id, **({"number": claim.number} if claim.number else {}), "status": found["status"]}
    totals = {name: money_text(value) for name, value in reconciled(claim.lines).items()}
    return Answer({**head, "totals": totals, "payments": [_ordered(one) for one in payments]})


def search(tx: Tx, call: Call) -> Answer:
    """The caller's statements, oldest first. Raises Problem role-not-allowed, invalid-payload (`cursor`, `limit`)."""
    own, (cursor, limit) = _recipient(call), pages.asked(call.query)
    after = tuple(cursor.split("|")) if cursor else ("", "")
    if len(after) != 2:
        raise pages.bad_cursor()
    rows = store.page(tx, call.world.id, own, after, limit + 1)
    page, following = pages.cut(rows, limit, lambda row: f"{row['ordered_on']}|{row['id']}")
    audit.append(tx, call, "statements-listed", store.subject(own), {"count": len(page)})
    return Answer(pages.body([_shown(call, store.as_json(row)) for row in page], following))


def read(tx: Tx, call: Call) -> Answer:
    """One of the caller's statements. Raises Problem role-not-allowed, not-found."""
    own = _recipient(call)
    found = store.find(tx, call.world.id, own, call.path["id"])
    if found is None:
        raise Problem("not-found", "Aucun décompte de cet identifiant ne vous est accessible.")
    audit.append(tx, call, "statement-read", store.subject(own), {"statement": found["id"]})
    return Answer(_shown(call, found))


def _shown(call: Call, statement: Json) -> Json:
    """The statement as its reader may see it: the insured person is told what he is paid for an adult of his family
    (rank, day, amounts), not which care it was.
    """
    if call.actor.patient is None:
        return statement
    number, _ = call.actor.patient
    lines = statement["lines"]
    seen = {rank: access.sees(call, (number, rank)) for rank in {line["dependant_rank"] for line in lines}}
    return {**statement, "lines": [line if seen[line["dependant_rank"]] else _bare(line) for line in lines]}


def _bare(line: Json) -> Json:
    return {name: value for name, value in line.items() if name not in CARE}


def _recipient(call: Call) -> Recipient:
    """Who reads: an establishment, or an insured person. Raises Problem role-not-allowed for a dependant."""
    if call.actor.patient is None:
        return Recipient("provider", directory(call.world).active(call.actor.inpe).establishment.id)
    number, rank = call.actor.patient
    if rank:
        raise Problem(
            "role-not-allowed",
            "Les décomptes sont ceux de l'assuré ; un ayant droit lit ses demandes de remboursement.",
            allowed_roles=["patient"],
        )
    return Recipient("insured", number)


def _ordered(payment: Json) -> Json:
    names = ("statement", "amount", "ordered_on", "paid_on", "execution", "line", "payee")
    return {name: payment[name] for name in names if name in payment}
