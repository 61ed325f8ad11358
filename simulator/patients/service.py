"""Use cases of a patient: his sheets, his claims, who read what; each look is itself audited."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from pydantic_core import from_json

import fixtures
from simulator.audit import store as audit
from simulator.beneficiaries.model import Key
from simulator.beneficiaries.service import register
from simulator.care_sheets import access
from simulator.care_sheets import store as sheets
from simulator.claims import store as claims
from simulator.claims.service import asked_sheet, told
from simulator.kit import clock, pages
from simulator.kit.answer import Answer, Json
from simulator.kit.call import Call
from simulator.kit.problems import Problem
from simulator.kit.storage import Row, Tx
from simulator.patients import model, people, sentences, store, views
from simulator.professionals.service import directory

RANK = {"type": "integer", "minimum": 0, "maximum": 99}
"""The parameter `dependant_rank`."""
_LAST = 2**31 - 1
T = TypeVar("T")


def list_care_sheets(tx: Tx, call: Call) -> Answer:
    """A page of his sheets. Raises Problem role-not-allowed, invalid-payload, not-found."""
    person, world = _person(call), call.world.id
    page, following = _page(call, store.numbers(tx, world, person), lambda number: number)
    found = [sheets.find(tx, world, number, call.now) for number in page]
    items = [views.summary(sheet) for sheet in found if sheet is not None]
    audit.append(tx, call, "patient-care-sheets-listed", audit.beneficiary(*person), {"count": len(items)})
    return Answer(pages.body(items, following))


def list_claims(tx: Tx, call: Call) -> Answer:
    """A page of the claims on his sheets, or on one of them. Raises as `list_care_sheets`."""
    person, world, number = _person(call), call.world.id, asked_sheet(call)
    places = [place for place in store.claim_places(tx, world, person) if number in (None, place[0])]
    page, following = _page(call, places, lambda place: place[1])
    texts = {number: claims.of_sheet(tx, world, number) for number in dict.fromkeys(number for number, _ in page)}
    by_id = {claim["id"]: claim for each in texts.values() for claim in map(claims.parse, each)}
    items = [by_id[one] for _, one in page]
    audit.append(tx, call, "patient-claims-listed", audit.beneficiary(*person), {"count": len(items)})
    return Answer(pages.body(items, following))


def read_claim(tx: Tx, call: Call) -> Answer:
    """A claim on a sheet that he may read. Raises Problem role-not-allowed, not-found."""
    number, _ = _viewer(call)
    found = store.claim(tx, call.world.id, number, call.path["id"])
    return told(tx, call, found[1] if found is not None and access.sees(call, (number, found[0])) else None)


def list_accesses(tx: Tx, call: Call) -> Answer:
    """A page of the accesses to his data. Raises Problem role-not-allowed, invalid-payload, not-found."""
    person, (cursor, limit) = _person(call), pages.asked(call.query)
    before = cursor or str(_LAST)
    if not (before.isascii() and before.isdigit() and len(before) <= 10 and int(before) <= _LAST):
        raise pages.bad_cursor()
    rows = store.accesses(tx, call.world.id, person, int(before), limit + 1)
    page, following = pages.cut(rows, limit, lambda row: str(row["seq"]))
    items = [_access(call, person, row) for row in page]
    audit.append(tx, call, "patient-accesses-listed", audit.beneficiary(*person), {"count": len(items)})
    return Answer(pages.body(items, following))


def _access(call: Call, person: Key, row: Row) -> Json:
    viewer = call.actor.patient
    assert viewer is not None
    known = register(call.world).people
    who = people.who(row["actor"], viewer, directory(call.world).people, known)
    number = None if row["subject"].startswith("ben:") else row["subject"]
    at = clock.parse(row["at"])
    whose = None if person == viewer else people.first_name(known[person])
    shown = {"name": who.name, "role": who.role, "establishment": who.establishment, "delegate": who.delegate}
    access: Json = {
        "at": row["at"],
        "who": {name: value for name, value in shown.items() if value is not None},
        "what": row["event"],
        "number": number,
        "sentence": sentences.sentence(at, who, row["event"], number, from_json(row["data"]), whose),
    }
    if number is None:
        del access["number"]
    return access


def _person(call: Call) -> Key:
    """Whose data is asked for: the caller's, or those of the dependant named by `dependant_rank`."""
    viewer, rank = _viewer(call), asked_rank(call)
    wanted = viewer[1] if rank is None else rank
    person = model.find(register(call.world), viewer, wanted, clock.day(call.now), _majority(call))
    return person.registration_number, person.dependant_rank


def asked_rank(call: Call) -> int | None:
    """The parameter `dependant_rank`, where it is given. Raises Problem invalid-payload."""
    text = call.query.get("dependant_rank")
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 2):
        raise pages.bad_parameter("dependant_rank", "« dependant_rank » est un rang, de 0 à 99.")
    return int(text)


def _viewer(call: Call) -> Key:
    if call.actor.patient is None:
        raise Problem("role-not-allowed", "Cette opération est réservée aux patients.", allowed_roles=["patient"])
    return call.actor.patient


def _majority(call: Call) -> int:
    return fixtures.rule("patient.majority", clock.day(call.now)).integer


def _page(call: Call, everything: Sequence[T], name: Callable[[T], str]) -> tuple[Sequence[T], str | None]:
    """The items after the cursor (the name of the last one seen), and the cursor of the next page."""
    (cursor, limit), start = pages.asked(call.query), 0
    if cursor:
        start = next((place for place, item in enumerate(everything, 1) if name(item) == cursor), 0)
        if not start:
            raise pages.bad_cursor()
    return pages.cut(everything[start:], limit, name)
