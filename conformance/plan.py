"""The plan of a campaign: scenarios × requirements × capabilities, read from the Gherkin before anything runs.

Tags of a scenario: `@CAS-…` its case id, `@EXG-…` its requirements, `@nominal` or `@adverse`, the profession
(`@prescriber`, `@pharmacy`), `@twin:CAS-…` and `@differs:/path` for an adverse case, `@cap:print` for a
capability and `@act:scan` for an action of the driver that it needs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

from gherkin.parser import Parser

from conformance.requirements.catalogue import requirements

FEATURES = Path(__file__).parent / "features"
PROFESSIONS = (
    "prescriber",
    "pharmacy",
    "biology",
    "imaging",
    "physiotherapy",
    "dental",
    "nursing",
    "devices",
)


class BadFeature(ValueError):
    """A scenario's tags do not say what the plan needs; the text names the scenario and the fault."""


@dataclass(frozen=True)
class Planned:
    """One planned case, as stored in `run.json`."""

    case: str
    feature: str
    scenario: str
    tags: tuple[str, ...]
    requirements: tuple[str, ...]
    profession: str
    nature: str
    twin: str | None
    differs: str | None
    needs: tuple[str, ...]
    applicable: bool = True
    why_not: str | None = None
    selected: bool = True

    def as_json(self) -> dict[str, Any]:
        return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()}


def scenarios(folder: Path = FEATURES) -> list[Planned]:
    """Every scenario of the suite, by case id. `BadFeature` when tags are wrong or ids repeat."""
    found: dict[str, Planned] = {}
    for path in sorted(folder.rglob("*.feature")):
        feature = Parser().parse(path.read_text(encoding="utf-8"))["feature"]
        if feature is None:
            raise BadFeature(f"{path.name} is empty")
        for child in cast(list[dict[str, Any]], feature["children"]):
            for node in child.get("rule", {}).get("children", [child]):
                if "scenario" in node:
                    planned = _planned(feature, node["scenario"])
                    if planned.case in found:
                        raise BadFeature(f"{planned.case} is declared twice")
                    found[planned.case] = planned
    for planned in found.values():
        if planned.nature == "adverse" and (planned.twin not in found or not planned.differs):
            raise BadFeature(f"{planned.case}: an adverse case names its twin and what differs")
    return [found[case] for case in sorted(found)]


def _planned(feature: Mapping[str, Any], scenario: Mapping[str, Any]) -> Planned:
    tags = tuple(tag["name"].lstrip("@") for tag in (*feature["tags"], *scenario["tags"]))
    case = _one(tags, "CAS-", scenario["name"])
    wanted = tuple(tag for tag in tags if tag.startswith("EXG-"))
    unknown = [id for id in wanted if id not in requirements()]
    nature = [tag for tag in tags if tag in ("nominal", "adverse")]
    profession = [tag for tag in tags if tag in PROFESSIONS]
    if unknown or not wanted or len(nature) != 1 or len(profession) != 1:
        raise BadFeature(f"{case}: requirements {wanted} (unknown {unknown}), nature {nature}, {profession}")
    return Planned(
        case=case,
        feature=feature["name"],
        scenario=scenario["name"],
        tags=tags,
        requirements=wanted,
        profession=profession[0],
        nature=nature[0],
        twin=_after(tags, "twin:"),
        differs=_after(tags, "differs:"),
        needs=tuple(tag for tag in tags if tag.startswith(("cap:", "act:"))),
    )


def _one(tags: tuple[str, ...], prefix: str, name: str) -> str:
    found = [tag for tag in tags if tag.startswith(prefix)]
    if len(found) != 1:
        raise BadFeature(f"« {name} » needs exactly one @{prefix}… tag, has {found}")
    return found[0]


def _after(tags: tuple[str, ...], prefix: str) -> str | None:
    return next((tag.removeprefix(prefix) for tag in tags if tag.startswith(prefix)), None)


def plan(capabilities: Mapping[str, Any], only: tuple[str, ...] = ()) -> list[Planned]:
    """Every case, with whether the software's capabilities make it applicable, and whether it was asked for.

    `only`: case ids or prefixes (`CAS-ISS`); the twins of what is asked for come along. A partial campaign
    says so: what was not asked for stays in the plan, and the run is incomplete.
    """
    cases = scenarios()
    asked = {c.case for c in cases if not only or any(c.case.startswith(prefix) for prefix in only)}
    asked |= {c.twin for c in cases if c.case in asked and c.twin}
    return [_applied(case, capabilities, case.case in asked) for case in cases]


def _declared(need: str, capabilities: Mapping[str, Any]) -> bool:
    kind, _, name = need.partition(":")
    return name in capabilities["actions"] if kind == "act" else bool(capabilities.get(name))


def _applied(case: Planned, capabilities: Mapping[str, Any], selected: bool) -> Planned:
    missing = [need for need in case.needs if not _declared(need, capabilities)]
    if case.profession not in capabilities["professions"]:
        why: str | None = f"profession non déclarée : {case.profession}"
    elif missing:
        why = f"capacité non déclarée : {', '.join(need[4:] for need in missing)}"
    else:
        why = None
    return Planned(**{**asdict(case), "applicable": why is None, "why_not": why, "selected": selected})
