"""Adjudication of one charged line: pure arithmetic on exact decimals, every step explained.

The rule in force *on the date of care* applies. For a line:

    eligible      = min(charged, base)
    CNSS share    = eligible × rate, rounded half up to the centime, per line
    State share   = eligible − CNSS share, for Tadamon in public care only
    patient share = charged − CNSS share − State share
    excess        = charged − eligible   (part of what the patient bears)

A refusal to pay is a decision (`rejected`, with one reason and one remedy), never an error: the
shares of a refused line are 0.00 and the patient bears the whole charge.

Amounts are MAD `Decimal` with two decimals, rates are fractions (0.70). The rules come in as data
(`RuleSet`), so this module imports nothing of the fixtures, of the store or of the wire.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple, Protocol

from simulator.kit.money import CENTIME as CENTIME  # for the claims room
from simulator.kit.money import ZERO, centimes
from simulator.kit.money import money_text as _money

Kind = Literal["act", "medicine", "outside-list"]
Reason = Literal["outside-list", "not-reimbursable", "rights-closed"]
Decision = Literal["granted", "rejected"]


class RuleLike(Protocol):
    """What adjudication needs of a dated rule; `fixtures.model.Rule` fits."""

    @property
    def id(self) -> str: ...
    @property
    def label_fr(self) -> str: ...
    @property
    def legal_reference(self) -> str: ...
    @property
    def fidelity(self) -> str: ...
    @property
    def decimal(self) -> Decimal: ...
    def in_force(self, day: date, /) -> bool: ...


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Dated rules by subject (the tariff set's own before the common ones), remedies by reason."""

    tariff_set: str
    rules: Mapping[str, tuple[RuleLike, ...]]
    remedies: Mapping[str, str]
    _days: dict[date, Mapping[str, RuleLike]] = field(default_factory=dict, compare=False)

    def on(self, day: date) -> Mapping[str, RuleLike]:
        """The rules in force that day by subject. Rules never change: some days are remembered."""
        known = self._days.get(day)
        if known is None:
            if len(self._days) >= 64:
                self._days.clear()
            known = {
                subject: rule
                for subject, rules in self.rules.items()
                if (rule := next((rule for rule in rules if rule.in_force(day)), None)) is not None
            }
            self._days[day] = known
        return known

    def find(self, subject: str, day: date) -> RuleLike | None:
        """The rule in force that day, or None."""
        return self.on(day).get(subject)


@dataclass(frozen=True, slots=True)
class ChargedLine:
    """What was done and charged. `charged` is the total of the line, not the price of one unit.

    act: `code`, `letter`, `coefficient` (None counts as unknown: not reimbursable).
    medicine: `code` is the EAN-13 *delivered*, `unit_base` its reimbursement base for one unit
    (None: none), `rate` the rate of the list. outside-list: label only.
    """

    line: int
    kind: Kind
    label: str
    quantity: Decimal
    charged: Decimal
    code: str | None = None
    letter: str | None = None
    coefficient: Decimal | None = None
    unit_base: Decimal | None = None
    rate: Decimal | None = None

    def __post_init__(self) -> None:
        if self.charged < 0 or self.quantity <= 0:
            raise ValueError("charged must not be negative and quantity must be positive")


@dataclass(frozen=True, slots=True)
class HeldCondition:
    """A long-term condition the beneficiary holds on the date of care; `rate` as a fraction."""

    kind: Literal["ALD", "ALC"]
    label: str
    rate: Decimal


@dataclass(frozen=True, slots=True)
class RightsContext:
    """The beneficiary on the date of care, and where the care was given.

    `declared` is the kind the sheet declares (its `long_term_condition`), None when it does not.
    `sector` is that of the establishment that charged.
    """

    open: bool
    regime: str
    sector: Literal["private", "public"] = "private"
    conditions: tuple[HeldCondition, ...] = ()
    declared: Literal["ALD", "ALC"] | None = None


class Step(NamedTuple):
    """One step of the explanation: the rule, what went in (text), what came out (text)."""

    rule: str
    label_fr: str
    inputs: Mapping[str, str]
    result: str
    legal_reference: str
    fidelity: str


