"""What a set of rules can get wrong, and how one fault is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

CODES: Mapping[str, str] = {
    "unreadable-file": "fichier illisible",
    "wrong-shape": "forme inattendue",
    "unknown-key": "champ inconnu",
    "duplicate-key": "champ écrit deux fois",
    "missing-field": "champ manquant",
    "not-text": "texte attendu",
    "unreadable-date": "jour illisible",
    "unknown-reference": "jour d'une règle inconnue",
    "dates-apart": "jours qui se contredisent",
    "reversed-dates": "jours à l'envers",
    "malformed-id": "identifiant mal formé",
    "duplicate-id": "identifiant déjà pris",
    "unknown-subject": "sujet inconnu",
    "unknown-letter": "lettre clé inconnue",
    "wrong-unit": "unité inattendue",
    "unreadable-value": "valeur illisible",
    "unknown-code": "code inconnu",
    "unknown-fidelity": "fidélité inconnue",
    "overstated-fidelity": "fidélité surfaite",
    "unknown-tariff-set": "jeu de tarifs inconnu",
    "missing-tariff-set": "jeu de tarifs manquant",
    "looping-tariff-set": "jeux de tarifs en boucle",
    "overlap": "chevauchement",
    "gap": "jours sans règle",
}


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault. `code` is of `CODES`; `rule` is the id of the rule, "" when it has none; the rest is French."""

    file: str
    line: int
    code: str
    rule: str
    received: str
    expected: str
    remedy: str


def near(typed: str, known: Iterable[str], otherwise: str) -> str:
    """What to do about a word that is not known: the nearest one, else `otherwise`."""
    found = get_close_matches(typed, sorted(known), n=1, cutoff=0.6)
    return f"écrire « {found[0]} »" if found else otherwise


def listed(words: Iterable[str]) -> str:
    return ", ".join(f"« {word} »" for word in words)
