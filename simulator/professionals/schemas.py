"""How a professional and his establishment stand in an answer."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from fixtures.model import Professional
from simulator.kit.answer import Json
from simulator.kit.wire import Inpe, Wire


class EstablishmentAnswer(Wire):
    """Where the professional practises."""

    id: str = Field(examples=["CAB-KEN-01"])
    name: str = Field(examples=["Cabinet Bennani"])
    address: str = Field(examples=["12, avenue Mohammed V, Kénitra"])


class ProfessionalAnswer(Wire):
    """Identity of a professional as printed on a prescription (law 17-04, art. 34)."""

    model_config = ConfigDict(title="Professional")

    inpe: Inpe
    name: str = Field(examples=["Dr Salma Bennani"])
    role: str = Field(examples=["prescriber"])
    speciality: str = Field(examples=["GEN"])
    establishment: EstablishmentAnswer


def identity(person: Professional) -> Json:
    """The same, ready for JSON."""
    place = person.establishment
    return {
        "inpe": person.inpe,
        "name": person.name,
        "role": person.role,
        "speciality": person.speciality,
        "establishment": {"id": place.id, "name": place.name, "address": place.address},
    }
