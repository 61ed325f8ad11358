"""The run directory: one folder per case, JSON with sorted keys, written whole or not at all.

runs/<run-id>/run.json, verdict.json, manifest.json, events.jsonl
runs/<run-id>/cases/<CASE>/case.json, observations.json, checks.json, verdict.json, exchanges.har, files/
runs/<run-id>/report/   what was derived for readers; not evidence, not in the manifest
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from conformance.evidence.model import Appended, CaseVerdict, Observation

RUN_SCHEMA = "banc-fse/run/1"


class NotARun(Exception):
    """The folder does not hold a run, or one of its files cannot be read; the text says which, in French."""


def dump(value: Any) -> str:
    """The canonical text of the evidence: UTF-8, sorted keys, indent 1, final newline; a dataclass is an object."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1, default=vars) + "\n"


def write_json(path: Path, value: Any) -> None:
    """Write atomically: a reader sees the old file or the new one, never a half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(dump(value), encoding="utf-8")
    temporary.replace(path)


def read_json(path: Path) -> Any:
    """Read one JSON file of a run; `NotARun` says which file is absent or broken."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NotARun(f"le fichier {path.name} manque dans {path.parent}") from None
    except (OSError, ValueError, RecursionError) as error:
        raise NotARun(f"le fichier {path} est illisible ({error.__class__.__name__})") from None


class CaseStore:
    """The folder of one case."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files = folder / "files"

    @property
    def case(self) -> str:
        return self.folder.name

    def add_file(self, name: str, content: bytes) -> str:
        """Keep a document or an image; returns the name that observations refer to."""
        self.files.mkdir(parents=True, exist_ok=True)
        (self.files / name).write_bytes(content)
        return name

    def write(self, case: Mapping[str, Any], observations: Sequence[Observation], appended: Iterable[Appended]) -> None:
        """Store what was seen and what was asked of it, before anything is judged."""
        write_json(self.folder / "case.json", case)
        write_json(self.folder / "observations.json", list(observations))
        write_json(self.folder / "checks.json", list(appended))
        write_json(self.folder / "exchanges.har", har(observations))

    def write_verdict(self, verdict: CaseVerdict) -> None:
        write_json(self.folder / "verdict.json", verdict.as_json())

    def meta(self) -> dict[str, Any]:
        """`case.json`."""
        return dict(read_json(self.folder / "case.json"))

    def observations(self) -> list[Observation]:
        """The stored observations, in order."""
        return [Observation(**item) for item in _rows(self.folder / "observations.json")]

    def appended(self) -> list[Appended]:
        """The checks appended by the case, in order."""
        return [
            Appended(**{**item, "observations": tuple(item["observations"])})
            for item in _rows(self.folder / "checks.json")
        ]

    def verdict(self) -> dict[str, Any]:
        """The stored verdict."""
        return dict(read_json(self.folder / "verdict.json"))


def _rows(path: Path) -> list[dict[str, Any]]:
    rows = read_json(path)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise NotARun(f"le fichier {path} n'a pas la forme attendue")
    return rows


class RunStore:
    """The folder of one run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def run_id(self) -> str:
        return self.folder.name

    def case(self, case: str) -> CaseStore:
        return CaseStore(self.folder / "cases" / case)

    def cases(self) -> list[CaseStore]:
        """Every case folder that exists, by name."""
        root = self.folder / "cases"
        return [CaseStore(path) for path in sorted(root.iterdir()) if path.is_dir()] if root.is_dir() else []

    def run(self) -> dict[str, Any]:
        """`run.json`, checked for its schema mark."""
        run = read_json(self.folder / "run.json")
        if not isinstance(run, dict) or run.get("schema") != RUN_SCHEMA:
            raise NotARun(f"{self.folder} n'est pas un dossier de campagne ({RUN_SCHEMA} attendu)")
        return run

    def write_run(self, run: Mapping[str, Any]) -> None:
        write_json(self.folder / "run.json", {"schema": RUN_SCHEMA, **run})

    def verdict(self) -> dict[str, Any]:
        return dict(read_json(self.folder / "verdict.json"))

    def write_verdict(self, verdict: Mapping[str, Any]) -> None:
        write_json(self.folder / "verdict.json", verdict)


def har(observations: Sequence[Observation]) -> dict[str, Any]:
    """HAR 1.2 of a case's exchanges, for the tools people already have."""
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": "banc-fse", "version": "1"},
            "entries": [_entry(o) for o in observations if o.kind == "http"],
        }
    }


def _entry(o: Observation) -> dict[str, Any]:
    request, response = o.data["request"], o.data["response"]
    elapsed = float(o.data.get("duration_ms") or 0)
    query = request.get("query") or ""
    body = request.get("body")
    sent: dict[str, Any] = {
        "method": request["method"],
        "url": "http://fse.invalid" + request["path"] + (f"?{query}" if query else ""),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(request["headers"]),
        "queryString": [],
        "headersSize": -1,
        "bodySize": len(body.encode()) if isinstance(body, str) else 0,
    }
    if isinstance(body, str) and body:
        sent["postData"] = {"mimeType": request["headers"].get("content-type", ""), "text": body}
    answer = response.get("body")
    return {
        "startedDateTime": o.data.get("real_time") or "1970-01-01T00:00:00Z",
        "time": elapsed,
        "request": sent,
        "response": {
            "status": response["status"],
            "statusText": "",
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": _pairs(response["headers"]),
            "content": {
                "size": len(answer.encode()) if isinstance(answer, str) else 0,
                "mimeType": response["headers"].get("content-type", ""),
                **({"text": answer} if isinstance(answer, str) else {}),
            },
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": -1,
        },
        "cache": {},
        "timings": {"send": 0, "wait": elapsed, "receive": 0},
        "comment": f"{o.id} {o.label}",
    }


def _pairs(headers: Mapping[str, Any]) -> list[dict[str, str]]:
    return [{"name": name, "value": str(value)} for name, value in sorted(headers.items())]
