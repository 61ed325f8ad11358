"""The virtual users, run by Locust in a process of its own (``python -m locust -f load/swarm.py``).

Prescribers issue at a steady pace; each sheet goes through an in-process queue to a pharmacist who
resolves, holds, executes and reads the claim. One journey without incident is eight requests. A share of
the sheets is shown at two counters at once and a share of the executions is sent twice with the same key:
what a platform must survive.

Nothing of `fse` imports this module: gevent patches the process it lives in.
"""

from __future__ import annotations

import json
import time
from decimal import Decimal
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import gevent
from gevent.queue import Empty
from locust import constant, constant_throughput, events, task
from locust.exception import StopUser

from load.plan import PATIENTS
from load.professional import PLAN, SCENE, Professional

RIVAL_REFUSALS = frozenset({409, 412, 423})
"""What the second counter may be told about a sheet that another one holds or has just executed."""


class Prescriber(Professional):
    role = "prescriber"
    fixed_count = PLAN.prescribers
    wait_time = constant_throughput(1 / PLAN.period_s)

    def on_start(self) -> None:
        super().on_start()
        gevent.sleep(self.rank * PLAN.period_s / PLAN.prescribers)

    @task
    def consult(self) -> None:
        if SCENE.over():
            raise StopUser()
        number, rank = self.draw.choice(PATIENTS)
        patient = {"registration_number": number, "dependant_rank": rank}
        today = self.today()
        self.ask("check-rights", "POST", "/v1/rights-checks", {"beneficiary": patient, "date_of_care": today})
        issued = self.ask(
            "issue-care-sheet",
            "POST",
            "/v1/care-sheets",
            self.sheet(patient, today),
            headers={"Idempotency-Key": self.key()},
        )
        if issued is None:
            return
        sheet = issued.json()
        SCENE.ledger.sheets.add(sheet["number"])
        rivals = self.draw.random() < PLAN.contention
        for _ in range(2 if rivals else 1):
            SCENE.queue.put({"number": sheet["number"], "scan": sheet["qr"]["payload"], "rivals": rivals})
        self.ask("read-care-sheet", "GET", f"/v1/care-sheets/{sheet['number']}")
        if sheet["claims"]:
            self.ask("read-claim", "GET", f"/v1/claims/{sheet['claims'][0]['id']}")

    def today(self) -> str:
        """The world's day, asked once: a run lasts an hour at most and starts in the morning."""
        if not hasattr(self, "_today"):
            health = self.ask("health", "GET", "/v1/health")
            self._today = health.json()["time"][:10] if health is not None else "2026-11-23"
        return self._today

    def sheet(self, patient: dict[str, Any], today: str) -> dict[str, Any]:
        lines = [
            {
                "ean13": medicine["ean13"],
                "quantity": str(self.draw.randint(1, 2)),
                "unit": "box",
                "posology": "1 prise matin et soir",
                "duration_days": 7,
                "substitution_allowed": False,
            }
            for medicine in self.draw.sample(PLAN.medicines, 3)
        ]
        return {
            "date_of_care": today,
            "beneficiary": patient,
            "care_setting": "ambulatory",
            "rights_acknowledged": False,
            "sections": [
                {"type": "prescriber", "lines": [{"act_code": "C", "quantity": "1", "charged": "150.00"}]},
                {"type": "pharmacy", "lines": lines},
            ],
        }


