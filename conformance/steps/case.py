"""One case being run: its world, its stimuli, what was seen, what was asked of it.

Steps call `act` (drive and observe) and `then` (append a check); nothing here judges. `close` stores the
observations, credentials already replaced; the engine reads them back from disk.
"""

from __future__ import annotations

import base64
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from client.api import FseClient, Software
from client.bench import BenchClient
from conformance.drivers.http import HttpDriver
from conformance.evidence.model import Appended, Kind, Observation
from conformance.evidence.pseudonyms import Pseudonyms
from conformance.evidence.store import CaseStore
from conformance.requirements.catalogue import requirement_of

START = "2026-11-23T09:00:00Z"
SUITE_AGENT = "BancFSE-Suite/"
GP, SPECIALIST, SUSPENDED = "100000011", "100000029", "100000037"
PHARMACY, OTHER_PHARMACY = "200000012", "200000020"


class Impossible(Exception):
    """A step cannot be done because what it rests on is not there: noted, and the checks will say blocked."""


@dataclass
class Wiring:
    """What a lane needs to run cases: one software, one bench, and the identities registered in worlds."""

    driver: HttpDriver
    bench: BenchClient
    suite: Software
    client: Mapping[str, Any]
    pseudonyms: Pseudonyms
    seed: str
    nomenclature: str | None = None
    lane: int = 0


