"""French words for the families of subjects and for the fidelity of a rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from fixtures import Rule

FAMILIES: Mapping[str, str] = {
    "tariff": "Tarifs des lettres clés",
    "base": "Assiettes",
    "eligible": "Montant remboursable",
    "rate": "Taux",
    "related": "Soins en rapport avec une affection",
    "share": "Parts",
    "third-party": "Tiers payant",
    "ceiling": "Plafonds",
    "age-limit": "Âges limites",
    "refusal": "Refus de remboursement",
    "rights": "Droits",
    "scheme": "Gestion des régimes",
    "child": "Enfants",
    "student-scheme": "Régime des étudiants",
    "law-54-23": "Loi 54-23",
    "claim": "Demande de remboursement",
    "prior-approval": "Accord préalable",
    "document": "Pièces demandées",
    "contestation": "Contestation",
    "payment": "Paiement",
    "sheet": "Feuille de soins",
    "section": "Prise d'une section",
    "execution": "Exécution",
    "late-execution": "Saisie après une panne",
    "paper": "Papier",
    "duplicate": "Doublons possibles",
    "review": "Contrôle",
    "backup-code": "Code de secours",
    "patient": "Accès des patients",
    "warning": "Avertissements datés",
    "rate-limit": "Débit",
    "webhook": "Webhooks",
    "indicators": "Indicateurs de santé publique",
}
BADGES: Mapping[str, str] = {"official": "officiel", "deduced": "déduit", "hypothesis": "HYPOTHÈSE"}
"""How well a rule is known, as reports say it too; a hypothesis cannot be overlooked."""


def family(subject: str) -> str:
    """The part of a subject before its first dot: ``rate`` of ``rate.private``."""
    return subject.partition(".")[0]


def title(name: str) -> str:
    """The French title of a family; a family without one is shown by its own name."""
    return FAMILIES.get(name, name)


def by_family(rules: Iterable[Rule]) -> dict[str, list[Rule]]:
    """Rules by family: the families in the order of `FAMILIES`, then the others by name."""
    found: dict[str, list[Rule]] = {}
    for rule in rules:
        found.setdefault(family(rule.subject), []).append(rule)
    order = [*FAMILIES, *sorted(set(found) - set(FAMILIES))]
    return {name: found[name] for name in order if name in found}


def period(start: date, end: date | None) -> str:
    """The days of a rule: ``depuis le 2006-01-01`` or ``du 2006-01-01 au 2027-02-28``."""
    return f"depuis le {start}" if end is None else f"du {start} au {end}"
