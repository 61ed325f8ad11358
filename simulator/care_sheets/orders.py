"""Wire shapes of what is prescribed: one section for each type of executor, and its lines.

Every executor section takes what is outside the list too: it is prescribed, executed, never reimbursed.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from simulator.kit.wire import Count, Ean13, Form, Money, Quantity, Wire

MAX_LINES = 40

PositiveQuantity = Annotated[
    Quantity,
    Field(
        gt=0,
        json_schema_extra={"pattern": r"^(?!0(\.0+)?$)(0|[1-9][0-9]{0,5})(\.[0-9]{1,3})?$", "examples": ["2"]},
    ),
]
ActCode = Annotated[
    str,
    Field(pattern=r"^[A-Z][A-Za-z0-9_.-]{0,19}$", examples=["C"]),
    Form("un code d'acte comme C ou B120 (une majuscule, puis 19 lettres, chiffres, points ou tirets au plus)"),
]
Text = Annotated[str, Field(min_length=1, max_length=300, pattern=r"\S")]
Tooth = Annotated[
    str,
    Field(
        pattern=r"^([1-4][1-8]|[5-8][1-5])$",
        examples=["26"],
        description="FDI number: 11 to 48, 51 to 85 for milk teeth.",
    ),
    Form("un numéro de dent FDI comme 26 (11 à 48 ; dents de lait, 51 à 85)"),
]
Unit = Literal["box", "bottle", "tube", "unit", "pair"]
DeviceUnit = Literal["unit", "pair"]


class OutsideList(Wire):
    """A product or an act absent from the list in force: prescribed all the same, never reimbursed."""

    label: Text = Field(examples=["Préparation magistrale"])
    reason: Text = Field(examples=["Aucun équivalent sur la liste"])


class ActLine(Wire):
    """An act done by the prescriber himself. `charged`: MAD, for the whole line."""

    act_code: ActCode
    quantity: PositiveQuantity
    charged: Money


class _Medicine(Wire):
    quantity: PositiveQuantity
    unit: Unit
    posology: Text = Field(examples=["1 gélule matin et soir"])
    duration_days: int = Field(ge=1, le=365)
    substitution_allowed: bool = False


class ListedMedicineLine(_Medicine):
    """A medicine of the list in force."""

    ean13: Ean13


class OutsideListLine(_Medicine):
    """A medicine outside the list."""

    outside_list: OutsideList


class _Order(Wire):
    quantity: PositiveQuantity
    note: Text | None = Field(default=None, examples=["À jeun"], description="For whoever executes.")


class ActOrder(_Order):
    """An act asked of somebody else: its code in the list of acts."""

    act_code: ActCode


class OutsideOrder(_Order):
    """An act or a device outside the list."""

    outside_list: OutsideList


class DentalOrder(ActOrder):
    """An act on a tooth, or on the whole mouth when none is named."""

    tooth: Tooth | None = None


class DeviceOrder(ActOrder):
    """A device of the list of acts (letter DM), in the unit of its price."""

    unit: DeviceUnit


class SessionOrder(ActOrder):
    """`quantity` sessions of physiotherapy, one line executed session by session."""

    quantity: Count


class OutsideSessionOrder(OutsideOrder):
    """Sessions outside the list."""

    quantity: Count


def _tag(value: Any) -> str:
    """Which of the two lines: listed, unless it only says that it is outside the list."""
    if isinstance(value, dict):
        return "#outside" if "outside_list" in value and not ("ean13" in value or "act_code" in value) else "#listed"
    return "#outside" if hasattr(value, "outside_list") else "#listed"


_LINE = Discriminator(_tag)
_Outside = Annotated[OutsideOrder, Tag("#outside")]
MedicineLine = Annotated[
    Annotated[ListedMedicineLine, Tag("#listed")] | Annotated[OutsideListLine, Tag("#outside")], _LINE
]
ActOrderLine = Annotated[Annotated[ActOrder, Tag("#listed")] | _Outside, _LINE]
DentalLine = Annotated[Annotated[DentalOrder, Tag("#listed")] | _Outside, _LINE]
DeviceLine = Annotated[Annotated[DeviceOrder, Tag("#listed")] | _Outside, _LINE]
SessionLine = Annotated[
    Annotated[SessionOrder, Tag("#listed")] | Annotated[OutsideSessionOrder, Tag("#outside")], _LINE
]
_Lines = Field(min_length=1, max_length=MAX_LINES)


class PrescriberSection(Wire):
    """The prescriber's own acts: executed at issue, they open the claim."""

    type: Literal["prescriber"]
    lines: list[ActLine] = _Lines


class PharmacySection(Wire):
    """What a pharmacy is asked to deliver."""

    type: Literal["pharmacy"]
    lines: list[MedicineLine] = _Lines


class BiologySection(Wire):
    """Analyses asked of a laboratory."""

    type: Literal["biology"]
    lines: list[ActOrderLine] = _Lines


class ImagingSection(Wire):
    """Images asked of a radiologist."""

    type: Literal["imaging"]
    lines: list[ActOrderLine] = _Lines


class PhysiotherapySection(Wire):
    """Sessions asked of a physiotherapist."""

    type: Literal["physiotherapy"]
    lines: list[SessionLine] = _Lines


class DentalSection(Wire):
    """Care and prostheses asked of a dentist."""

    type: Literal["dental"]
    lines: list[DentalLine] = _Lines


class NursingSection(Wire):
    """Care asked of a nurse or a midwife."""

    type: Literal["nursing"]
    lines: list[ActOrderLine] = _Lines


class DevicesSection(Wire):
    """Devices, glasses and lenses asked of an optician or a supplier."""

    type: Literal["devices"]
    lines: list[DeviceLine] = _Lines


def _section_tag(value: Any) -> str | None:
    kind = value.get("type") if isinstance(value, dict) else getattr(value, "type", None)
    return f"#{kind}" if isinstance(kind, str) else None


ExecutorSection = Annotated[
    Annotated[PharmacySection, Tag("#pharmacy")]
    | Annotated[BiologySection, Tag("#biology")]
    | Annotated[ImagingSection, Tag("#imaging")]
    | Annotated[PhysiotherapySection, Tag("#physiotherapy")]
    | Annotated[DentalSection, Tag("#dental")]
    | Annotated[NursingSection, Tag("#nursing")]
    | Annotated[DevicesSection, Tag("#devices")],
    Discriminator(
        _section_tag,
        custom_error_type="unknown_section_type",
        custom_error_message="Une section à exécuter porte un « type » : pharmacy, biology, imaging, physiotherapy, "
        "dental, nursing ou devices.",
    ),
]
Section = Annotated[
    Annotated[PrescriberSection, Tag("#prescriber")]
    | Annotated[PharmacySection, Tag("#pharmacy")]
    | Annotated[BiologySection, Tag("#biology")]
    | Annotated[ImagingSection, Tag("#imaging")]
    | Annotated[PhysiotherapySection, Tag("#physiotherapy")]
    | Annotated[DentalSection, Tag("#dental")]
    | Annotated[NursingSection, Tag("#nursing")]
    | Annotated[DevicesSection, Tag("#devices")],
    Discriminator(
        _section_tag,
        custom_error_type="unknown_section_type",
        custom_error_message="Une section porte un « type » : prescriber, pharmacy, biology, imaging, physiotherapy, "
        "dental, nursing ou devices.",
    ),
]
