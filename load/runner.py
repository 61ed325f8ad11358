"""One load run, from the plan to the result on disk. Locust runs as a program: gevent never enters this
process.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from client.bench import BenchClient
from load.invariants import Ledger, judge
from load.plan import PLAN_VARIABLE, Plan, prepare
from load.profile import Profile, ProfileError
from load.verdict import result

SWARM = Path(__file__).with_name("swarm.py")


class HarnessFault(Exception):
    """The load generator itself failed; the message is French and carries its last words."""


def run(
    profile: Profile, bench: BenchClient, *, seed: str, runs: Path, command: str, say: Callable[[str], None]
) -> tuple[dict[str, Any], Path]:
    """Play `profile` in a new world of the simulator behind `bench`; answers the result and the folder it
    is in. Raises ProfileError when nothing can be written below `runs`, before anything is played.
    """
    started = dt.datetime.now(dt.UTC)
    folder = runs / f"load-{started:%Y%m%d-%H%M%S}-{profile.id}-{os.getpid()}"
    try:
        folder.mkdir(parents=True)
    except OSError:
        raise ProfileError(f"Le dossier « {runs} » ne peut rien recevoir : choisir un autre --runs.") from None
    with tempfile.TemporaryDirectory(prefix="banc-fse-load-") as scratch:
        outcome_file = Path(scratch) / "outcome.json"
        plan = prepare(bench, profile, seed, outcome_file)
        plan.write(Path(scratch) / "plan.json")
        say(
            f"{profile.title} : {profile.requests_per_second:g} requêtes/s pendant {profile.duration_s} s,"
            f" {plan.prescribers} prescripteurs et {plan.pharmacists} pharmaciens simulés…"
        )
        _swarm(plan, Path(scratch) / "plan.json", folder / "locust.log")
        if not outcome_file.is_file():
            raise HarnessFault(f"Le générateur de charge n'a rien rendu. Voir {folder / 'locust.log'}.")
        outcome = json.loads(outcome_file.read_text(encoding="utf-8"))
    say("Charge terminée ; lecture de l'état du monde et vérification des invariants…")
    judged = judge(bench.state(plan.world), Ledger.from_json(outcome["ledger"]))
    document = result(
        profile,
        outcome,
        judged,
        run_id=folder.name,
        command=command,
        seed=seed,
        started_at=f"{started:%Y-%m-%dT%H:%M:%SZ}",
        simulator={"issuer": plan.issuer, "world": plan.world},
    )
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, indent=1)
    (folder / "result.json").write_text(text + "\n", encoding="utf-8")
    return document, folder


def _swarm(plan: Plan, plan_file: Path, log: Path) -> None:
    users = plan.prescribers + plan.pharmacists
    limit = plan.duration_s + plan.drain_s + 20
    command = [
        sys.executable, "-P", "-m", "locust", "-f", str(SWARM), "--headless", "--skip-log-setup",
        "--only-summary",
        "--users", str(users), "--spawn-rate", str(users), "--run-time", f"{limit}s", "--stop-timeout", "5",
        "--exit-code-on-error", "0",
    ]  # fmt: skip
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, PLAN_VARIABLE: str(plan_file)},
        )
        try:
            code = process.wait(limit + 30)
        except subprocess.TimeoutExpired:
            raise HarnessFault(f"Le générateur de charge ne s'est pas arrêté en {limit + 30} s.") from None
        finally:
            if process.poll() is None:
                process.kill()
                process.wait(5)
    if code != 0:
        raise HarnessFault(f"Le générateur de charge a fini avec le code {code}. Voir {log}.")
