"""Wire shapes of beneficiaries and of the rights check."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from fixtures.model import Beneficiary
from simulator.beneficiaries.model import Rights
from simulator.kit.answer import Json
from simulator.kit.wire import Day, Rate, RegistrationNumber, Warning, Wire

Rank = Annotated[int, Field(ge=0, le=99, description="0: the insured person; others: dependants.")]
Regime = Literal["salaried", "tns", "tadamon", "achamil", "domestic", "public", "student"]


class BeneficiaryReference(Wire):
    """Whom: the insured person's number, and the rank of the dependant."""

    registration_number: RegistrationNumber
    dependant_rank: Rank = 0


class BeneficiaryAnswer(Wire):
    """Identity of a beneficiary."""

    model_config = ConfigDict(title="Beneficiary")

    registration_number: RegistrationNumber
    dependant_rank: Rank
    family_name: str = Field(examples=["Idrissi"])
    given_name: str = Field(examples=["Hassan"])
    birth_date: Day
    sex: Literal["M", "F"]

    @classmethod
    def of(cls, person: Beneficiary) -> BeneficiaryAnswer:
        return cls(
            registration_number=person.registration_number,
            dependant_rank=person.dependant_rank,
            family_name=person.family_name,
            given_name=person.given_name,
            birth_date=person.birth_date,
            sex=person.sex,
        )


def identity(person: Beneficiary) -> Json:
    """The same, ready for JSON."""
    return {
        "registration_number": person.registration_number,
        "dependant_rank": person.dependant_rank,
        "family_name": person.family_name,
        "given_name": person.given_name,
        "birth_date": person.birth_date.isoformat(),
        "sex": person.sex,
    }


class RightsCheckRequest(Wire):
    """Are the rights of this person open on that day? No identifier ever stands in a URL."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "beneficiary": {"registration_number": "100000001", "dependant_rank": 0},
                    "date_of_care": "2026-11-23",
                }
            ]
        }
    )

    beneficiary: BeneficiaryReference
    date_of_care: Day


class LongTermConditionAnswer(Wire):
    """A recognised ALD or ALC, in force on the date of care."""

    kind: Literal["ALD", "ALC"]
    label: str
    rate: Rate


class RightsAnswer(Wire):
    """Rights on the date of care. Closed rights are an answer, not an error."""

    beneficiary: BeneficiaryAnswer
    date_of_care: Day
    open: bool
    regime: Regime
    open_from: Day
    open_until: Day | None = None
    reason: str | None = Field(default=None, examples=["rights-closed", "deceased"])
    why: str | None = None
    rule: str | None = Field(default=None, examples=["RGL-AFFILIATION", "RGL-MAINTIEN-TRAVAIL"])
    maintained_until: Day | None = None
    managed_by: Literal["CNSS", "CNOPS"] | None = None
    long_term_conditions: list[LongTermConditionAnswer]
    warnings: list[Warning]

    @classmethod
    def of(cls, person: Beneficiary, rights: Rights) -> RightsAnswer:
        return cls(
            beneficiary=BeneficiaryAnswer.of(person),
            date_of_care=rights.day,
            open=rights.open,
            regime=rights.regime,  # type: ignore[arg-type]
            open_from=rights.open_from,
            open_until=rights.open_until,
            reason=rights.reason,
            why=rights.why,
            rule=rights.rule,
            maintained_until=rights.maintained_until,
            managed_by=rights.managed_by,  # type: ignore[arg-type]
            long_term_conditions=[
                LongTermConditionAnswer(kind=c.kind, label=c.label, rate=c.rate) for c in rights.conditions
            ],
            warnings=[Warning(code=code, message=message) for code, message in rights.warnings],
        )
