"""Whether a visit that is entered late stands already: the same entry sent again, or a visit that was done online.

The same visit is the same establishment, the same section of the same sheet, the same `performed_at` (to the second,
as instants are kept), and the same products or acts in the same quantities: whatever the order of the items, however
a quantity is spread over them, whatever the price and the lot. An establishment says a whole visit in one call: two
visits in one second that deliver the same things do not exist.

What is delivered is named by its code; an act whose code was left out online, by the one prescribed; what is outside
the lists, by its label, as a late entry must name it to find its line. A visit that was amended is still that visit,
as it was said first and as it is corrected; one that was withdrawn did not take place, and may be entered again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from simulator.executions.late_schemas import LateItem
from simulator.executions.store import Execution
from simulator.kit.answer import Json

Delivered = dict[str, Decimal]
"""Name of what was delivered → quantity, over the whole visit."""


def standing(
    executions: Sequence[Execution],
    prescribed: Mapping[int, Json],
    place: str,
    performed_at: datetime,
    items: Iterable[LateItem],
) -> Execution | None:
    """What stands of that visit of `place`, among the executions of the section (oldest first); None when it is new."""
    at = performed_at.replace(microsecond=0)
    said = _total((named(item.model_dump()), item.quantity) for item in items)
    for versions in _visits(executions):
        for one in versions:
            if (one.establishment, one.performed_at) == (place, at) and _delivered(one, prescribed) == said:
                return versions[-1]
    return None


def _visits(executions: Sequence[Execution]) -> list[list[Execution]]:
    """Visits that were not withdrawn, each with its amendments, the one that stands last."""
    found: dict[str, list[Execution]] = {}
    for one in executions:
        earlier = found.pop(one.target, []) if one.target else []
        if one.kind != "withdrawal":
            found[one.id] = [*earlier, one]
    return list(found.values())


def _delivered(execution: Execution, prescribed: Mapping[int, Json]) -> Delivered:
    """What an execution delivered; of a late entry, also what found no line."""
    if execution.kind == "late":
        return _total((named(item), Decimal(item["quantity"])) for item in execution.content["said"])
    lines = [line for line in execution.content["lines"] if line["outcome"] == "executed"]
    return _total((named(line, prescribed[line["line"]]), Decimal(line["quantity"])) for line in lines)


def named(said: Mapping[str, Any], prescribed: Mapping[str, Any] | None = None) -> str:
    """`said`: an item of a late entry or, with what was `prescribed`, a line of an execution."""
    if prescribed is not None and not prescribed["listed"]:
        said = prescribed
    code = said.get("ean13") or said.get("act_code") or (prescribed or {}).get("act_code")
    return str(code or said["label"].strip().casefold())


def _total(said: Iterable[tuple[str, Decimal]]) -> Delivered:
    found: Delivered = {}
    for name, quantity in said:
        found[name] = found.get(name, Decimal(0)) + quantity
    return found