class Pharmacist(Professional):
    role = "pharmacy"
    fixed_count = PLAN.pharmacists
    wait_time = constant(0)
    prices = {medicine["ean13"]: Decimal(medicine["ppv"]) for medicine in PLAN.medicines}  # noqa: RUF012

    @task
    def dispense(self) -> None:
        try:
            ticket = SCENE.queue.get(timeout=1)
        except Empty:
            return
        SCENE.busy += 1
        try:
            self.serve(ticket)
        finally:
            SCENE.busy -= 1

    def serve(self, ticket: dict[str, Any]) -> None:
        allowed = RIVAL_REFUSALS if ticket["rivals"] else frozenset()
        resolved = self.ask(
            "resolve", "POST", "/v1/resolutions", {"scan": ticket["scan"], "hold": True}, allowed=allowed
        )
        if resolved is None:
            return
        found, number = resolved.json(), ticket["number"]
        first = found["section"]["lines"][0]["ean13"]
        self.ask("list-medicines", "GET", f"/v1/nomenclature/medicines?ean13={first}")
        lines = [
            {
                "line": line["line"],
                "outcome": "executed",
                "quantity": line["remaining"],
                "ean13": line["ean13"],
                "charged": str(self.prices[line["ean13"]] * Decimal(line["remaining"])),
            }
            for line in found["section"]["lines"]
            if Decimal(line["remaining"]) > 0
        ]
        now = parsedate_to_datetime(resolved.headers["Date"]).strftime("%Y-%m-%dT%H:%M:%SZ")
        body = {"performed_at": now, "lines": lines}
        path = f"/v1/care-sheets/{number}/sections/pharmacy/executions"
        once = {
            "Idempotency-Key": self.key(),
            "If-Match": f'"{found["revision"]}"',
            "FSE-Lease": found["lease"]["id"],
        }
        self.status = 0
        done = self.ask("execute", "POST", path, body, allowed=allowed, headers=once)
        if done is None:
            if self.status == 0 or self.status >= 500:
                SCENE.ledger.in_doubt[number] += 1
            return
        told = done.json()
        SCENE.ledger.executions[told["id"]] = {
            "number": number,
            "section": "pharmacy",
            "lines": {str(line["line"]): line["quantity"] for line in lines},
        }
        if self.draw.random() < PLAN.replay:
            self.again(path, body, once, told["id"])
        self.ask("read-claim", "GET", f"/v1/claims/{told['claim']['id']}")

    def again(self, path: str, body: dict[str, Any], once: dict[str, str], first: str) -> None:
        """The same execution with the same key must bring the stored answer back."""

        def stored(answer: Any) -> str | None:
            same = answer.json()["id"] == first and answer.headers.get("Idempotent-Replayed") == "true"
            return None if same else "rejeu avec la même clé : une autre réponse est revenue"

        self.ask("execute-replay", "POST", path, body, headers=once, verify=stored)


@events.test_start.add_listener  # type: ignore[untyped-decorator]
def _conduct(environment: Any, **_: Any) -> None:
    """Stop when the time is over and every sheet on its way has been served, or the grace is spent."""
    SCENE.started = time.monotonic()

    def watch() -> None:
        gevent.sleep(PLAN.duration_s)
        limit = time.monotonic() + PLAN.drain_s
        while time.monotonic() < limit and (len(SCENE.queue) or SCENE.busy):
            gevent.sleep(0.1)
        gevent.sleep(0.2)
        environment.runner.quit()

    gevent.spawn(watch)


@events.quitting.add_listener  # type: ignore[untyped-decorator]
def _report(environment: Any, **_: Any) -> None:
    stats = environment.stats
    outcome = {
        "elapsed_s": SCENE.last_answer - SCENE.started,
        "unserved": len(SCENE.queue),
        "rivals_refused": SCENE.rivals_refused,
        "operations": [
            {
                "operation": entry.name,
                "requests": entry.num_requests,
                "failures": entry.num_failures,
                "p50_ms": entry.get_response_time_percentile(0.5),
                "p95_ms": entry.get_response_time_percentile(0.95),
                "p99_ms": entry.get_response_time_percentile(0.99),
                "max_ms": entry.max_response_time,
            }
            for entry in sorted(stats.entries.values(), key=lambda entry: str(entry.name))
        ],
        "errors": [{"operation": e.name, "error": str(e.error), "times": e.occurrences} for e in stats.errors.values()],
        "ledger": SCENE.ledger.as_json(),
    }
    Path(PLAN.outcome).write_text(json.dumps(outcome), encoding="utf-8")
