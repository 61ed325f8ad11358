"""Who acted, as a patient may know him: from the actor that the audit trail names to a name and a place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fixtures.model import Beneficiary, Professional
from simulator.audit.store import PLATFORM, actor_text
from simulator.beneficiaries.model import Key

ANOTHER_PATIENT = "Un autre patient"
NOBODY = "Inconnu"
CNSS = "La CNSS"
_ARTICLES = {
    "Agence": "l'",
    "Cabinet": "le ",
    "Centre": "le ",
    "Clinique": "la ",
    "Hôpital": "l'",
    "Laboratoire": "le ",
    "Pharmacie": "la ",
}


@dataclass(frozen=True, slots=True)
class Who:
    """`role`: a professional's, `patient`, `cnss`, `software` or `unknown`. `me`: the reader of the list himself."""

    name: str
    role: str
    establishment: str | None = None
    delegate: str | None = None
    me: bool = False

    @property
    def sentence(self) -> str:
        """As the subject of a French sentence: ``la pharmacie Al Amal (Nadia Chraibi)``."""
        if self.me:
            return "vous"
        if self.establishment is None:
            return {"software": f"le logiciel {self.name}", "unknown": "un logiciel non identifié"}.get(
                self.role, _lower(self.name) if self.name in (ANOTHER_PATIENT, CNSS) else self.name
            )
        people = [self.name] if self.name != self.establishment else []
        if self.delegate is not None:
            people.append(f"par {self.delegate}")
        return _place(self.establishment) + (f" ({', '.join(people)})" if people else "")


def who(actor: str, viewer: Key, professionals: Mapping[str, Professional], patients: Mapping[Key, Beneficiary]) -> Who:
    """Read an actor of the trail, ``client/who``. Another family's patient is never named."""
    client, _, person = actor.partition("/")
    if person.startswith("ben:"):
        number, _, rank = person.removeprefix("ben:").partition("/")
        key = (number, int(rank))
        known = patients.get(key)
        if number != viewer[0] or known is None:
            return Who(ANOTHER_PATIENT, "patient")
        return Who(first_name(known), "patient", me=key == viewer)
    inpe, _, delegate = person.partition("+")
    professional = professionals.get(inpe)
    if professional is not None:
        second = professional.delegate(delegate) if delegate else None
        place = professional.establishment.name
        return Who(professional.name, professional.role, place, second.name if second else delegate or None)
    if actor == actor_text(PLATFORM):
        return Who(CNSS, "cnss")
    return Who(NOBODY, "unknown") if client == "-" else Who(client, "software")


def first_name(person: Beneficiary) -> str:
    """How one's own family is named: it knows the rest."""
    return person.given_name


def _place(name: str) -> str:
    article = _ARTICLES.get(name.partition(" ")[0])
    return f"l'établissement {name}" if article is None else article + _lower(name)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