@dataclass(frozen=True, slots=True)
class AdjudicatedLine:
    """The decision on one line; `cnss_share + state_share + patient_share == charged`."""

    line: int
    label: str
    charged: Decimal
    base: Decimal
    rate: Decimal
    cnss_share: Decimal
    state_share: Decimal
    patient_share: Decimal
    excess: Decimal
    decision: Decision
    reason: Reason | None
    remedy: str | None
    explanation: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums of rounded lines, MAD."""

    charged: Decimal
    base: Decimal
    cnss_share: Decimal
    state_share: Decimal
    patient_share: Decimal
    excess: Decimal


@dataclass(slots=True)
class _Trace:
    rules: Mapping[str, RuleLike]
    day: date
    steps: list[Step] = field(default_factory=list)

    def rule(self, subject: str) -> RuleLike:
        """`LookupError` when the rules have a hole."""
        try:
            return self.rules[subject]
        except KeyError:
            raise LookupError(f"no rule {subject!r} in force on {self.day}") from None

    def step(self, rule: RuleLike, result: str, **inputs: str) -> None:
        self.steps.append(Step(rule.id, rule.label_fr, inputs, result, rule.legal_reference, rule.fidelity))

    def by(self, subject: str, result: str, **inputs: str) -> None:
        self.step(self.rule(subject), result, **inputs)


def adjudicate(line: ChargedLine, context: RightsContext, rules: RuleSet, date_of_care: date) -> AdjudicatedLine:
    """Decide one line. `LookupError` only when the rule data themselves have a hole that day."""
    trace = _Trace(rules.on(date_of_care), date_of_care)
    base = _base(line, trace)
    reason = _refusal(line, context, base, trace)
    base = base if base is not None else ZERO
    eligible = min(line.charged, base)
    rate, cnss, state = ZERO, ZERO, ZERO
    if reason is None:
        trace.by("eligible", _money(eligible), charged=_money(line.charged), base=_money(base))
        rate = _rate(line, context, trace)
        cnss = centimes(eligible * rate)
        trace.by("share.cnss", _money(cnss), eligible=_money(eligible), rate=str(rate))
        if context.regime == "tadamon" and context.sector == "public":
            state = eligible - cnss
            trace.by("share.state", _money(state), eligible=_money(eligible), cnss_share=_money(cnss))
    patient = line.charged - cnss - state
    trace.by(
        "share.patient",
        _money(patient),
        charged=_money(line.charged),
        cnss_share=_money(cnss),
        state_share=_money(state),
    )
    return AdjudicatedLine(
        line=line.line,
        label=line.label,
        charged=line.charged,
        base=base,
        rate=rate,
        cnss_share=cnss,
        state_share=state,
        patient_share=patient,
        excess=line.charged - eligible,
        decision="granted" if reason is None else "rejected",
        reason=reason,
        remedy=rules.remedies[reason] if reason else None,
        explanation=tuple(trace.steps),
    )


def totals(lines: Iterable[AdjudicatedLine]) -> Totals:
    """Sums of the rounded lines (never a rate applied to a sum)."""
    charged = base = cnss = state = patient = excess = ZERO
    for line in lines:
        charged += line.charged
        base += line.base
        cnss += line.cnss_share
        state += line.state_share
        patient += line.patient_share
        excess += line.excess
    return Totals(charged, base, cnss, state, patient, excess)


def claim_decision(lines: Iterable[AdjudicatedLine]) -> Literal["granted", "partial", "rejected"] | None:
    """granted: every line; rejected: none; partial: some; None without any line."""
    decisions = {line.decision for line in lines}
    if not decisions:
        return None
    if len(decisions) == 2:
        return "partial"
    return decisions.pop()


def _base(line: ChargedLine, trace: _Trace) -> Decimal | None:
    if line.kind == "act":
        tariff = trace.rules.get(f"tariff.{line.letter}")
        if tariff is None or line.coefficient is None:
            return None
        base = centimes(tariff.decimal * line.coefficient * line.quantity)
        trace.step(
            tariff,
            _money(base),
            letter=line.letter or "",
            value=_money(tariff.decimal),
            coefficient=str(line.coefficient),
            quantity=str(line.quantity),
        )
        return base
    if line.kind == "medicine" and line.unit_base is not None:
        base = centimes(line.unit_base * line.quantity)
        trace.by(
            "base.medicine",
            _money(base),
            ean13=line.code or "",
            unit_base=_money(line.unit_base),
            quantity=str(line.quantity),
        )
        return base
    return None


def _refusal(line: ChargedLine, context: RightsContext, base: Decimal | None, trace: _Trace) -> Reason | None:
    """The one reason of a refusal, most general first: rights, then list, then rate or base."""
    day = trace.day.isoformat()
    if not context.open:
        trace.by("refusal.rights-closed", "rejected", date_of_care=day, regime=context.regime)
        return "rights-closed"
    if line.kind == "outside-list":
        trace.by("refusal.outside-list", "rejected", label=line.label)
        return "outside-list"
    if base is None or (line.kind == "medicine" and not line.rate):
        rate = "" if line.rate is None else str(line.rate)
        trace.by("refusal.not-reimbursable", "rejected", code=line.code or "", rate=rate)
        return "not-reimbursable"
    return None


def _rate(line: ChargedLine, context: RightsContext, trace: _Trace) -> Decimal:
    """A declared and held condition first (the best one), then the list's or the sector's rate."""
    held = [item for item in context.conditions if item.kind == context.declared]
    if held:
        best = max(held, key=lambda item: item.rate)
        rule = trace.rule(f"rate.{best.kind.lower()}")
        rate = rule.decimal if best.kind == "ALC" else best.rate
        trace.step(rule, str(rate), condition=best.label, declared=best.kind)
        return rate
    if line.kind == "medicine":
        rate = line.rate or ZERO
        trace.by("rate.medicine", str(rate), ean13=line.code or "", rate=str(rate))
        return rate
    rule = trace.rule(f"rate.{context.sector}")
    trace.step(rule, str(rule.decimal), sector=context.sector)
    return rule.decimal
