"""Use case: what a sheet would be reimbursed, before it is issued. Nothing is stored.

The prescriber's own acts are estimated at what he charges; what others will do at the reference price of one
unit (public price of a medicine, tariff of an act or a device), in a private establishment: who will execute
is not known yet. What has no reference price is named and left out of the totals.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from simulator.audit import store as audit
from simulator.beneficiaries.service import register, rights_on
from simulator.care_sheets.asking import remarks, require_possible
from simulator.care_sheets.prescribing import prescribe
from simulator.care_sheets.schemas import CareSheetRequest
from simulator.care_sheets.status import OWN_SECTION
from simulator.claims.adjudication import adjudicate
from simulator.claims.answers import amounts, rate_text
from simulator.claims.circumstances import around
from simulator.claims.counters import Counted
from simulator.claims.model import AdjudicatedLine, totals
from simulator.claims.rules import rule_set
from simulator.claims.service import rights_context
from simulator.claims.terms import ChargedLine, Filing, RuleSet
from simulator.kit import clock
from simulator.kit.answer import Answer, Json
from simulator.kit.call import Call
from simulator.kit.money import centimes
from simulator.kit.storage import Tx
from simulator.nomenclature.store import find_act, find_listed
from simulator.paper import phases
from simulator.professionals.service import directory


def estimate(tx: Tx, call: Call, body: CareSheetRequest) -> Answer:
    """What each line would bring, by the rules of the date of care. Closed rights are an answer here.

    Raises Problem, in this order: not-deployed-yet, invalid-payload (as an issuance), unknown-beneficiary,
    unknown-code.
    """
    author = directory(call.world).active(call.actor.inpe)
    phases.require_open(call, author.establishment.province, body.care_setting)
    rules, day, today = rule_set(call.world.tariff_set), body.date_of_care, clock.day(call.now)
    require_possible(body, today, rules)
    who = body.beneficiary
    person = register(call.world).find(who.registration_number, who.dependant_rank, pointer="/beneficiary")
    prescribed = prescribe(tx, call.world.nomenclature, body, author.speciality)
    rights = rights_on(person, day)
    own = rights_context(rights, author.establishment.sector, body.long_term_condition)
    others = rights_context(rights, "private", body.long_term_condition)
    charged = {line.line: line for line in prescribed.charged}
    counted, filed = Counted(tx, call.world.id, (who.registration_number, who.dependant_rank)), Filing(today, day)
    decided: list[AdjudicatedLine] = []
    sections: list[Json] = []
    for section in prescribed.sections:
        mine = section["type"] == OWN_SECTION
        lines = []
        for line in section["lines"]:
            priced = charged[line["line"]] if mine else _priced(tx, call.world.nomenclature, line, rules, day)
            if priced is None:
                lines.append(_line(line, None))
                continue
            about = around(priced, rules, person, counted, filed if mine else None)
            done = adjudicate(priced, own if mine else others, rules, day, about)
            if done.counted:
                counted.grow(priced.letter or "", day, done.cnss_share)
            lines.append(_line(line, done))
            decided.append(done)
        sections.append({"type": section["type"], "lines": lines})
    # An estimate tells the rights of somebody: it is on the record as a rights check, and keeps nothing else.
    subject = audit.beneficiary(who.registration_number, who.dependant_rank)
    audit.append(tx, call, "rights-checked", subject, {"date_of_care": day.isoformat(), "open": rights.open})
    answer: Json = {
        "date_of_care": day.isoformat(),
        "rights": {"open": rights.open, "regime": rights.regime},
        "sections": sections,
        "totals": amounts(totals(decided)),
        "warnings": _warnings(remarks(body.long_term_condition, rights, prescribed)),
    }
    return Answer(answer)


def _priced(tx: Tx, version: str, line: Mapping[str, Any], rules: RuleSet, day: date) -> ChargedLine | None:
    """The whole line at its reference price, or None when it has none."""
    number, quantity = line["line"], Decimal(line["quantity"])
    if "ean13" in line:
        medicine = find_listed(tx, version, line["ean13"])
        if medicine is None or medicine.ppv is None:
            return None
        return ChargedLine(
            line=number,
            kind="medicine",
            label=medicine.label,
            quantity=quantity,
            charged=centimes(medicine.ppv * quantity),
            code=line["ean13"],
            unit_base=medicine.base,
            rate=medicine.rate,
            atc=medicine.atc,
        )
    act = find_act(version, line["act_code"]) if "act_code" in line else None
    if act is None or act.coefficient is None:
        return None
    tariff = rules.find(f"tariff.{act.letter}", day)
    if tariff is None:
        return None
    return ChargedLine(
        line=number,
        kind="act",
        label=act.label_fr,
        quantity=quantity,
        charged=centimes(tariff.decimal * act.coefficient * quantity),
        code=act.code,
        letter=act.letter,
        coefficient=act.coefficient,
    )


def _line(prescribed: Mapping[str, Any], done: AdjudicatedLine | None) -> Json:
    answer: Json = {"line": prescribed["line"], "label": prescribed["label"]}
    if done is None:
        return {**answer, "reason": "no-reference-price" if prescribed["listed"] else "outside-list"}
    answer |= amounts(done)
    answer["rate"] = rate_text(done.rate)
    return answer if done.reason is None else {**answer, "reason": done.reason}


def _warnings(found: Iterable[tuple[str, str]]) -> list[Json]:
    return [{"code": code, "message": message} for code, message in found]
