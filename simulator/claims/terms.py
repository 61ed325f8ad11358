"""What adjudication works on: what was charged, for whom, and the dated rules.

Amounts are MAD `Decimal` with two decimals, rates are fractions (0.70). The rules come in as data, so nothing
here knows the fixtures, the store or the wire.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple, Protocol

from msgspec import Struct

from fixtures.dated import DatedRules

Kind = Literal["act", "medicine", "outside-list"]


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
    def value(self) -> str: ...
    @property
    def decimal(self) -> Decimal: ...
    @property
    def integer(self) -> int: ...
    def in_force(self, day: date, /) -> bool: ...


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The dated rules of a tariff set (its own before the common ones), remedies by reason.

    `capped`, `aged`: key letters that have a ceiling, an age limit, on some day.
    """

    tariff_set: str
    dated: DatedRules
    remedies: Mapping[str, str]
    capped: frozenset[str] = frozenset()
    aged: frozenset[str] = frozenset()

    def on(self, day: date) -> Mapping[str, RuleLike]:
        """The rules in force that day, by subject."""
        return self.dated.on(day)

    def find(self, subject: str, day: date) -> RuleLike | None:
        """The rule in force that day, or None."""
        return self.dated.on(day).get(subject)


class ChargedLine(Struct, frozen=True):
    """What was done and charged. `charged` is the total of the line, not the price of one unit.

    act: `code`, `letter`, `coefficient` (None counts as unknown: not reimbursable).
    medicine: `code` is the EAN-13 *delivered*, `unit_base` its reimbursement base for one unit
    (None: none), `rate` the rate of the list, `atc` its class (None: not known), `attestation` the number of the CNSS
    attestation that holds for it (third-party payment). outside-list: label only.
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
    atc: str | None = None
    attestation: str | None = None

    def __post_init__(self) -> None:
        if self.charged < 0 or self.quantity <= 0:
            raise ValueError("charged must not be negative and quantity must be positive")


class HeldCondition(Struct, frozen=True):
    """A long-term condition the beneficiary holds on the date of care; `rate` as a fraction.

    `code`: the rule ``related.<code>`` says what care relates to it; without such a rule, all that is declared does.
    """

    kind: Literal["ALD", "ALC"]
    label: str
    rate: Decimal
    code: str = ""


class RightsContext(Struct, frozen=True):
    """The beneficiary on the date of care, and where the care was given.

    `declared` is the kind the sheet declares (its `long_term_condition`), None when it does not.
    `sector` is that of the establishment that charged. `deceased`: closed because the beneficiary died before.
    `why`: in French, with its days, why the rights are closed, or open though not in the plain way (maintained, an
    age); `ruled`: the rule that decided so. Neither is given of rights that are plainly open.
    """

    open: bool
    regime: str
    sector: Literal["private", "public"] = "private"
    conditions: tuple[HeldCondition, ...] = ()
    declared: Literal["ALD", "ALC"] | None = None
    deceased: bool = False
    why: str = ""
    ruled: RuleLike | None = None


class Filing(Struct, frozen=True):
    """When what is claimed reached the CNSS, and the day its delay (rule ``claim.filing``) runs from.

    `filed`: the day in Morocco on which it was received: of an electronic visit, the day it was recorded (an
    amendment keeps that of the visit it corrects); of a paper claim, the day it was handed in or posted.
    `since`: the day of the first act of what is claimed together; with `treatment`, the last day of a continuous
    treatment (sessions), which is `filed` itself while it runs.
    """

    filed: date
    since: date
    treatment: bool = False


class Granted(NamedTuple):
    """What a ceiling counts: CNSS share, MAD, for care of that day; `waiting`: its decision is pending still."""

    day: date
    amount: Decimal
    waiting: bool = False


class Circumstances(Struct, frozen=True):
    """What the decision on some lines depends on besides the line, the rights, the rules and the day.

    Give only what may matter: a line without any (`ORDINARY`) is decided once and remembered (see `decisions`).
    `filing`: None when it was filed in time; giving it then too changes nothing but the cost. `granted`: of a line
    under a ceiling (rule ``ceiling.<letter>``), what it has granted so far, whatever the day. `birth_date`: of a line
    under an age limit (rule ``age-limit.<letter>``); the age is not judged without it.
    """

    filing: Filing | None = None
    granted: tuple[Granted, ...] = ()
    birth_date: date | None = None


ORDINARY = Circumstances()
