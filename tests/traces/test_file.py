"""A trace as a file: what is broken is told in French, with its place; nothing unbounded is read."""

from __future__ import annotations

import copy
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import traces.file
from tests.traces.remake import LITTLE
from traces.file import BrokenTrace, _validator, read, text, write

TRACE = json.loads(LITTLE.read_text(encoding="utf-8"))


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(_validator().schema)


@pytest.mark.parametrize("name", ["t.json", "t.json.gz"])
def test_what_is_written_is_read(tmp_path: Path, name: str) -> None:
    sizes = [write(tmp_path / name, TRACE), write(tmp_path / name, TRACE)]
    assert read(tmp_path / name) == TRACE and sizes[0] == sizes[1] == (tmp_path / name).stat().st_size
    assert text(TRACE) == LITTLE.read_text(encoding="utf-8")


def _without(name: str) -> Callable[[Any], None]:
    return lambda trace: trace.pop(name)


def _in_step(rank: int, **change: Any) -> Callable[[Any], None]:
    return lambda trace: trace["steps"][rank].update(change)


OUT = {"operation": "delete-world", "method": "DELETE", "path": "/../autre", "body": None}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_without("format"), "« format » vaut None"),
        (_without("clients"), "/ : il manque « clients »"),
        (_in_step(1, at="hier"), "/steps/1/at : forme inattendue"),
        (_in_step(1, at=3), "/steps/1/at : un texte est attendu"),
        (_in_step(0, quoi=1), "/steps/0 : « quoi » n'est pas connu"),
        (_in_step(0, bench={**OUT, "path": "/x"}), "/steps/0 : une étape est une requête"),
        (lambda trace: trace["steps"].append({"at": trace["world"]["start"], "bench": OUT}), "/bench/path : forme"),
        (lambda trace: trace["world"].update(seed="x" * 201), "/world/seed : 200 au plus"),
    ],
)
def test_a_broken_trace_says_where(tmp_path: Path, change: Callable[[Any], None], said: str) -> None:
    trace = copy.deepcopy(TRACE)
    change(trace)
    file = tmp_path / "t.json"
    file.write_text(json.dumps(trace), encoding="utf-8")
    with pytest.raises(BrokenTrace) as told:
        read(file)
    assert said in str(told.value) and "t.json" in str(told.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "ligne 1 : ce n'est pas du JSON"),
        (b"\xff\xfe", "n'est pas un texte UTF-8"),
        (b"[" * 200_000, "trop de niveaux"),
        (b"[]", "un objet est attendu"),
        (b"1" * 5_000, "nombre"),
        (b'{"world": {"seed": "\\ud800"}}', "une moitié de caractère"),
        (b"\x1f\x8babc", "gzip abîmée"),
        (gzip.compress(b"x" * 300_000), "dépasse"),
        (b"x" * 300_000, "dépasse"),
    ],
    ids=["cut", "binary", "deep", "list", "long number", "half a character", "broken gzip", "gzip bomb", "large"],
)
def test_what_is_no_trace_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, said: str
) -> None:
    monkeypatch.setattr(traces.file, "MOST_BYTES", 250_000)
    file = tmp_path / "t"
    file.write_bytes(content)
    with pytest.raises(BrokenTrace, match=said):
        read(file)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BrokenTrace, match="ne se lit pas"):
        read(tmp_path / "absent")
    with pytest.raises(BrokenTrace, match="ne s'écrit pas"):
        write(tmp_path / "absent" / "t.json", TRACE)


def test_what_would_not_be_read_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    size = len(text(TRACE).encode())
    monkeypatch.setattr(traces.file, "MOST_BYTES", size)
    assert write(tmp_path / "t.json.gz", TRACE) < size
    monkeypatch.setattr(traces.file, "MOST_BYTES", size - 1)
    with pytest.raises(BrokenTrace, match="dépasse"):
        write(tmp_path / "u.json.gz", TRACE)
    assert not (tmp_path / "u.json.gz").exists()
