"""Reads a run directory into a `Run`: the only door between the evidence on disk and the renderers.

Shapes: the evidence format (`run.json`, `verdict.json`, `cases/<CASE>/…`). `run.json` must be there and
well formed, otherwise `RunUnreadable`. Anything else that is missing or malformed becomes a `defect`, said
in the report: a planned case is reported, always. No path named by the evidence leaves the case's folder.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from reports.model import (
    Attachment,
    Case,
    Check,
    Observation,
    Requirement,
    Run,
    Step,
    Totals,
    Waiver,
)
from reports.text import as_text, harmless_json
from terminal.system import reason

#: A larger JSON file is refused: no case of ours comes near (bytes).
MAX_JSON = 64 * 1024 * 1024


class RunUnreadable(Exception):
    """The run cannot be read; the text is one French line that says what to do."""


def read_run(folder: Path, name: str = "") -> Run:
    """The run of a directory; `name` stands in for an absent `run_id`.

    Raises `RunUnreadable` when there is no usable `run.json`.
    """
    defects: list[str] = []
    run = _object_file(folder / "run.json")
    judged: Mapping[str, Any] = {}
    try:
        judged = _object_file(folder / "verdict.json")
    except RunUnreadable as error:
        defects.append(f"L'exécution n'a pas de verdict : {error}")
    verdicts = {text(entry.get("case")): entry for entry in objects(judged.get("cases"))}
    cases = tuple(_cases(folder, run, verdicts))
    end = mapping(judged.get("run"))
    return Run(
        run_id=text(run.get("run_id")) or name or folder.name,
        started_at=text(run.get("started_at")),
        finished_at=text(run.get("finished_at")),
        seed=text(run.get("seed")),
        command=text(run.get("command")),
        verdict=text(end.get("verdict")) or "incomplete",
        exit_code=_integer(end.get("exit_code"), 4),
        product=_product(mapping(run.get("product"))),
        suite=_texts(run.get("suite")),
        simulator=_simulator(mapping(run.get("simulator"))),
        partial=run.get("partial") is True,
        lanes=text(run.get("lanes")),
        professions=_strings(mapping(run.get("capabilities")).get("professions")),
        totals=_totals(mapping(judged.get("totals")), cases),
        waivers=tuple(_waiver(entry) for entry in objects(run.get("waivers"))),
        requirements=tuple(_requirement(entry) for entry in objects(judged.get("requirements"))),
        cases=cases,
        digests={name: _digest(folder / name) for name in ("run.json", "verdict.json")},
        defects=tuple(defects),
        reason=text(end.get("reason")),
    )


def read_json(path: Path) -> Any:
    """A JSON file with harmless strings; `RunUnreadable` (one French line) when it cannot be used."""
    try:
        if path.stat().st_size > MAX_JSON:
            raise RunUnreadable(f"« {path.name} » dépasse {MAX_JSON // 2**20} Mo")
        return harmless_json(json.loads(path.read_bytes()))
    except FileNotFoundError:
        raise RunUnreadable(f"« {path.name} » est absent de « {path.parent.name} »") from None
    except OSError as error:
        raise RunUnreadable(f"« {path.name} » est illisible : {reason(error)}") from None
    except (ValueError, RecursionError) as error:
        raise RunUnreadable(f"« {path.name} » n'est pas du JSON utilisable : {error}") from None


def text(value: Any) -> str:
    """Text of any JSON value (see `as_text`)."""
    return as_text(value)


def mapping(value: Any) -> Mapping[str, Any]:
    """The object, or an empty one: readers of evidence never trip over a foreign type."""
    return value if isinstance(value, dict) else {}


def objects(value: Any) -> list[Mapping[str, Any]]:
    """The objects of a list, or nothing."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def milliseconds(value: Any) -> float | None:
    """A duration in milliseconds, or None when it is not a number."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _cases(folder: Path, run: Mapping[str, Any], verdicts: Mapping[str, Mapping[str, Any]]) -> Iterator[Case]:
    root = folder / "cases"
    # Names come from the listing, never from the evidence: a case called "../.." finds no folder.
    folders = {p.name: p for p in root.iterdir() if p.is_dir() and not p.is_symlink()} if root.is_dir() else {}
    plan = {text(entry.get("case")): entry for entry in objects(run.get("plan"))}
    for name in [*plan, *(n for n in sorted({*verdicts, *folders}) if n not in plan)]:
        yield _case(name, plan.get(name, {}), verdicts.get(name, {}), folders.get(name))


def _case(name: str, planned: Mapping[str, Any], judged: Mapping[str, Any], folder: Path | None) -> Case:
    defects: list[str] = []

    def load(file: str) -> Any:
        if folder is None:
            return None
        try:
            return read_json(folder / file)
        except RunUnreadable as error:
            defects.append(f"Preuve manquante : {error}.")
            return None

    applicable = planned.get("applicable") is not False
    told = mapping(load("case.json") if applicable or folder else None)
    seen = tuple(_observation(entry) for entry in objects(load("observations.json")))
    judged = judged or mapping(load("verdict.json"))
    if applicable and folder is None:
        defects.append("Aucune preuve de ce cas n'a été enregistrée.")
    default = "missing" if applicable else "not_applicable"
    return Case(
        case=name,
        title=text(told.get("title") or planned.get("scenario") or planned.get("title")),
        feature=text(told.get("feature") or planned.get("feature")),
        verdict=text(judged.get("verdict")) or default,
        reason=text(judged.get("reason") or planned.get("why_not")),
        tags=_strings(told.get("tags") or planned.get("tags")),
        requirements=_strings(planned.get("requirements")),
        profession=text(planned.get("profession")),
        nature=text(planned.get("nature")),
        twin=text(planned.get("twin")),
        differs=text(planned.get("differs")),
        opaque_id=text(told.get("opaque_id")),
        lane=text(told.get("lane")),
        started_at=text(told.get("started_at")),
        duration_ms=milliseconds(told.get("duration_ms")),
        world=mapping(told.get("world")),
        stimuli=mapping(told.get("stimuli")),
        outcome=text(told.get("outcome")),
        error=text(told.get("error")),
        steps=tuple(
            Step(text(s.get("keyword")), text(s.get("text")), milliseconds(s.get("duration_ms")))
            for s in objects(told.get("steps"))
        ),
        checks=tuple(_check(entry) for entry in objects(judged.get("checks"))),
        observations=seen,
        attachments=tuple(_attachments(folder, seen)),
        defects=tuple(defects),
    )


def _check(entry: Mapping[str, Any]) -> Check:
    plain = {name: text(entry.get(name)) for name in _CHECK_TEXTS}
    return Check(**plain, references=_strings(entry.get("references")))


_CHECK_TEXTS = (
    "check", "requirement", "keyword", "basis", "verdict", "expected", "received", "cause", "next", "waived",
)  # fmt: skip


def _observation(entry: Mapping[str, Any]) -> Observation:
    plain = {name: text(entry.get(name)) for name in ("id", "kind", "label", "during", "at")}
    return Observation(**plain, data=mapping(entry.get("data")))


def _attachments(folder: Path | None, seen: tuple[Observation, ...]) -> Iterator[Attachment]:
    known: set[str] = set()
    for observation in seen:
        for name in _file_names(observation.data):
            if name not in known:
                known.add(name)
                yield Attachment(name, _inside(folder, name), observation.id)


def _file_names(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("file"), str):
            yield value["file"]
        for item in value.values():
            yield from _file_names(item)
    elif isinstance(value, list):
        for item in value:
            yield from _file_names(item)


def _inside(folder: Path | None, name: str) -> Path | None:
    if folder is None or "\x00" in name:
        return None
    files = (folder / "files").resolve()
    path = (files / name.removeprefix("files/")).resolve()
    return path if path.is_relative_to(files) and path.is_file() else None


def _product(told: Mapping[str, Any]) -> dict[str, str]:
    """`name`, `version`, `editor`; the driver's own word for the name is `product`."""
    return {**_texts(told), "name": text(told.get("name") or told.get("product"))}


