"""Professionals as a world sees them: the fixtures' persona, under that world's changes."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass

from fixtures.model import Professional
from simulator.kit.problems import Problem


@dataclass(frozen=True, slots=True)
class Directory:
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


_QUALITIES = {
    "GEN": "Médecine générale",
    "CAR": "Cardiologie",
    "PHA": "Pharmacie",
    "BIO": "Biologie médicale",
    "RAD": "Radiologie",
    "KIN": "Kinésithérapie",
    "DEN": "Chirurgie dentaire",
    "INM": "Soins infirmiers",
}


def quality(speciality: str) -> str:
    """A speciality code as a person reads it; the code itself when it has no French name here."""
    return _QUALITIES.get(speciality, speciality)
