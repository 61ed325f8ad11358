"""`premiere-heure.http`: its requests, in order, against a real simulator. Editors that read it are not run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import httpx

from client.launch import simulator

FILE = Path(__file__).resolve().parents[2] / "docs" / "exemples" / "premiere-heure.http"
_REQUEST = re.compile(r"# @name (\w+)\n([A-Z]+) (\S+)\n((?:[\w-]+: .*\n)+)(?:\n([\s\S]*))?")


def test_each_request_of_the_file_is_answered_as_it_says() -> None:
    assert played() == "59.22"


def test_each_request_is_answered_on_another_list_of_medicines(tmp_path: Path) -> None:
    listed = tmp_path / "liste.csv"
    listed.write_text("ean13;nom;dci;ppv;base;taux\n6119990000038;GAMMA;C;20,00;18,00;70\n", encoding="utf-8")
    assert played("--medicines", str(listed)) == "25.20"


def played(*options: str) -> str:
    """What the CNSS pays in the end, MAD."""
    head, *parts = re.split(r"^### .*\n", FILE.read_text(encoding="utf-8"), flags=re.M)
    values: dict[str, Any] = dict(re.findall(r"^@(\w+) = (.*)$", head, re.M))
    answers: dict[str, Any] = {}

    def value(found: re.Match[str]) -> str:
        name, _, path = found[1].partition(".response.body.$.")
        reached = answers[name] if path else values[name]
        for member in re.findall(r"[^.\[\]]+", path):
            reached = reached[int(member) if member.isdigit() else member]
        return str(reached)

    with simulator(*options) as running, httpx.Client(trust_env=False) as http:
        values |= {"fse": running.url, "jetonDuBanc": running.bench_token}
        for part in parts:
            found = _REQUEST.match(re.sub(r"\{\{([^}]+)\}\}", value, part))
            assert found, part
            headers = dict(line.split(": ", 1) for line in found[4].splitlines())
            answer = http.request(found[2], found[3], headers=headers, content=(found[5] or "").strip())
            assert answer.status_code < 300, answer.text
            answers[found[1]] = answer.json()
    return str(answers["demande"]["totals"]["cnss_share"])
