"""The pytest plugin of a campaign: one lane per worker, one case per test, the engine sets the outcome.

Loaded by `conformance.campaign` with the suite's own configuration, never the caller's. What a worker needs
comes in a private file named by `FSE_CAMPAIGN` (the bench token is in it; it is not part of the evidence).
"""

from __future__ import annotations

import json
import os
import time
import traceback
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest

from client.api import Software
from client.bench import BenchClient
from client.http import PlatformUnreachable
from conformance.drivers.contract import Nonsense
from conformance.drivers.http import DriverDown, DriverLate, HttpDriver
from conformance.evidence.engine import judge_case
from conformance.evidence.model import GRAVITY, CaseVerdict, Verdict
from conformance.evidence.pseudonyms import Pseudonyms
from conformance.evidence.store import RunStore
from conformance.steps.case import Case, Impossible, Wiring

pytest_plugins = ["conformance.steps.given", "conformance.steps.when", "conformance.steps.then"]

CASE = pytest.StashKey[Case]()
ROW = pytest.StashKey[dict[str, Any]]()
SETTINGS = pytest.StashKey[dict[str, Any]]()
WIRING = pytest.StashKey[Wiring]()


def pytest_configure(config: pytest.Config) -> None:
    """Read the campaign; open this worker's lane."""
    config.stash[SETTINGS] = json.loads(Path(os.environ["FSE_CAMPAIGN"]).read_text(encoding="utf-8"))


def _wiring(config: pytest.Config) -> Wiring:
    """This worker's lane, opened at its first case: the worker gwN drives the endpoint N."""
    if WIRING not in config.stash:
        settings = config.stash[SETTINGS]
        worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
        lane = int(worker.removeprefix("gw")) % len(settings["endpoints"])
        config.stash[WIRING] = Wiring(
            driver=HttpDriver(settings["endpoints"][lane], settings["deadline_s"]),
            bench=BenchClient(settings["simulator"], settings["bench_token"]),
            suite=Software("banc-suite", "suite-1"),
            client=settings["client"],
            pseudonyms=Pseudonyms(bytes.fromhex(settings["pseudonym_key"])),
            seed=settings["seed"],
            nomenclature=settings["nomenclature"],
            lane=lane,
        )
    return config.stash[WIRING]


@pytest.hookimpl(tryfirst=True)
def pytest_bdd_apply_tag(tag: str, function: Callable[..., Any]) -> bool:
    """Tags are the plan's, not pytest's: keep them off the marks, beside the test."""
    function.__dict__.setdefault("fse_tags", set()).add(tag)
    return True


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the cases of the plan that are applicable and asked for."""
    rows = {row["case"]: row for row in config.stash[SETTINGS]["plan"]}
    kept: list[pytest.Item] = []
    for item in items:
        tags: set[str] = getattr(getattr(item, "function", None), "fse_tags", set())
        case = next((tag for tag in tags if tag.startswith("CAS-")), "")
        row = rows.get(case)
        if row and row["applicable"] and row["selected"]:
            item.stash[ROW] = row
            kept.append(item)
    items[:] = kept


@pytest.fixture
def case(request: pytest.FixtureRequest) -> Case:
    """The case of this test, for its steps."""
    return request.node.stash[CASE]  # type: ignore[no-any-return]


def pytest_bdd_before_step(step: Any, request: pytest.FixtureRequest) -> None:
    request.node.stash[CASE].steps.append({"keyword": step.keyword, "text": step.name, "began": time.monotonic()})


def pytest_bdd_after_step(step: Any, request: pytest.FixtureRequest) -> None:
    _end_step(request.node.stash[CASE])


def _end_step(case: Case) -> None:
    if case.steps and "began" in case.steps[-1]:
        case.steps[-1]["duration_ms"] = round((time.monotonic() - case.steps[-1].pop("began")) * 1000, 1)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Open the world, let the steps run, store, judge from what was stored, and set the outcome."""
    settings = item.config.stash[SETTINGS]
    row: dict[str, Any] = item.stash[ROW]
    store = RunStore(Path(settings["run"])).case(row["case"])
    case = item.stash[CASE] = Case(row, _wiring(item.config), store)
    _event(settings, {"event": "started", "case": case.row["case"]})
    outcome = error = None
    try:
        case.open()
        yield
    except (DriverDown, Nonsense) as fault:
        outcome, error = "crashed", str(fault)
    except DriverLate as fault:
        outcome, error = "timed_out", str(fault)
    except PlatformUnreachable as fault:
        outcome, error = "harness_fault", f"simulateur : {fault}"
    except Impossible as fault:
        outcome, error = "harness_fault", f"étape impossible : {fault}"
    except Exception as fault:
        outcome, error = "harness_fault", f"{type(fault).__name__} : {fault}"
        _log(settings, case, traceback.format_exc())
    _end_step(case)
    case.close(outcome, error)
    verdict = judge_case(store)
    store.write_verdict(verdict)
    _event(
        settings,
        {
            "event": "judged",
            "case": verdict.case,
            "title": case.row["scenario"],
            "verdict": str(verdict.verdict),
            "lane": case.wiring.lane,
            "why": _why(verdict) if verdict.verdict not in (Verdict.PASSED, Verdict.WARNING) else [],
        },
    )
    if verdict.verdict not in (Verdict.PASSED, Verdict.WARNING):
        pytest.fail("\n".join(_why(verdict)), pytrace=False)


def _why(verdict: CaseVerdict) -> list[str]:
    """At most three lines that say why a case is not simply passed, the gravest check first."""
    bad = sorted((j for j in verdict.checks if j.verdict is not Verdict.PASSED), key=lambda j: GRAVITY.index(j.verdict))
    lines = [f"{j.check} : attendu {j.expected} ; reçu {j.received}" for j in bad]
    more = [f"… et {len(lines) - 3} autre(s) vérification(s)"] if len(lines) > 3 else []
    return [*([verdict.reason] if verdict.reason else []), *dict.fromkeys(lines[:3]), *more]


def _event(settings: dict[str, Any], event: dict[str, Any]) -> None:
    """One line of the run's event stream; small enough to be appended whole by several workers."""
    with Path(settings["run"], "events.jsonl").open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(event, ensure_ascii=False) + "\n")


def _log(settings: dict[str, Any], case: Case, text: str) -> None:
    with Path(settings["run"], "harness.log").open("a", encoding="utf-8") as stream:
        stream.write(f"{case.row['case']}\n{text}\n")
