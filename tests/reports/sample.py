"""A realistic run on disk, for the tests of the reports and for looking at the page.

`make_run(folder)` writes the nine cases of `sample.yaml`, one per interesting verdict, with a PDF and a PNG
drawn here; `copies` repeats them for size and speed. By hand: `python -m tests.reports.sample FOLDER`.
"""

from __future__ import annotations

import io
import json
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import segno
import yaml
from PIL import Image, ImageDraw

from conformance.evidence import manifest
from conformance.evidence.store import write_json

#: What a malicious software would try in every text it controls.
SCRIPT = "<script>alert('fse')</script><img src=x onerror=alert(1)>"
LYING = "Montant \u202e00.65 DH\u2028fin \ud800"
NUMBER = "2604817390552494"
Json = dict[str, Any]


def make_run(folder: Path, copies: int = 1, sealed: bool = True) -> Path:
    """Writes a run and returns its folder; `sealed` adds the manifest."""
    content = _content()
    judged: list[Json] = []
    plan: list[Json] = []
    for copy in range(copies):
        for name, told in content["cases"].items():
            case = f"{name}-{copy}" if copy else name
            plan.append(_planned(case, told))
            judged.append(_judged(case, told, content))
            if "seen" in told:
                _write_case(folder / "cases" / case, case, told, judged[-1], content)
    write_json(folder / "run.json", _run(plan, folder.name))
    write_json(folder / "verdict.json", _verdict(judged, content))
    if sealed:
        manifest.write(folder)
    return folder


@cache
def prescription_pdf() -> bytes:
    """A one-page A4 prescription, drawn here."""
    page = Image.new("L", (1240, 1754), 255)
    draw = ImageDraw.Draw(page)
    draw.text((120, 110), "Dr Salma Bennani - INPE 100000011", fill=0, font_size=34)
    draw.text((120, 165), "Cabinet Bennani, Kenitra", fill=70, font_size=28)
    draw.text((120, 330), "ORDONNANCE", fill=0, font_size=52)
    for rank, line in enumerate(("1. Amoxiline 500 mg - 2 boites", "2. Paracetine 1 g - 1 boite")):
        draw.text((120, 460 + 110 * rank), line, fill=0, font_size=34)
        draw.text((160, 505 + 110 * rank), "1 matin et soir, 7 jours", fill=70, font_size=28)
    with Image.open(io.BytesIO(qr_png(8))) as code:
        page.paste(code.convert("L"), (120, 1180))
    draw.text((620, 1270), "2604 8173 9055 2494", fill=0, font_size=44)
    draw.text((620, 1340), "ABCD-EFGH-J", fill=0, font_size=40)
    draw.text((120, 1640), "SPECIMEN - environnement de test", fill=90, font_size=30)
    sink = io.BytesIO()
    page.save(sink, "PDF", resolution=150)
    return sink.getvalue()


@cache
def qr_png(scale: int = 6) -> bytes:
    """The QR of a sheet, as a PNG."""
    sink = io.BytesIO()
    segno.make("FSE1:7WJ4K2P9Q0T5M3", error="m", mask=3).save(sink, kind="png", scale=scale, border=4)
    return sink.getvalue()


def _content() -> Json:
    raw = Path(__file__).with_name("sample.yaml").read_text(encoding="utf-8")
    content: Json = _spoken(yaml.load(raw, yaml.CSafeLoader))
    return content


