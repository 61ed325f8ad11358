"""A campaign: capabilities → plan → one pytest worker per lane → evidence on disk → verdict → manifest.

Events out, reporters in: the workers append to `events.jsonl`; whoever wants to show progress reads it.
Nothing here judges; `conformance.evidence.verdict.judge_run` does, from the stored files.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from client.bench import BenchClient
from conformance.evidence import manifest
from conformance.evidence.store import RunStore
from conformance.evidence.verdict import judge_run
from conformance.plan import plan
from conformance.profile import Profile
from conformance.requirements.catalogue import REVISION
from conformance.version import git_state, version

HERE = Path(__file__).parent
Event = Mapping[str, Any]
#: Seconds for a whole campaign, whatever its lanes: a harness that hangs is a fault, not a wait.
LIMIT_S = 1800
#: What `harness_exit` says when pytest ended quietly without playing a single case.
NOTHING_RAN = 70


@dataclass(frozen=True)
class Campaign:
    """What a campaign needs. `simulator` is the root URL; `nomenclature` None means the platform's current."""

    profile: Profile
    capabilities: Mapping[str, Any]
    simulator: str
    bench_token: str
    platform: Mapping[str, Any]
    folder: Path
    seed: str = "banc-fse"
    nomenclature: str | None = None
    only: tuple[str, ...] = ()
    command: str = "fse homologate"


def run(campaign: Campaign, on_event: Callable[[Event], None] = lambda event: None) -> tuple[Path, dict[str, Any]]:
    """Run it; the run folder and the verdict. A worker that dies leaves its cases *missing*, never silent."""
    store = RunStore(campaign.folder)
    campaign.folder.mkdir(parents=True, exist_ok=False)
    rows = [planned.as_json() for planned in plan(campaign.capabilities, campaign.only)]
    started = _now()
    head = _head(campaign, rows, started)
    store.write_run(head)
    on_event({"event": "planned", "cases": sum(row["applicable"] and row["selected"] for row in rows)})
    bench = BenchClient(campaign.simulator, campaign.bench_token)
    before = bench.refused_calls()["count"]
    code = _pytest(campaign, rows, on_event)
    refused = bench.refused_calls()
    bench.close()
    intruders = {"count": refused["count"] - before, "last": refused["last"]} if refused["count"] > before else None
    if code in (0, 1) and not store.cases():
        code = NOTHING_RAN
    store.write_run({**head, "finished_at": _now(), "harness_exit": code, "intruders": intruders})
    verdict = judge_run(store)
    for case in verdict["cases"]:
        if (store.case(case["case"]).folder / "case.json").is_file():
            _settle(store, case)
    store.write_verdict(verdict)
    manifest.write(campaign.folder)
    return campaign.folder, verdict


def _settle(store: RunStore, case: dict[str, Any]) -> None:
    """The case folder keeps the final verdict: after twins and waivers."""
    from conformance.evidence.store import write_json

    write_json(store.case(case["case"]).folder / "verdict.json", case)


def _head(campaign: Campaign, rows: list[dict[str, Any]], started: str) -> dict[str, Any]:
    capabilities = campaign.capabilities
    return {
        "run_id": campaign.folder.name,
        "started_at": started,
        "finished_at": None,
        "seed": campaign.seed,
        "suite": {"version": version(), "git": git_state(), "requirements": REVISION},
        "product": {key: capabilities[key] for key in ("product", "version", "editor")},
        "profile": campaign.profile.public(),
        "capabilities": dict(capabilities),
        "simulator": dict(campaign.platform),
        "lanes": len(campaign.profile.endpoints),
        "partial": bool(campaign.only),
        "plan": rows,
        "waivers": list(campaign.profile.waivers),
        "command": campaign.command,
    }


def _pytest(campaign: Campaign, rows: list[dict[str, Any]], on_event: Callable[[Event], None]) -> int:
    """Run the workers with the suite's own configuration; pytest's exit code, never shown to anyone."""
    lanes = len(campaign.profile.endpoints)
    settings = {
        "run": str(campaign.folder.resolve()),
        "endpoints": list(campaign.profile.endpoints),
        "deadline_s": campaign.profile.deadline_s,
        "client": campaign.profile.client,
        "simulator": campaign.simulator,
        "bench_token": campaign.bench_token,
        "pseudonym_key": secrets.token_hex(32),
        "seed": campaign.seed,
        "nomenclature": campaign.nomenclature,
        "plan": rows,
    }
    with tempfile.TemporaryDirectory(prefix="banc-fse-") as private:
        path = Path(private) / "campaign.json"
        path.touch(mode=0o600)
        path.write_text(json.dumps(settings), encoding="utf-8")
        command = [sys.executable, "-P", "-m", "pytest", "-c", str(HERE / "pytest.ini"), f"--rootdir={HERE}"]
        command += ["-p", "xdist", "-n", str(lanes), "--dist", "load"] if lanes > 1 else ["-p", "no:xdist"]
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
        environment |= {"FSE_CAMPAIGN": str(path)}
        with (Path(private) / "pytest.log").open("w+", encoding="utf-8") as log:
            process = subprocess.Popen(
                [*command, str(HERE / "steps")],
                stdout=log,
                stderr=subprocess.STDOUT,
                env=environment,
                cwd=private,
            )
            try:
                for event in _follow(campaign.folder / "events.jsonl", process):
                    on_event(event)
            finally:
                if process.poll() is None:
                    process.kill()
                code = process.wait()
            if code not in (0, 1) or not any(campaign.folder.glob("cases/*")):
                log.seek(0)
                with (campaign.folder / "harness.log").open("a", encoding="utf-8") as kept:
                    kept.write(log.read())
    return code


def _follow(path: Path, process: subprocess.Popen[bytes]) -> Iterator[Event]:
    """The events of the workers as they come, until the process ends or its time is over."""
    limit = time.monotonic() + LIMIT_S
    position = 0
    while True:
        ended = process.poll() is not None or time.monotonic() > limit
        if path.is_file():
            with path.open("rb") as stream:
                stream.seek(position)
                block = stream.read()
            complete = block[: block.rfind(b"\n") + 1]
            position += len(complete)
            for line in complete.splitlines():
                yield json.loads(line)
        if ended:
            return
        time.sleep(0.1)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def new_folder(root: Path) -> Path:
    """A fresh run folder name below `root`: instant of the machine and four hex digits."""
    return root / f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
