"""One fuzz run: prepare the cast, start the Schemathesis process, read its findings."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from client.bench import BenchClient
from conformance.fuzz.cast import CAST_VARIABLE, Cast, prepare

CONFIG = Path(__file__).with_name("schemathesis.toml")
PHASES = "examples,coverage,fuzzing,stateful"


class FuzzFault(Exception):
    """The fuzz could not do its job; the message is French and carries the engine's last words."""


@dataclass(frozen=True)
class Outcome:
    """findings: {operation, check, message, status, curl}; errors: operations that could not be tried."""

    cases: int
    operations: list[str]
    findings: list[dict[str, Any]]
    errors: list[dict[str, str]]


def run(bench: BenchClient, *, seed: int, max_examples: int, patience_s: int = 300) -> Outcome:
    """Fuzz the published OpenAPI of the simulator behind `bench`, in a new world. Raises `FuzzFault`."""
    with tempfile.TemporaryDirectory(prefix="banc-fse-fuzz-") as scratch:
        cast = prepare(bench, f"fuzz-{seed}", Path(scratch) / "findings.json")
        cast.write(Path(scratch) / "cast.json")
        return throw(f"{bench.url}/openapi.json", cast, Path(scratch), seed, max_examples, patience_s)


def throw(schema: str, cast: Cast, scratch: Path, seed: int, max_examples: int, patience_s: int) -> Outcome:
    """Start the Schemathesis process on a schema with a cast written as ``scratch/cast.json``."""
    command = [
        sys.executable, "-P", "-m", "conformance.fuzz.engine", "--config-file", str(CONFIG), "run", schema,
        "--url", cast.issuer, "--phases", PHASES, "--seed", str(seed),
        "--max-examples", str(max_examples), "--generation-database", "none",
        "--continue-on-failure", "--output-sanitize", "false", "--suppress-health-check", "all",
        "--warnings", "off", "--request-timeout", "10", "--workers", "1", "--no-color",
    ]  # fmt: skip
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=patience_s,
            env={**os.environ, CAST_VARIABLE: str(scratch / "cast.json")},
            cwd=scratch,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise FuzzFault(f"le fuzz n'a pas fini en {patience_s} s ; réduisez --max-examples") from None
    findings = Path(cast.findings)
    if not findings.is_file():
        raise FuzzFault(_last_words(done.stdout + done.stderr))
    found = json.loads(findings.read_text(encoding="utf-8"))
    if found["fatal"] or not found["operations"] or done.returncode not in (0, 1):
        reason = found["fatal"] or json.dumps(found["errors"][:2], ensure_ascii=False)
        raise FuzzFault(f"{reason} {_last_words(done.stdout)}")
    return Outcome(found["cases"], found["operations"], found["findings"], found["errors"])


def _last_words(text: str) -> str:
    return " / ".join([line.strip() for line in text.splitlines() if line.strip()][-4:])
