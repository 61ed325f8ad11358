"""From the lines of a request to the content of a sheet: codes checked, labels fixed, lines opened."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from simulator.care_sheets.schemas import (
    ActLine,
    CareSheetRequest,
    ListedMedicineLine,
    OutsideListLine,
)
from simulator.care_sheets.states import OWN_SECTION, Line, LineState
from simulator.claims.adjudication import ChargedLine
from simulator.kit.money import quantity_text
from simulator.kit.problems import Problem
from simulator.kit.storage import Tx
from simulator.nomenclature.store import find_act, find_listed


@dataclass
class Prescribed:
    """What a request becomes: the JSON of the sections, the lines' first states, the own acts to claim."""

    sections: list[dict[str, Any]] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    charged: list[ChargedLine] = field(default_factory=list)
    warnings: list[tuple[str, str]] = field(default_factory=list)


def prescribe(tx: Tx, version: str, body: CareSheetRequest) -> Prescribed:
    """Raises Problem unknown-code, with a pointer for every code that is not in the list in force."""
    done, errors = Prescribed(), []
    for place, section in enumerate(body.sections):
        content = []
        for number, asked in enumerate(section.lines, start=1):
            pointer = f"/sections/{place}/lines/{number - 1}"
            if isinstance(asked, ActLine):
                entry = _act(version, number, asked, done)
                wrong = ("act_code", asked.act_code)
            elif isinstance(asked, ListedMedicineLine):
                entry = _medicine(tx, version, asked)
                wrong = ("ean13", asked.ean13)
            else:
                entry = _outside(number, asked, done)
            if entry is None:
                detail = f"Le code « {wrong[1]} » n'est pas dans la nomenclature en vigueur ({version})."
                errors.append({"pointer": f"{pointer}/{wrong[0]}", "code": "unknown-code", "detail": detail})
                continue
            content.append({"line": number, **entry})
            done.lines.append(_line(section.type, number, asked))
        done.sections.append({"type": section.type, "lines": content})
    if errors:
        raise Problem("unknown-code", errors[0]["detail"], errors=errors)
    return done


def _line(kind: str, number: int, asked: Any) -> Line:
    own = kind == OWN_SECTION
    state = LineState.EXECUTED if own else LineState.OPEN
    return Line(kind, number, state, asked.quantity, asked.quantity if own else asked.quantity * 0)


def _act(version: str, number: int, asked: ActLine, done: Prescribed) -> dict[str, Any] | None:
    act = find_act(version, asked.act_code)
    if act is None:
        return None
    done.charged.append(
        ChargedLine(
            line=number,
            kind="act",
            label=act.label_fr,
            quantity=asked.quantity,
            charged=asked.charged,
            code=act.code,
            letter=act.letter,
            coefficient=act.coefficient,
        )
    )
    return {
        "act_code": asked.act_code,
        "label": act.label_fr,
        "quantity": quantity_text(asked.quantity),
        "charged": f"{asked.charged:.2f}",
        "listed": True,
    }


def _medicine(tx: Tx, version: str, asked: ListedMedicineLine) -> dict[str, Any] | None:
    medicine = find_listed(tx, version, asked.ean13)
    if medicine is None:
        return None
    return {"ean13": asked.ean13, "label": medicine.label, **_posology(asked), "listed": True}


def _outside(number: int, asked: OutsideListLine, done: Prescribed) -> dict[str, Any]:
    label = asked.outside_list.label
    done.warnings.append(("outside-list", f"Ligne {number} : « {label} » est hors liste et ne sera pas remboursé."))
    return {
        "outside_list": asked.outside_list.model_dump(),
        "label": label,
        **_posology(asked),
        "listed": False,
    }


def _posology(asked: ListedMedicineLine | OutsideListLine) -> dict[str, Any]:
    return {
        "quantity": quantity_text(asked.quantity),
        "unit": asked.unit,
        "posology": asked.posology,
        "duration_days": asked.duration_days,
        "substitution_allowed": asked.substitution_allowed,
    }


def require_distinct_sections(body: CareSheetRequest) -> None:
    """One section of each type: they are addressed by their type. Raises Problem invalid-payload."""
    seen: set[str] = set()
    for place, section in enumerate(body.sections):
        if section.type in seen:
            detail = f"Une seule section « {section.type} » par feuille."
            errors = [{"pointer": f"/sections/{place}/type", "code": "duplicate-section", "detail": detail}]
            raise Problem("invalid-payload", detail, errors=errors)
        seen.add(section.type)
