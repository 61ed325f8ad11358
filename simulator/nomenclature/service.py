"""Use cases of the nomenclature: pages of medicines and acts, the coded reasons."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, get_args

import fixtures
from simulator.kit import clock, pages
from simulator.kit.call import Call
from simulator.kit.storage import Tx
from simulator.nomenclature import store
from simulator.nomenclature.model import Medicine, fold
from simulator.nomenclature.schemas import (
    ActItem,
    ActPage,
    Family,
    MedicineItem,
    MedicinePage,
    ReasonItem,
    ReasonList,
    SectionType,
)

_EAN13 = re.compile(r"[0-9]{13}")


def medicines(tx: Tx, call: Call) -> MedicinePage:
    """A page of the list in force in this world. Raises Problem invalid-payload on a bad parameter."""
    asked, (cursor, limit) = _Query(call.query), pages.asked(call.query)
    if cursor and not _EAN13.fullmatch(cursor):
        raise pages.bad_cursor()
    found = store.page(
        tx,
        call.world.nomenclature,
        after=cursor,
        limit=limit + 1,
        ean13=asked.code("ean13"),
        text=asked.text("q"),
        reimbursable=asked.flag("reimbursable"),
        antibiotic=asked.flag("antibiotic"),
    )
    page, following = pages.cut(found, limit, lambda item: item.ean13)
    items = tuple(_item(item) for item in page)
    return MedicinePage(version=call.world.nomenclature, items=items, next_cursor=following)


def acts(tx: Tx, call: Call) -> ActPage:
    """A page of acts and devices, priced by the world's tariff set on its present day.

    Raises Problem invalid-payload on a bad parameter.
    """
    asked, (after, limit) = _Query(call.query), pages.asked(call.query)
    text = asked.text("q")
    section, approval = asked.word("section", SectionType), asked.flag("prior_approval")
    wanted = None if text is None else fold(text)
    day = clock.day(call.now)
    chosen = sorted(
        (
            act
            for act in fixtures.acts()
            if act.code > after
            and section in (None, act.section)
            and approval in (None, act.prior_approval)
            and (wanted is None or wanted in fold(f"{act.code} {act.label_fr}"))
        ),
        key=lambda act: act.code,
    )
    page, following = pages.cut(chosen, limit, lambda act: act.code)
    items = tuple(_act(act, call.world.tariff_set, day) for act in page)
    world = call.world
    return ActPage(version=world.nomenclature, tariff_set=world.tariff_set, items=items, next_cursor=following)


def reasons(tx: Tx, call: Call) -> ReasonList:
    """Coded reasons: refusals to pay, non-executions, substitutions; one `family` or all.

    Raises Problem invalid-payload on an unknown family.
    """
    family = _Query(call.query).word("family", Family)
    items = tuple(
        ReasonItem(code=item.code, family=item.family, label_fr=item.label_fr, remedy_fr=item.remedy_fr)
        for item in fixtures.reasons()
        if family in (None, item.family)
    )
    return ReasonList(version=call.world.nomenclature, items=items)


def _item(item: Medicine) -> MedicineItem:
    return MedicineItem(
        ean13=item.ean13,
        name=item.name,
        dci=item.dci,
        dosage=item.dosage,
        form=item.form,
        presentation=item.presentation,
        ppv=item.ppv,
        base=item.base,
        rate=item.rate,
        atc=item.atc,
        antibiotic=item.antibiotic,
        generic=item.generic,
        class_=item.therapeutic_class,
    )


def _act(act: fixtures.Act, tariff_set: str, day: date) -> ActItem:
    tariff: Decimal | None = None
    if act.coefficient is not None:
        try:
            tariff = fixtures.rule(f"tariff.{act.letter}", day, tariff_set).decimal * act.coefficient
        except LookupError:
            tariff = None
    return ActItem(
        code=act.code,
        letter=act.letter,
        coefficient=None if act.coefficient is None else str(act.coefficient),
        label_fr=act.label_fr,
        section=act.section,  # type: ignore[arg-type]
        unit=act.unit,
        prior_approval=act.prior_approval,
        tariff=tariff,
        fidelity=act.fidelity,
    )


class _Query:
    """Query parameters, checked one by one; a parameter given empty is an error too."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    def text(self, name: str) -> str | None:
        value = self._values.get(name)
        if value is not None and not 1 <= len(value) <= 100:
            raise pages.bad_parameter(name, f"« {name} » est un texte de 1 à 100 caractères.")
        return value

    def code(self, name: str) -> str | None:
        value = self._values.get(name)
        if value is not None and not _EAN13.fullmatch(value):
            raise pages.bad_parameter(name, f"« {name} » a 13 chiffres.")
        return value

    def flag(self, name: str) -> bool | None:
        value = self._values.get(name)
        if value not in (None, "true", "false"):
            raise pages.bad_parameter(name, f"« {name} » vaut true ou false.")
        return None if value is None else value == "true"

    def word(self, name: str, words: Any) -> str | None:
        """One of the words of a Literal."""
        value = self._values.get(name)
        if value is not None and value not in get_args(words):
            raise pages.bad_parameter(name, f"« {name} » est une valeur parmi : {', '.join(get_args(words))}.")
        return value
