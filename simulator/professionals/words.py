"""French names of sections and of roles, for people; programs get the codes in members of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

NAMES: Mapping[str, str] = {
    "prescriber": "actes du prescripteur",
    "pharmacy": "pharmacie",
    "biology": "biologie",
    "imaging": "imagerie",
    "physiotherapy": "kinésithérapie",
    "dental": "soins dentaires",
    "nursing": "soins infirmiers",
    "devices": "dispositifs médicaux",
}
"""Type of section → its name."""
SECTIONS: Mapping[str, str] = {kind: f"la section {name}" for kind, name in NAMES.items()} | {
    "prescriber": "les actes du prescripteur"
}
"""Type of section → the section in a sentence."""
ROLES: Mapping[str, str] = {
    "prescriber": "prescripteur",
    "pharmacy": "pharmacie",
    "biology": "laboratoire de biologie",
    "imaging": "cabinet de radiologie",
    "physiotherapy": "kinésithérapeute",
    "dental": "chirurgien-dentiste",
    "nursing": "infirmier",
    "midwife": "sage-femme",
    "devices": "fournisseur de dispositifs médicaux",
    "clinic": "établissement de soins",
    "agent": "agent de la CNSS",
    "public-health": "santé publique",
    "patient": "patient",
}
"""Role → the one who bears it."""


def name(kind: str) -> str:
    """A type of section as a person reads it; the code itself when it has no French name."""
    return NAMES.get(kind, kind)


def listed(kinds: Iterable[str], *, last: str = "ou") -> str:
    """« pharmacie », « biologie » ou « imagerie »."""
    quoted = [f"« {name(kind)} »" for kind in kinds]
    return f" {last} ".join(part for part in (", ".join(quoted[:-1]), *quoted[-1:]) if part)
