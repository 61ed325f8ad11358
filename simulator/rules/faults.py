"""What a set of rules can get wrong, and how one fault is told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

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
    "missing-period": "plafond sans période",
    "looping-tariff-set": "jeux de tarifs en boucle",
    "overlap": "chevauchement",
    "gap": "jours sans règle",
    "unpayable-delay": "délais de paiement incohérents",
}


_PARTS = re.compile(r"[.:]")
_SEPARATORS = re.compile(r"[.:_ -]")
_LETTERS = 5
"""Of a shorter word, any other one may mean something else."""


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
    """What to do about a word that is not known: the one that it misspells, else `otherwise`.

    Nothing is guessed: another disease, act or letter has another meaning. Each part of a name (``related.hiv``) is the
    same but for case and separators, or a slip of one character away (of two from ten letters on), its digits the same.
    """
    found = [word for word in sorted(known) if _misspells(typed, word)]
    best = min(found, key=lambda word: _slips(typed, word), default=None)
    return otherwise if best is None else f"écrire « {best} »"


def _misspells(typed: str, word: str) -> bool:
    parts = [_PARTS.split(one) for one in (typed, word)]
    if len(parts[0]) != len(parts[1]):
        return _slip(_SEPARATORS.sub("", typed), _SEPARATORS.sub("", word))
    return all(_slip(*pair) for pair in zip(*parts, strict=True))


def _slip(typed: str, word: str) -> bool:
    a, b = (_SEPARATORS.sub("", one).casefold() for one in (typed, word))
    if a == b:
        return True
    if [c for c in a if c.isdigit()] != [c for c in b if c.isdigit()]:
        return False
    shortest = min(len(a), len(b))
    return shortest >= _LETTERS and _slips(a, b) <= (2 if shortest >= 2 * _LETTERS else 1)


def _slips(a: str, b: str) -> int:
    """How many characters were left out, added, changed, or swapped with their neighbour."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, one in enumerate(a, 1):
        older, before, row = before, row, [i]
        for j, other in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (one != other))
            if i > 1 and j > 1 and one == b[j - 2] and a[i - 2] == other:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return row[-1]


def listed(words: Iterable[str]) -> str:
    return ", ".join(f"« {word} »" for word in words)
