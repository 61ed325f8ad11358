"""An item that is named without a line of a sheet: a medicine by its EAN-13, an act by its code, else a label."""

from __future__ import annotations

from typing import Any

from pydantic import Discriminator, Tag

MEDICINE, ACT, OTHER = Tag("#medicine"), Tag("#act"), Tag("#other")


def _tag(value: Any) -> str | None:
    for name, tag in (("ean13", MEDICINE), ("act_code", ACT), ("label", OTHER)):
        if name in value if isinstance(value, dict) else hasattr(value, name):
            return tag.tag
    return None


BY_ITS_NAME = Discriminator(
    _tag,
    custom_error_type="unnamed_item",
    custom_error_message="Un produit ou un acte est nommé par « ean13 », « act_code » ou « label ».",
)
"""Of a union ``Annotated[…, MEDICINE] | Annotated[…, ACT] | Annotated[…, OTHER]``: the member that names it first."""
