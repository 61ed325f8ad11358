"""Professionals as a world sees them: the fixtures' persona, under that world's changes."""

from __future__ import annotations

from collections.abc import Mapping, Set
from datetime import date

from msgspec import Struct

from fixtures.model import Professional, Replacement
from simulator.kit.problems import Problem

SECTIONS: Mapping[str, tuple[str, ...]] = {
    "prescriber": (),
    "pharmacy": ("pharmacy",),
    "biology": ("biology",),
    "imaging": ("imaging",),
    "physiotherapy": ("physiotherapy",),
    "dental": ("dental",),
    "nursing": ("nursing",),
    "midwife": ("nursing",),
    "devices": ("devices",),
    "clinic": ("biology", "imaging", "physiotherapy", "nursing"),
    "agent": (),
    "public-health": (),
}
"""Role → the types of section he may execute; none of them reads another one. Deduced from the professions."""
EXECUTORS = tuple(role for role, sections in SECTIONS.items() if sections)


class Directory(Struct, frozen=True):
    """Who exists (immutable, shared by worlds) and whom this world suspended.

    A world's further changes (moves, replacements) are overlays: they wrap the mapping, they never copy it.
    """

    people: Mapping[str, Professional]
    suspended: Set[str] = frozenset()

    def find(self, inpe: str | None) -> Professional | None:
        return self.people.get(inpe or "")

    def active(self, inpe: str | None) -> Professional:
        """The professional, allowed to practise. Raises Problem professional-suspended, role-not-allowed."""
        found = self.find(inpe)
        if found is None:
            raise Problem("role-not-allowed", "Ce professionnel ne figure pas au répertoire de la plateforme.")
        if found.status == "suspended" or found.inpe in self.suspended:
            raise Problem("professional-suspended", "L'exercice de ce professionnel est suspendu.")
        return found

    def practising(self, inpe: str | None, day: date) -> Professional:
        """The professional, allowed to practise in his own name on that day.

        Somebody who only replaces others practises within the dates of the replacement.
        Raises Problem replacement-not-in-force, and those of `active`.
        """
        found = self.active(inpe)
        if found.replaces is not None:
            _require_in_force(found.replaces, day)
        return found

    def acting_for(self, inpe: str | None, author: str, practice: str, day: date) -> bool:
        """True when `inpe` is the author of a sheet issued in that practice, stands in for him on that day, or is whom
        he stood in for there: what is prescribed in a practice stays with it. False for anybody else.

        Raises Problem replacement-not-in-force when he stands in for him on other days only,
        professional-suspended, role-not-allowed. An author who is suspended may still be replaced.
        """
        if inpe == author:
            return True
        found = self.active(inpe)
        if found.replaces is not None and found.replaces.inpe == author:
            _require_in_force(found.replaces, day)
            return True
        issuer = self.find(author)
        replaced = issuer.replaces if issuer is not None else None
        return replaced is not None and replaced.inpe == inpe and practice == found.establishment.id


def _require_in_force(replaced: Replacement, day: date) -> None:
    if not replaced.in_force(day):
        detail = f"Le remplacement va du {replaced.start} au {replaced.end}, compris."
        raise Problem("replacement-not-in-force", detail)


_QUALITIES = {
    "GEN": "Médecine générale",
    "CAR": "Cardiologie",
    "PHA": "Pharmacie",
    "BIO": "Biologie médicale",
    "RAD": "Radiologie",
    "KIN": "Kinésithérapie",
    "DEN": "Chirurgie dentaire",
    "INM": "Soins infirmiers",
    "SFE": "Sage-femme",
    "OPT": "Optique et dispositifs médicaux",
    "CLI": "Établissement de soins",
    "CNS": "Agent de la CNSS",
    "SPU": "Santé publique",
}


def quality(speciality: str) -> str:
    """A speciality code as a person reads it; the code itself when it has no French name here."""
    return _QUALITIES.get(speciality, speciality)
