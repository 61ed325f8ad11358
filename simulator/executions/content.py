"""What a delivered line is for the claim: the code handed over or done, its price list, and what to warn of.

Decided on what was *delivered*, in the list in force: a product absent from it is never blocked, only not
reimbursed. `prescribed` is a line of the sheet's content (JSON written at issue), `line` what the visit says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Protocol

import fixtures
from simulator.care_sheets.units import PACKED, PACKS, divided
from simulator.claims.terms import ChargedLine
from simulator.executions.schemas import ExecutedLine
from simulator.kit.answer import Json
from simulator.kit.problems import Problem
from simulator.kit.storage import Tx
from simulator.nomenclature.store import find_act, find_listed
from simulator.professionals import words

_LEFT_OUT = {
    "lot": "le numéro de lot du médicament délivré manque",
    "session": "le numéro de la séance manque",
}


class SaidLine(Protocol):
    """A line of a visit, of whatever outcome."""

    @property
    def line(self) -> int: ...


def charged_lines(
    tx: Tx,
    version: str,
    kind: str,
    prescribed: Mapping[int, Json],
    lines: Sequence[SaidLine],
    day: date,
    places: Sequence[str] = (),
) -> tuple[list[ChargedLine], list[Json]]:
    """The lines to claim of one visit and its warnings, in the order of the visit.

    `kind`: of the section; `prescribed`: its lines as issued, by number; `day`: the world's day, which decides whether
    a missing lot or session is a warning or an error; `places`: where each line stands in the request (`/lines/0`…
    by default).
    Raises Problem invalid-payload (wrong-section, wrong-unit, whole-sessions, whole-units, lot-missing,
    session-missing).
    """
    claimed: list[ChargedLine] = []
    warnings: list[Json] = []
    errors: list[dict[str, str]] = []
    for rank, line in enumerate(lines):
        if not isinstance(line, ExecutedLine):
            continue
        one, remarks = charged(tx, version, kind, prescribed[line.line], line)
        claimed.append(one)
        warnings += remarks
        place = places[rank] if places else f"/lines/{rank}"
        wrong = misfit(version, kind, prescribed[line.line], line, one)
        if wrong is None and (name := _left_out(kind, one, line)):
            missing = _missing(name, line.line, day)
            if "becomes_error_on" in missing:
                warnings.append(missing)
            else:
                wrong = name, missing["code"], missing["message"]
        if wrong is not None:
            name, code, detail = wrong
            errors.append({"pointer": f"{place}/{name}", "code": code, "detail": detail})
    if errors:
        raise Problem("invalid-payload", errors[0]["detail"], errors=errors)
    return claimed, warnings


def charged(
    tx: Tx, version: str, section: str, prescribed: Mapping[str, Any], line: ExecutedLine
) -> tuple[ChargedLine, list[Json]]:
    """One delivered line as it is claimed. `section`: its type, which decides what a code names."""
    if section == "pharmacy":
        return _medicine(tx, version, prescribed, line)
    return _act(version, prescribed, line)


def misfit(
    version: str, section: str, prescribed: Mapping[str, Any], line: ExecutedLine, claimed: ChargedLine
) -> tuple[str, str, str] | None:
    """What cannot be done in this section: field, code of the error, French detail. `claimed`: as `charged` says it."""
    if claimed.kind == "medicine" and prescribed.get("unit", "box") not in PACKS:
        detail = f"Ligne {line.line} : « {claimed.label} » {PACKED}, et la ligne est prescrite dans une autre unité"
        return "quantity", "wrong-unit", f"{detail} : son prescripteur rectifie l'ordonnance."
    if wrong := divided(section, prescribed.get("unit"), line.quantity):
        return "quantity", wrong[0], f"Ligne {line.line} : {wrong[1]}."
    act = find_act(version, line.act_code) if line.act_code and section != "pharmacy" else None
    if act is not None and act.section != section:
        name = words.name(act.section)
        return "act_code", "wrong-section", f"Ligne {line.line} : « {act.code} » est de la section « {name} »."
    return None


def _left_out(kind: str, claimed: ChargedLine, line: ExecutedLine) -> str | None:
    """The field that will be required one day, and that this line leaves out."""
    if kind == "pharmacy":
        return "lot" if claimed.kind == "medicine" and line.lot is None else None
    return "session" if kind == "physiotherapy" and line.session is None else None


def _missing(name: str, line: int, day: date) -> Json:
    """The remark for a field left out; without `becomes_error_on` once it is an error."""
    remark: Json = {"code": f"{name}-missing", "message": f"Ligne {line} : {_LEFT_OUT[name]}."}
    until = _warned_until(name, day)
    return remark if until is None else remark | {"becomes_error_on": until}


@lru_cache(maxsize=64)
def _warned_until(name: str, day: date) -> str | None:
    """The day when what is missing becomes an error; None once it is one."""
    since = fixtures.rule(f"warning.{name}-missing", day).day
    return since.isoformat() if day < since else None


def _medicine(
    tx: Tx, version: str, prescribed: Mapping[str, Any], line: ExecutedLine
) -> tuple[ChargedLine, list[Json]]:
    found = find_listed(tx, version, line.ean13) if line.ean13 else None
    if found is None:
        return _outside(prescribed, line, "produit")
    warnings: list[Json] = []
    if found.ppv is not None and line.charged > found.ppv * line.quantity:
        message = f"Ligne {line.line} : le montant dépasse le prix public ({found.ppv:.2f} MAD le conditionnement)."
        warnings.append({"code": "charged-above-public-price", "message": message})
    claimed = ChargedLine(
        line=line.line,
        kind="medicine",
        label=found.label,
        quantity=line.quantity,
        charged=line.charged,
        code=line.ean13,
        unit_base=found.base,
        rate=found.rate,
        atc=found.atc,
        attestation=line.third_party_attestation,
    )
    return claimed, warnings


def _act(version: str, prescribed: Mapping[str, Any], line: ExecutedLine) -> tuple[ChargedLine, list[Json]]:
    code = line.act_code or prescribed.get("act_code")
    act = find_act(version, code) if code else None
    if act is None:
        return _outside(prescribed, line, "acte")
    claimed = ChargedLine(
        line=line.line,
        kind="act",
        label=act.label_fr,
        quantity=line.quantity,
        charged=line.charged,
        code=act.code,
        letter=act.letter,
        coefficient=act.coefficient,
    )
    return claimed, []


def _outside(prescribed: Mapping[str, Any], line: ExecutedLine, what: str) -> tuple[ChargedLine, list[Json]]:
    claimed = ChargedLine(
        line=line.line,
        kind="outside-list",
        label=prescribed["label"],
        quantity=line.quantity,
        charged=line.charged,
        code=line.ean13,
    )
    message = f"Ligne {line.line} : {what} hors liste, non remboursé."
    return claimed, [{"code": "outside-list", "message": message}]
