"""From the lines of a request to the content of a sheet: codes checked, labels fixed, lines opened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from msgspec import Struct, field

from simulator.care_sheets.orders import (
    ActLine,
    ActOrder,
    ListedMedicineLine,
    OutsideListLine,
    OutsideOrder,
)
from simulator.care_sheets.states import Line, LineState
from simulator.care_sheets.status import OWN_SECTION
from simulator.care_sheets.units import PACKED, PACKS, divided
from simulator.claims.terms import ChargedLine
from simulator.kit.money import quantity_text
from simulator.kit.problems import Problem, invalid
from simulator.kit.storage import Tx
from simulator.nomenclature.store import find_act, find_listed
from simulator.professionals import words

SPECIALISTS_ACTS = frozenset({"CS"})
"""Acts a general practitioner charges out of his speciality. Source: TNR 2006 (C and CS); deduced."""
GENERAL_PRACTICE = "GEN"


class Asking(Protocol):
    """A request that holds sections: an issuance, an estimate, a replacement."""

    @property
    def sections(self) -> Sequence[Any]: ...


class Prescribed(Struct):
    """What a request becomes: the JSON of the sections, the lines' first states, the own acts to claim."""

    sections: list[dict[str, Any]] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    charged: list[ChargedLine] = field(default_factory=list)
    warnings: list[tuple[str, str]] = field(default_factory=list)


class _Wrong(Exception):
    """A code that cannot stand in this line: field, code of the error, French detail."""

    def __init__(self, name: str, code: str, detail: str) -> None:
        self.name, self.code, self.detail = name, code, detail


def prescribe(tx: Tx, version: str, body: Asking, speciality: str = "") -> Prescribed:
    """The content of the sections asked for. `speciality`: the author's, for what is out of it.

    Raises Problem unknown-code, with a pointer for every code that is not in the list in force (unknown-code),
    stands in the wrong section (wrong-section) or is counted in another unit than its price (wrong-unit).
    """
    done, errors = Prescribed(), []
    for place, section in enumerate(body.sections):
        kind, content = section.type, []
        for number, asked in enumerate(section.lines, start=1):
            try:
                entry = _entry(tx, version, kind, number, asked, done, speciality)
            except _Wrong as wrong:
                pointer = f"/sections/{place}/lines/{number - 1}/{wrong.name}"
                errors.append({"pointer": pointer, "code": wrong.code, "detail": wrong.detail})
                continue
            content.append({"line": number, **entry})
            done.lines.append(_line(kind, number, asked))
        done.sections.append({"type": kind, "lines": content})
    if errors:
        raise Problem("unknown-code", errors[0]["detail"], errors=errors)
    return done


def _line(kind: str, number: int, asked: Any) -> Line:
    own = kind == OWN_SECTION
    state = LineState.EXECUTED if own else LineState.OPEN
    return Line(kind, number, state, asked.quantity, asked.quantity if own else asked.quantity * 0)


def _entry(
    tx: Tx, version: str, kind: str, number: int, asked: Any, done: Prescribed, speciality: str
) -> dict[str, Any]:
    if isinstance(asked, ActLine):
        return _own_act(version, number, asked, done, speciality)
    if isinstance(asked, ListedMedicineLine):
        return _medicine(tx, version, asked)
    if isinstance(asked, OutsideListLine):
        return _outside(number, asked, done, _posology(asked))
    if isinstance(asked, OutsideOrder):
        return _outside(number, asked, done, _order(kind, asked))
    return _act(version, kind, number, asked, done)


def _own_act(version: str, number: int, asked: ActLine, done: Prescribed, speciality: str) -> dict[str, Any]:
    act = _find(version, OWN_SECTION, asked.act_code)
    if speciality == GENERAL_PRACTICE and act.code in SPECIALISTS_ACTS:
        message = f"Ligne {number} : « {act.code} » est l'acte d'un spécialiste, facturé ici par un généraliste."
        done.warnings.append(("out-of-speciality", message))
    if act.prior_approval:
        message = (
            f"Ligne {number} : « {act.label_fr} » demande un accord préalable de la CNSS : le demander maintenant."
        )
        done.warnings.append(("prior-approval-needed", message))
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


