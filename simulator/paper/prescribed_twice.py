"""What a transcription is told when its prescriber's sheets of that day ask for the same, for the same patient."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from simulator.beneficiaries.model import Key
from simulator.care_sheets import store as sheets
from simulator.care_sheets.status import SheetStatus
from simulator.kit.answer import Json
from simulator.kit.call import Call
from simulator.kit.storage import Tx
from simulator.paper import store
from simulator.paper.checks import Remark
from simulator.paper.resemblance import MEDICINES, one_for_the_other
from simulator.professionals import words

_GONE = frozenset({SheetStatus.CANCELLED, SheetStatus.REPLACED})
_HELD = "ce qui s'exécuterait des deux serait retenu comme doublon possible"
_ISSUED = (
    "ce prescripteur a émis ce jour-là une feuille électronique qui demande le même soin. L'exécuter, s'il en reste, "
    f"par son QR ou son code de secours, que le patient a reçus, et laisser celle-ci : {_HELD}."
)
_COPIED = (
    "une ordonnance de ce prescripteur, de ce jour, qui demande le même soin, est déjà transcrite (référence {}). "
    f"Si c'est la même, exécuter cette feuille-là et laisser celle-ci : {_HELD}."
)


def remarks(tx: Tx, call: Call, author: str, beneficiary: Key, day: date, sections: Sequence[Json]) -> list[Remark]:
    """Once for each section, when a sheet of that author, patient and day stands and asks for one of its lines.

    `sections`: as they will be prescribed. Its number is not told: who has the paper may not have the sheet.
    """
    found: list[Remark] = []
    for number in store.written(tx, call.world.id, author, beneficiary, day):
        sheet = sheets.find(tx, call.world.id, number, call.now)
        if sheet is None or sheet.status in _GONE:
            continue
        copied = sheet.content.get("transcribed")
        why = _ISSUED if copied is None else _COPIED.format(copied["paper_reference"])
        code = "already-electronic" if copied is None else "already-transcribed"
        for section in sections:
            kind = section["type"]
            if kind in sheet.sections and _same(tx, call, kind, section["lines"], sheet.prescribed(kind)):
                found.append((code, f"Section « {words.name(kind)} » : {why}"))
    return list(dict.fromkeys(found))


def _same(tx: Tx, call: Call, kind: str, asked: Sequence[Json], others: Sequence[Json]) -> bool:
    name = "ean13" if kind == MEDICINES else "act_code"
    some, there = ([line[name] for line in lines if name in line] for lines in (asked, others))
    if kind != MEDICINES:
        return not set(some).isdisjoint(there)
    return one_for_the_other(tx, call.world.nomenclature, some, there)
