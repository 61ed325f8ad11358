"""What whoever receives a paper prescription must look at before he delivers (law 17-04, articles 34 and 35). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from fixtures.model import age_on

Remark = tuple[str, str]
"""(code, French message)."""

MENTIONS: Mapping[str, str] = {
    "legible": "n'est pas lisible",
    "signature": "n'est pas signée",
    "stamp": "n'est pas cachetée",
    "prescriber-name": "ne porte pas le nom du prescripteur",
    "prescriber-quality": "ne porte pas la qualité du prescripteur",
    "prescriber-address": "ne porte pas l'adresse du prescripteur",
    "patient-name": "ne porte pas le nom du patient",
}
"""Mention of article 34 → what is said of a paper without it."""
CHILD_UNDER = 12
_DO = "appeler le prescripteur, et s'abstenir s'il est injoignable (loi 17-04, art. 34 et 35)"


def remarks(missing: Sequence[str], child_age: int | None, birth: date, day: date) -> list[Remark]:
    """What to warn of. `child_age`: years as the paper says them; `birth`: the patient's, `day`: the paper's."""
    found = [("mention-missing", f"L'ordonnance {MENTIONS[one]} : {_DO}.") for one in dict.fromkeys(missing)]
    years = age_on(birth, day)
    if years < CHILD_UNDER and child_age is None:
        found.append(("child-age-missing", f"L'ordonnance d'un enfant de moins de 12 ans porte son âge : {_DO}."))
    elif child_age is not None and child_age != years:
        said = f"L'ordonnance donne {child_age} an{'s' if child_age > 1 else ''} au patient, qui en avait {years}"
        found.append(("child-age-differs", f"{said} : {_DO}."))
    return found