def _simulator(told: Mapping[str, Any]) -> dict[str, str]:
    """Flat texts; the list of medicines as `nomenclature` (its version) and `rows`."""
    medicines = told.get("nomenclature")
    version = medicines.get("version") if isinstance(medicines, dict) else medicines
    rows = mapping(medicines).get("rows")
    name = text(told.get("name") or told.get("simulator"))
    return {**_texts(told), "name": name, "nomenclature": text(version), "rows": text(rows)}


def _requirement(entry: Mapping[str, Any]) -> Requirement:
    names = ("id", "keyword", "sentence", "source", "fidelity", "verdict", "not_tested")
    return Requirement(**{name: text(entry.get(name)) for name in names}, cases=_strings(entry.get("cases")))


def _waiver(entry: Mapping[str, Any]) -> Waiver:
    covers = [text(entry.get(name)) for name in ("requirement", "check", "case") if entry.get(name)]
    names = ("cause", "ticket", "owner", "expires")
    return Waiver(covers=" · ".join(covers), **{name: text(entry.get(name)) for name in names})


def _totals(told: Mapping[str, Any], cases: tuple[Case, ...]) -> Totals:
    checks = [check for case in cases for check in case.checks]
    by_basis: dict[str, Counter[str]] = {}
    for check in checks:
        by_basis.setdefault(check.basis, Counter())[check.verdict] += 1
    return Totals(
        cases=_counts(told.get("cases")) or Counter(case.verdict for case in cases),
        checks=_counts(told.get("checks")) or Counter(check.verdict for check in checks),
        by_basis={name: _counts(of) for name, of in mapping(told.get("by_basis")).items()} or by_basis,
    )


def _counts(value: Any) -> dict[str, int]:
    return {name: _integer(number, 0) for name, number in mapping(value).items()}


def _integer(value: Any, otherwise: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else otherwise


def _strings(value: Any) -> tuple[str, ...]:
    return tuple(text(item) for item in value) if isinstance(value, list) else ()


def _texts(value: Any) -> dict[str, str]:
    return {name: text(item) for name, item in mapping(value).items()}


def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _object_file(path: Path) -> Mapping[str, Any]:
    value = read_json(path)
    if not isinstance(value, dict):
        raise RunUnreadable(f"« {path.name} » doit contenir un objet JSON")
    return value
