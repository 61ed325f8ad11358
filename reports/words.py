"""The French words of verdicts, keywords, bases and fidelity, for every renderer.

An unknown word is shown as it is, never translated into something it did not say.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

VERDICTS: Mapping[str, str] = {
    "passed": "Réussi",
    "failed": "Échoué",
    "warning": "Réserve",
    "inconclusive": "Non concluant",
    "blocked": "Bloqué",
    "not_applicable": "Sans objet",
    "review": "À examiner",
    "crashed": "Arrêt brutal",
    "timed_out": "Délai dépassé",
    "harness_fault": "Défaut du banc",
    "missing": "Non exécuté",
    "not_tested": "Non testé",
    "not_selected": "Non demandé",
}
#: Groups of verdicts for filters and charts, gravest first: group → French word.
GROUPS: Mapping[str, str] = {
    "broken": "Échoués",
    "open": "Sans conclusion",
    "warning": "Réserves",
    "passed": "Réussis",
    "aside": "Sans objet",
}
_GROUP_OF = {
    "passed": "passed", "warning": "warning", "not_applicable": "aside", "not_tested": "aside", "not_selected": "aside",
    "failed": "broken", "crashed": "broken", "timed_out": "broken",
}  # fmt: skip
RUN_VERDICTS: Mapping[str, str] = {
    "conformant": "Conforme",
    "conformant_with_reservations": "Conforme avec réserves",
    "non_conformant": "Non conforme",
    "incomplete": "Incomplet",
    "configuration_fault": "Défaut de configuration",
    "harness_fault": "Défaut du banc",
}
RUN_GROUPS: Mapping[str, str] = {
    "conformant": "passed",
    "conformant_with_reservations": "warning",
    "non_conformant": "broken",
}
ALTERED = "Preuves modifiées depuis la clôture : ce rapport ne vaut pas verdict, voir fse verify."
KEYWORDS: Mapping[str, str] = {"MUST": "OBLIGATOIRE", "SHOULD": "RECOMMANDÉ", "MAY": "FACULTATIF"}
FIDELITY: Mapping[str, str] = {"official": "officiel", "deduced": "déduit", "hypothesis": "hypothèse"}
BASES: Mapping[str, str] = {
    "wire": "Constaté sur le réseau",
    "declared": "Déclaré par le logiciel",
    "human": "Jugé par une personne",
}
NATURES: Mapping[str, str] = {"nominal": "cas nominal", "adverse": "cas contraire"}
PROFESSIONS: Mapping[str, str] = {
    "prescriber": "prescripteur",
    "pharmacy": "pharmacie",
    "biology": "biologie",
    "imaging": "imagerie",
    "physiotherapy": "kinésithérapie",
    "dental": "soins dentaires",
    "nursing": "soins infirmiers",
    "devices": "dispositifs médicaux",
}
_MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
#: Narrow no-break space, French typography before ; : ! ? and in numbers.
THIN = "\N{NARROW NO-BREAK SPACE}"
NBSP = "\N{NO-BREAK SPACE}"


def group(verdict: str) -> str:
    """Group of a case's or check's verdict; anything unknown is an open question."""
    return _GROUP_OF.get(verdict, "open")


def word(verdict: str) -> str:
    """French word of a verdict of a check, a case or a requirement."""
    return VERDICTS.get(verdict, verdict or "Sans verdict")


def number(value: int) -> str:
    """`1 234`, with narrow no-break spaces."""
    return f"{value:,}".replace(",", THIN)


def counted(value: int, one: str, many: str = "") -> str:
    """`1 cas`, `2 exigences`: plural from 2 on, as in French."""
    return f"{number(value)}{NBSP}{one if abs(value) < 2 else many or one + 's'}"


def instant(iso: str) -> str:
    """`23 novembre 2026 à 09:00:00 UTC` from an ISO instant; the text itself when it is not one."""
    try:
        when = datetime.fromisoformat(iso)
    except ValueError:
        return iso
    zone = "" if when.tzinfo is None else (" UTC" if not when.utcoffset() else f" (UTC{when:%z})")
    return f"{day(when.date().isoformat())} à {when:%H:%M:%S}{zone}"


def day(iso: str) -> str:
    """`1er janvier 2027` from `2027-01-01`; the text itself when it is not a date."""
    try:
        when = date.fromisoformat(iso)
    except ValueError:
        return iso
    return f"{'1er' if when.day == 1 else when.day} {_MONTHS[when.month - 1]} {when.year}"


def duration(milliseconds: float | None) -> str:
    """`12 ms`, `1,2 s`, `2 min 05 s`; empty when unknown."""
    if milliseconds is None or milliseconds < 0:
        return ""
    if milliseconds < 999.5:
        return f"{milliseconds:.0f}{THIN}ms"
    if milliseconds < 60_000:
        return f"{milliseconds / 1000:.1f}{THIN}s".replace(".", ",")
    minutes, seconds = divmod(round(milliseconds / 1000), 60)
    return f"{minutes}{THIN}min {seconds:02d}{THIN}s"


def bytes_size(count: int) -> str:
    """`12 ko`, `1,4 Mo`."""
    if count < 1_000_000:
        return f"{max(1, round(count / 1000))}{THIN}ko"
    return f"{count / 1_000_000:.1f}{THIN}Mo".replace(".", ",")