def _act(version: str, kind: str, number: int, asked: ActOrder, done: Prescribed) -> dict[str, Any]:
    act = _find(version, kind, asked.act_code)
    order = _order(kind, asked)
    if kind == "devices" and order["unit"] != act.unit:
        wanted = "à la paire" if act.unit == "pair" else "à l'unité"
        raise _Wrong("unit", "wrong-unit", f"« {act.code} » se compte {wanted} ({act.unit}).")
    if act.prior_approval:
        done.warnings.append(_approval_needed(number, act.label_fr))
    return {"act_code": act.code, "label": act.label_fr, **order, "listed": True}


def _approval_needed(line: int, label: str) -> tuple[str, str]:
    what = f"Ligne {line} : « {label} » demande un accord préalable de la CNSS"
    todo = "le demander, ou dire au patient que l'exécutant le demandera avant l'acte ; sans accord, rien n'est payé"
    return "prior-approval-needed", f"{what} : {todo}."


def _find(version: str, kind: str, code: str) -> Any:
    act = find_act(version, code)
    if act is None:
        raise _unknown("act_code", code, version)
    if act.section != kind:
        detail = f"« {code} » est un code de la section {words.listed([act.section])}, pas {words.listed([kind])}."
        raise _Wrong("act_code", "wrong-section", detail)
    return act


def _unknown(name: str, code: str, version: str) -> _Wrong:
    return _Wrong(name, "unknown-code", f"Le code « {code} » n'est pas dans la nomenclature en vigueur ({version}).")


def _medicine(tx: Tx, version: str, asked: ListedMedicineLine) -> dict[str, Any]:
    medicine = find_listed(tx, version, asked.ean13)
    if medicine is None:
        raise _unknown("ean13", asked.ean13, version)
    if asked.unit not in PACKS:
        detail = f"« {medicine.label} » {PACKED} ; le nombre d'unités par prise se dit dans la posologie."
        raise _Wrong("unit", "wrong-unit", detail)
    return {"ean13": asked.ean13, "label": medicine.label, **_posology(asked), "listed": True}


def _outside(
    number: int, asked: OutsideListLine | OutsideOrder, done: Prescribed, order: dict[str, Any]
) -> dict[str, Any]:
    label = asked.outside_list.label
    done.warnings.append(("outside-list", f"Ligne {number} : « {label} » est hors liste et ne sera pas remboursé."))
    return {"outside_list": asked.outside_list.model_dump(), "label": label, **order, "listed": False}


def _posology(asked: ListedMedicineLine | OutsideListLine) -> dict[str, Any]:
    return {
        "quantity": quantity_text(asked.quantity),
        "unit": asked.unit,
        "posology": asked.posology,
        "duration_days": asked.duration_days,
        "substitution_allowed": asked.substitution_allowed,
    }


def _order(kind: str, asked: ActOrder | OutsideOrder) -> dict[str, Any]:
    """What an act line says beside its code; a member without value is left out."""
    order = {"quantity": quantity_text(asked.quantity)}
    unit = "session" if kind == "physiotherapy" else getattr(asked, "unit", None)
    said = {"unit": unit, "note": asked.note, "tooth": getattr(asked, "tooth", None)}
    return order | {name: value for name, value in said.items() if value is not None}


def require_sound_sections(body: Asking) -> None:
    """One section of each type (they are addressed by their type), whole quantities of what is never divided.

    Raises Problem invalid-payload (duplicate-section, whole-units).
    """
    seen: set[str] = set()
    for place, section in enumerate(body.sections):
        if section.type in seen:
            detail = f"Une seule section {words.listed([section.type])} par feuille."
            raise invalid(f"/sections/{place}/type", "duplicate-section", detail)
        seen.add(section.type)
    errors = []
    for place, section in enumerate(body.sections):
        for rank, line in enumerate(section.lines):
            if wrong := divided(section.type, line.__dict__.get("unit"), line.quantity):
                pointer, detail = f"/sections/{place}/lines/{rank}/quantity", f"Ligne {rank + 1} : {wrong[1]}."
                errors.append({"pointer": pointer, "code": wrong[0], "detail": detail})
    if errors:
        raise Problem("invalid-payload", errors[0]["detail"], errors=errors)