def _spoken(value: Any) -> Any:
    """The content with the hostile texts in their places."""
    if isinstance(value, dict):
        return {key: _spoken(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_spoken(item) for item in value]
    return value.replace("HOSTILE", SCRIPT).replace("LYING", LYING) if isinstance(value, str) else value


def _run(plan: list[Json], run_id: str) -> Json:
    return {
        "schema": "banc-fse/run/1",
        "run_id": run_id,
        "started_at": "2026-11-23T08:12:04Z",
        "finished_at": "2026-11-23T08:12:41Z",
        "seed": "banc-fse",
        "suite": {"version": "0.1.0", "git": "4e6baa0c1234567890", "requirements": "2026.1"},
        "product": {"product": "Officine Plus", "version": "4.2.1", "editor": f"Maghreb {SCRIPT}"},
        "capabilities": {"professions": ["prescriber", "pharmacy"]},
        "simulator": {
            "name": "banc-fse",
            "version": "0.1.0",
            "issuer_base": "http://127.0.0.1:8700",
            "nomenclature": {"version": "synthetic-2026", "rows": 120},
        },
        "lanes": 2,
        "plan": plan,
        "command": "fse homologate --profile officine.toml",
        "waivers": [
            {
                "check": "reason-shown",
                "cause": "Correctif livré dans la 4.3, en recette.",
                "ticket": "OFF-1841",
                "owner": "Nadia Chraibi",
                "expires": "2027-01-01",
            }
        ],
    }


def _planned(case: str, told: Json) -> Json:
    return {
        "case": case,
        "feature": told["feature"],
        "scenario": told["title"],
        "tags": ["pharmacy"],
        "requirements": sorted({check["requirement"] for check in told.get("checks", [])}),
        "profession": "pharmacy",
        "nature": "adverse" if "twin" in told else "nominal",
        "twin": told.get("twin"),
        "differs": "/scan/signature" if "twin" in told else None,
        "applicable": "why_not" not in told,
        "why_not": told.get("why_not"),
        "selected": True,
    }


def _judged(case: str, told: Json, content: Json) -> Json:
    blank: Json = {"cause": "", "next": "", "references": [], "waived": None}
    checks = [
        {**blank, **check, "keyword": content["requirements"][check["requirement"]][0]}
        for check in told.get("checks", [])
    ]
    reason = told.get("reason") or told.get("why_not")
    return {"case": case, "verdict": told["verdict"], "reason": reason, "checks": checks}


def _verdict(judged: list[Json], content: Json) -> Json:
    checks = [(case["case"], check) for case in judged for check in case["checks"]]
    order = ["crashed", "failed", "inconclusive", "warning", "passed"]
    bases: dict[str, Counter[str]] = {"wire": Counter(), "declared": Counter(), "human": Counter()}
    for _, check in checks:
        bases[check["basis"]][check["verdict"]] += 1
    requirements = []
    for name, (keyword, fidelity, source, sentence) in content["requirements"].items():
        own = [(case, check) for case, check in checks if check["requirement"] == name]
        why = content["not_tested"].get(name)
        found = sorted((check["verdict"] for _, check in own), key=order.index)
        requirements.append(
            {
                "id": name,
                "keyword": keyword,
                "sentence": sentence,
                "source": source,
                "fidelity": fidelity,
                "not_tested": why,
                "verdict": found[0] if found else "not_tested" if why else "missing",
                "cases": list(dict.fromkeys(case for case, _ in own)),
                "checks": sorted({check["check"] for _, check in own}),
            }
        )
    return {
        "run": {"verdict": "non_conformant", "exit_code": 1},
        "totals": {
            "cases": Counter(case["verdict"] for case in judged),
            "checks": Counter(check["verdict"] for _, check in checks),
            "by_basis": bases,
        },
        "requirements": requirements,
        "cases": judged,
    }


def _write_case(place: Path, case: str, told: Json, judged: Json, content: Json) -> None:
    steps = [text.split(" ", 1) for text in content["steps"]]
    (place / "files").mkdir(parents=True)
    (place / "files" / "ordonnance.pdf").write_bytes(prescription_pdf())
    (place / "files" / "scan.png").write_bytes(qr_png())
    meta = {
        "case": case,
        "opaque_id": "9f3c51d0a7be2240",
        "title": told["title"],
        "feature": told["feature"],
        "tags": ["pharmacy"],
        "steps": [{"keyword": word, "text": text, "duration_ms": 12.4} for word, text in steps],
        "lane": 1,
        "world": {"id": "w-3f9c", "seed": f"banc-fse/{case}", "issuer": "http://127.0.0.1:8700/w/w-3f9c"},
        "started_at": "2026-11-23T08:12:05.120Z",
        "duration_ms": 842,
        "stimuli": {"beneficiary": "adult", "scan": {"signature": "altered" if "twin" in told else "good"}},
        "outcome": told.get("outcome"),
        "error": None,
    }
    # Written without the store's strictness: a lone surrogate must reach the disk as an escape.
    (place / "case.json").write_text(json.dumps(meta), encoding="utf-8")
    (place / "observations.json").write_text(json.dumps(_observations(told, content)), encoding="utf-8")
    (place / "verdict.json").write_text(json.dumps(judged), encoding="utf-8")


def _observations(told: Json, content: Json) -> list[Json]:
    seen: list[Json] = [
        {"kind": "world", "label": "set-up", "data": {"now": "2026-11-23T09:00:00Z"}},
        {"kind": "driver", "label": "reset", "data": {"action": "reset", "outcome": {"status": "completed"}}},
        {"kind": "driver", "label": "configure", "data": {"action": "configure", "outcome": {"status": "completed"}}},
    ]
    for group in told["seen"]:
        action = f"o{len(seen) + 1}"
        for entry in content["observations"][group]:
            shown = _observation(entry)
            seen.append(shown if shown["kind"] == "driver" else {**shown, "during": action})
    return [{"at": "2026-11-23T08:12:05.300Z", "id": f"o{n}", **o} for n, o in enumerate(seen, 1)]


def _observation(entry: Json) -> Json:
    if entry["kind"] == "http":
        method, path = entry["request"].split(" ")
        data: Json = {
            "seq": 1,
            "world_time": "2026-11-23T09:00:00Z",
            "duration_ms": 9.2,
            "operation": None,
            "request": {
                "method": method,
                "path": path,
                "query": "",
                "headers": {"user-agent": "OfficinePlus/4.2.1 Maghreb/officine", "authorization": "psn:token:91"},
                "body": '{"beneficiary":{"registration_number":"100000001","dependant_rank":0},"fee":56.10}',
            },
            "response": {
                "status": entry["status"],
                "headers": {"content-type": "application/json"},
                "body": json.dumps(entry["answer"], ensure_ascii=False),
            },
            "problem": entry["answer"].get("code"),
        }
        return {"kind": "http", "label": "software", "data": data}
    if entry["kind"] == "state":
        return {"kind": "state", "label": entry["label"], "data": _state(entry["state"])}
    return dict(entry)


def _state(line: list[str] | None) -> Json:
    if line is None:
        return {"now": "2026-11-23T09:00:00Z", "care_sheets": []}
    section = {"type": "pharmacy", "lines": [{"line": 1, "state": line[0], "remaining": line[1]}], "lease": None}
    return {
        "now": "2026-11-23T09:00:00Z",
        "care_sheets": [{"number": NUMBER, "status": "issued", "sections": [section]}],
    }


if __name__ == "__main__":
    print(make_run(Path(sys.argv[1]), copies=int(sys.argv[2]) if len(sys.argv) > 2 else 1))
