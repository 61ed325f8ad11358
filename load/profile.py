"""Load profiles and objectives: data in TOML files, read and checked here.

A profile says how many requests per second the country (or a part of it) would send at its peak hour, with
the figures it rests on, each marked ``sourced``, ``derived`` or ``assumed``. Objectives say what "it holds"
means.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
CALLS_PER_FSE = 8
"""Requests of one journey without incident: four by the prescriber, four by the pharmacist (see swarm.py)."""
MAX_RATE = 500.0
MAX_DURATION_S = 3600


class ProfileError(ValueError):
    """A profile, an objective or a bound that cannot be used; the message is French and says what to
    change.
    """


@dataclass(frozen=True)
class Basis:
    figure: str
    value: str
    origin: str
    source: str


@dataclass(frozen=True)
class Objectives:
    """p95_ms: milliseconds per operation; error_rate_max and achieved_rate_min: ratios between 0 and 1."""

    p95_ms: Mapping[str, float]
    error_rate_max: float
    achieved_rate_min: float


@dataclass(frozen=True)
class Profile:
    """contention: share of sheets presented at two counters at once; replay: share of executions sent
    twice.
    """

    id: str
    title: str
    requests_per_second: float
    duration_s: int
    contention: float
    replay: float
    basis: tuple[Basis, ...]
    objectives: Objectives

    @property
    def sheets_per_second(self) -> float:
        return self.requests_per_second / (CALLS_PER_FSE + self.contention + self.replay)

    @property
    def prescribers(self) -> int:
        """Virtual prescribers: enough for each to have four seconds per sheet, so that pacing holds when
        slow.
        """
        return max(2, math.ceil(4 * self.sheets_per_second))

    @property
    def pharmacists(self) -> int:
        return self.prescribers


def available() -> list[str]:
    """Ids of the profiles shipped with the project, smallest first."""
    found = [(_read(path).get("requests_per_second", 0), path.stem) for path in (HERE / "profiles").glob("*.toml")]
    return [name for _, name in sorted(found, key=lambda pair: (pair[1] != "smoke", pair[0]))]


def load_profile(name: str, *, duration_s: int | None = None, rate: float | None = None) -> Profile:
    """The profile called `name` (or the TOML file at that path), with the caller's duration and rate if
    given.
    """
    path = Path(name) if name.endswith(".toml") else HERE / "profiles" / f"{name}.toml"
    if not path.is_file():
        raise ProfileError(f"Profil de charge inconnu : « {name} ». Profils livrés : {', '.join(available())}.")
    raw = _read(path)
    try:
        profile = Profile(
            id=str(raw["id"]),
            title=str(raw["title"]),
            requests_per_second=float(raw["requests_per_second"] if rate is None else rate),
            duration_s=int(raw["duration_s"] if duration_s is None else duration_s),
            contention=float(raw.get("contention", 0)),
            replay=float(raw.get("replay", 0)),
            basis=tuple(Basis(**basis) for basis in raw.get("basis", [])),
            objectives=_objectives(raw.get("objectives", {})),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ProfileError(f"Profil de charge {path.name} incomplet ou mal formé : {error}.") from error
    if not 0 < profile.requests_per_second <= MAX_RATE:
        raise ProfileError(f"Le débit demandé doit être supérieur à 0 et d'au plus {MAX_RATE:g} requêtes par seconde.")
    if not 5 <= profile.duration_s <= MAX_DURATION_S:
        raise ProfileError(f"La durée demandée doit être entre 5 et {MAX_DURATION_S} secondes.")
    if not (0 <= profile.contention <= 1 and 0 <= profile.replay <= 1):
        raise ProfileError(f"Profil {path.name} : contention et replay sont des parts entre 0 et 1.")
    return profile


def _objectives(override: Mapping[str, Any]) -> Objectives:
    base = _read(HERE / "objectives.toml")
    return Objectives(
        p95_ms={**base["p95_ms"], **override.get("p95_ms", {})},
        error_rate_max=float(override.get("error_rate_max", base["error_rate_max"])),
        achieved_rate_min=float(override.get("achieved_rate_min", base["achieved_rate_min"])),
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ProfileError(f"Fichier illisible : {path} ({error}).") from error
