"""What every virtual professional does: hold a token, send a request, keep count of the answers.

Imported by the Locust process only (gevent).
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from gevent.lock import BoundedSemaphore
from gevent.queue import Queue
from joserfc.jwk import ECKey
from locust import FastHttpUser

from client.api import ACR, ASSERTION_TYPE, JWT_BEARER, assertion
from load.invariants import Ledger
from load.plan import CLIENT_ID, KEY_ID, PLAN_VARIABLE, Plan

PLAN = Plan.read(os.environ[PLAN_VARIABLE])
TOKEN_LIFE_S = 540.0
"""Real seconds: tokens live ten minutes of the world, whose clock runs like ours."""


class Scene:
    """What the users of this process share."""

    def __init__(self) -> None:
        self.queue: Queue[dict[str, Any]] = Queue()
        self.ledger = Ledger()
        self.busy = 0
        self.rivals_refused = 0
        self.started = time.monotonic()
        self.last_answer = self.started
        self.software = PLAN.software().key
        self.tokens: dict[str, tuple[float, str]] = {}
        self.asking = BoundedSemaphore(1)
        self.people = {role: PLAN.of_role(role) for role in ("prescriber", "pharmacy")}
        self.counts = {"prescriber": 0, "pharmacy": 0}

    def over(self) -> bool:
        return time.monotonic() - self.started >= PLAN.duration_s


SCENE = Scene()


class Professional(FastHttpUser):
    abstract = True
    role = ""
    host = PLAN.issuer
    default_headers = {"User-Agent": "BancFSE-Charge/0.1 BancFSE/charge", "FSE-Version": "2026-01-01"}  # noqa: RUF012
    connection_timeout = 10.0
    network_timeout = 10.0

    def on_start(self) -> None:
        self.rank = SCENE.counts[self.role]
        SCENE.counts[self.role] += 1
        people = SCENE.people[self.role]
        self.me = people[self.rank % len(people)]
        self.draw = Random(f"{PLAN.seed}:{self.role}:{self.rank}")  # noqa: S311
        self.sent = 0

    def key(self) -> str:
        self.sent += 1
        return f"{PLAN.seed}-{self.role}-{self.rank}-{self.sent}"

    def ask(
        self,
        name: str,
        method: str,
        path: str,
        body: Any = None,
        allowed: frozenset[int] = frozenset(),
        headers: Mapping[str, str] | None = None,
        verify: Callable[[Any], str | None] = lambda _: None,
    ) -> Any:
        """The response when it is a success, None otherwise: a failure unless its status is allowed.

        `verify` says in French what is wrong with a success, if anything.
        """
        sent = {**(headers or {}), "Authorization": f"Bearer {self.token()}"}
        with self.client.request(method, path, name=name, json=body, headers=sent, catch_response=True) as answer:
            SCENE.last_answer = time.monotonic()
            if 200 <= answer.status_code < 300:
                wrong = verify(answer)
                if wrong:
                    answer.failure(wrong)
                else:
                    answer.success()
                return answer
            if answer.status_code in allowed:
                SCENE.rivals_refused += 1
                answer.success()
            else:
                answer.failure(f"{answer.status_code} {(answer.text or '')[:200]}")
            self.status = int(answer.status_code)
            return None

    def token(self) -> str:
        with SCENE.asking:
            until, token = SCENE.tokens.get(self.me["inpe"], (0.0, ""))
            if time.monotonic() >= until:
                token = self._new_token()
                SCENE.tokens[self.me["inpe"]] = (time.monotonic() + TOKEN_LIFE_S, token)
            return token

    def _new_token(self) -> str:
        me = self.me
        form = {
            "grant_type": JWT_BEARER,
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": assertion(SCENE.software, KEY_ID, PLAN.issuer, CLIENT_ID),
            "assertion": assertion(
                ECKey.import_key(me["private_jwk"]), me["kid"], PLAN.issuer, me["inpe"],
                inpe=me["inpe"], role=me["role"], establishment=me["establishment"]["id"],
                acr=ACR.get(me["role"], "fse:acr:1"),
            ),
        }  # fmt: skip
        with self.client.post("/oauth2/token", name="token", data=form, catch_response=True) as answer:
            if answer.status_code != 200:
                answer.failure(f"{answer.status_code} {(answer.text or '')[:200]}")
                return ""
            answer.success()
            return str(answer.json()["access_token"])