@dataclass
class Case:
    """One case. `row` is its line of the plan; `store` its folder."""

    row: Mapping[str, Any]
    wiring: Wiring
    store: CaseStore
    stimuli: dict[str, Any] = field(default_factory=dict)
    #: What steps found out on the way (numbers, codes, lines): facts of this case, never verdicts.
    facts: dict[str, Any] = field(default_factory=dict)
    steps: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.opaque = secrets.token_hex(8)
        self.observations: list[Observation] = []
        self.appended: list[Appended] = []
        self._cursor = 0
        self._began = time.monotonic()
        self._started = _instant()
        self.world: dict[str, Any] = {}

    # World ---------------------------------------------------------------------------------------------
    def open(self) -> None:
        """Create the case's own world and point the software at it."""
        wiring = self.wiring
        self.world = wiring.bench.create_world(
            seed=f"{wiring.seed}/{self.row['case']}",
            now=START,
            clock="frozen",
            nomenclature=wiring.nomenclature,
            clients=[
                dict(wiring.client),
                {"client_id": wiring.suite.client_id, "name": "Banc FSE", "jwks": wiring.suite.jwks()},
            ],
        )
        told = {k: v for k, v in self.world.items() if k != "professionals"}
        insured = [{k: v for k, v in who.items() if k != "private_jwk"} for who in told.get("beneficiaries", ())]
        self.observe("world", "set-up", {**told, "beneficiaries": insured})
        self.drive("reset", {})
        self.drive("configure", self.configuration())

    def configuration(self) -> dict[str, Any]:
        """What `configure` carries: the issuer, the trust anchor, the credentials and the world's instant."""
        keys = ("inpe", "role", "speciality", "name", "establishment", "kid", "private_jwk")
        return {
            "issuer": self.world["issuer"],
            "trust_anchor": self.world["trust_anchor"],
            "client_id": self.wiring.client["client_id"],
            "client_key_id": self.wiring.client["jwks"]["keys"][0]["kid"],
            "now": self.world["now"],
            "professionals": [{key: who.get(key) for key in keys} for who in self.world["professionals"]],
        }

    def professional(self, inpe: str) -> dict[str, Any]:
        """The credentials of one professional of this world."""
        return next(dict(who) for who in self.world["professionals"] if who["inpe"] == inpe)

    def as_professional(self, inpe: str) -> FseClient:
        """The suite's own client acting as a professional; its exchanges are never the software's."""
        return FseClient(self.world["issuer"], self.wiring.suite, self.professional(inpe))

    @property
    def now(self) -> str:
        """The world's instant."""
        return str(self.wiring.bench.clock(self.world["id"])["now"])

    # Drive and observe ---------------------------------------------------------------------------------
    def act(self, action: str, input: Mapping[str, Any]) -> dict[str, Any]:
        """Ask the software for one action, and observe: state before, outcome, exchanges, state after."""
        self._harvest("suite", None)
        before = self._state()
        outcome = self.drive(action, input)
        during = self.observations[-1].id
        self.observe("state", "before", before, during)
        self._harvest("software", during)
        self.observe("state", "after", self._state(), during)
        return outcome

    def drive(self, action: str, input: Mapping[str, Any]) -> dict[str, Any]:
        """Ask, and keep the outcome; its document goes to a file. Driver faults pass through."""
        began = time.monotonic()
        outcome = self.wiring.driver.act(action, self.opaque, dict(input))
        elapsed = round((time.monotonic() - began) * 1000, 1)
        kept = {**outcome, "document": self._keep(action, outcome.get("document"))}
        sent = self._without_image(action, input)
        self.observe("driver", action, {"action": action, "input": sent, "outcome": kept, "duration_ms": elapsed})
        return outcome

    def _keep(self, action: str, document: Mapping[str, Any] | None) -> dict[str, Any] | None:
        if not document:
            return None
        content = base64.b64decode(str(document["base64"]), validate=False)
        return {
            "media_type": document["media_type"],
            "file": self.file(action, str(document["media_type"]), content),
        }

    def _without_image(self, action: str, input: Mapping[str, Any]) -> dict[str, Any]:
        image = input.get("image")
        if not image:
            return dict(input)
        content = base64.b64decode(image["base64"])
        name = self.file(action, image["media_type"], content)
        return {**input, "image": {"media_type": image["media_type"], "file": name}}

    def file(self, label: str, media_type: str, content: bytes) -> str:
        """Keep a document or an image of this case; returns its name."""
        extension = {"application/pdf": "pdf", "image/png": "png"}[media_type]
        return self.store.add_file(f"{len(self.observations) + 1:02d}-{label}.{extension}", content)

    def observe(self, kind: Kind, label: str, data: Mapping[str, Any], during: str | None = None) -> Observation:
        """Append one observation, credentials replaced."""
        observation = Observation(
            id=f"o{len(self.observations) + 1}",
            kind=kind,
            label=label,
            data=self.wiring.pseudonyms.clean(dict(data)),
            during=during,
            at=_instant(),
        )
        self.observations.append(observation)
        return observation

    def _state(self) -> dict[str, Any]:
        return self.wiring.bench.state(self.world["id"])

    def _harvest(self, party: str, during: str | None) -> None:
        """Take the new exchanges of the world's journal; the suite's own are told by their user agent."""
        for exchange in self.wiring.bench.journal(self.world["id"], self._cursor):
            self._cursor = int(exchange["seq"])
            agent = str(exchange["request"]["headers"].get("user-agent", ""))
            whose = "suite" if agent.startswith(SUITE_AGENT) else "software"
            self.observe("http", whose, exchange, during if whose == party else None)

    # Ask for judgement ---------------------------------------------------------------------------------
    def then(self, check: str, **parameters: Any) -> None:
        """Append a check over everything seen so far. Verdicts come later, from the stored form."""
        requirement = requirement_of(check, tuple(self.row["requirements"]))
        seen = tuple(o.id for o in self.observations)
        self.appended.append(Appended(check, requirement, parameters, seen))

    def close(self, outcome: str | None = None, error: str | None = None) -> None:
        """Store everything and delete the world. `outcome`: crashed, timed_out, harness_fault or None."""
        stimulus = self.observe("stimulus", "symbolic", self.stimuli)
        self.appended = [
            Appended(a.check, a.requirement, a.parameters, (*a.observations, stimulus.id)) for a in self.appended
        ]
        meta = {
            "case": self.row["case"],
            "opaque_id": self.opaque,
            "title": self.row["scenario"],
            "feature": self.row["feature"],
            "tags": self.row["tags"],
            "steps": self.steps,
            "lane": self.wiring.lane,
            "world": {key: self.world.get(key) for key in ("id", "seed", "issuer")},
            "started_at": self._started,
            "duration_ms": round((time.monotonic() - self._began) * 1000),
            "stimuli": self.stimuli,
            "outcome": outcome,
            "error": error,
        }
        self.store.write(meta, self.observations, self.appended)
        if self.world:
            self.wiring.bench.delete_world(self.world["id"])


def _instant() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
