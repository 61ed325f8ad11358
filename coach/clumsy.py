"""A client that does everything wrong, once: each method is one rule of the coach, broken on purpose.

    python -m coach.clumsy --world maladroit     # creates that world, breaks every rule there, then: fse coach --once

Never an example to follow. It speaks HTTP to a simulator that runs, and moves the clock of its world by the bench.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

from client.bench import BenchClient
from client.http import session
from fixtures import BUILT_IN_NOMENCLATURE

NAME, SECRET = "maladroit", "secret-de-demonstration"
AGENT = f"Maladroit/0.1 Exemple/{NAME}"
GP, PHARMACY, OTHER_PHARMACY = "100000011", "200000012", "200000020"
AMOXIRAM = "6118999000018"
REQUESTS = 150
"""What its world lets it ask in a minute."""


class Clumsy:
    """One software in one world. `issuer`: the world's address."""

    def __init__(self, bench: BenchClient, world: str, issuer: str) -> None:
        self.bench, self.world, self.issuer = bench, world, issuer
        self.http = session(20.0)
        self._tokens: dict[str, str] = {}
        self._serial = 0
        self.probes: list[dict[str, Any]] = []

    def close(self) -> None:
        self.http.close()

    def break_every_rule(self) -> Iterator[str]:
        """Each rule in turn; the id of the one that was just broken."""
        for rule, act in MISTAKES.items():
            act(self)
            yield rule

    # -- how it calls ----------------------------------------------------------------------------------

    def send(self, method: str, path: str, *, without: str = "", **options: Any) -> httpx.Response:
        """A request with the headers that it should have, but for `without`."""
        headers = {"User-Agent": AGENT, "FSE-Version": "2026-01-01", **options.pop("headers", {})}
        headers.pop(without, None)
        return self.http.request(method, self.issuer + path, headers=headers, **options)

    def token(self, inpe: str = "", scope: str = "") -> str:
        """A new token: of a professional (first-hour mode), or of the software alone."""
        form = (
            {"grant_type": "urn:fse:params:oauth:grant-type:first-hour", "inpe": inpe}
            if inpe
            else {"grant_type": "client_credentials"}
        )
        answer = self.send(
            "POST", "/oauth2/token", data=form | ({"scope": scope} if scope else {}), auth=(NAME, SECRET)
        )
        return str(answer.raise_for_status().json()["access_token"])

    def call(self, inpe: str, method: str, path: str, **options: Any) -> httpx.Response:
        if inpe not in self._tokens:
            self._tokens[inpe] = self.token(inpe)
        bearer = {"Authorization": f"Bearer {self._tokens[inpe]}"}
        return self.send(method, path, **{**options, "headers": {**bearer, **options.get("headers", {})}})

    def key(self) -> dict[str, str]:
        self._serial += 1
        return {"Idempotency-Key": f"cle-{self._serial}"}

    def issue(self, headers: Mapping[str, str], quantity: str = "1") -> httpx.Response:
        """Issue a sheet for a medicine. Never a check of rights before."""
        line = {"ean13": AMOXIRAM, "quantity": quantity, "unit": "box", "posology": "1 par jour", "duration_days": 7}
        body = {
            "date_of_care": self.bench.clock(self.world)["now"][:10],
            "beneficiary": {"registration_number": "100000001", "dependant_rank": 0},
            "sections": [
                {"type": "prescriber", "lines": [{"act_code": "C", "quantity": "1", "charged": "150.00"}]},
                {"type": "pharmacy", "lines": [line]},
            ],
        }
        return self.call(GP, "POST", "/v1/care-sheets", json=body, headers=headers)

    def sheet(self) -> dict[str, Any]:
        self._serial += 1
        return dict(self.issue(self.key(), str(self._serial)).raise_for_status().json())

    def hold(self, sheet: Mapping[str, Any], inpe: str = PHARMACY, hold: bool = True) -> httpx.Response:
        body = {"scan": sheet["qr"]["payload"], "hold": hold}
        return self.call(inpe, "POST", "/v1/resolutions", json=body)

    def execute(self, held: Mapping[str, Any], performed_at: str) -> httpx.Response:
        """One box of the first line, without its lot."""
        headers = {"If-Match": f'"{held["revision"]}"', "FSE-Lease": held["lease"]["id"], **self.key()}
        line = {"line": 1, "outcome": "executed", "quantity": "1", "ean13": AMOXIRAM, "charged": "42.30"}
        path = f"/v1/care-sheets/{held['number']}/sections/pharmacy/executions"
        return self.call(PHARMACY, "POST", path, headers=headers, json={"performed_at": performed_at, "lines": [line]})

    # -- what it does wrong ----------------------------------------------------------------------------

    def wrong_agent(self) -> None:
        self.send("GET", "/v1/health", headers={"User-Agent": "python-httpx/0.28"})

    def agent_of_a_library(self) -> None:
        self.send("GET", "/v1/health", headers={"User-Agent": f"python-requests/2.32 Exemple/{NAME}"})

    def no_version(self) -> None:
        self.send("GET", "/v1/deployment", without="FSE-Version")

    def a_token_each_time(self) -> None:
        for page in range(6):
            bearer = {"Authorization": f"Bearer {self.token(PHARMACY)}"}
            self.send("GET", "/v1/nomenclature/acts", headers=bearer, params={"limit": str(page + 1)})

    def too_many_scopes(self) -> None:
        self.token(PHARMACY, scope="fse:resolve claims:read")

    def the_same_list(self) -> None:
        for _ in range(3):
            self.call(PHARMACY, "GET", "/v1/nomenclature/reasons")

    def no_rights_check(self) -> None:
        self.sheet()

    def no_key(self) -> None:
        self.issue({})

    def one_key_for_all(self) -> None:
        key = self.key()
        self.issue(key, "1")
        self.issue(key, "2")

    def twice(self) -> None:
        self.issue(self.key(), "7")
        self.issue(self.key(), "7")

    def new_key_after_a_cut(self) -> None:
        self.bench.add_fault(self.world, kind="after-commit", operations=["issue-care-sheet"], count=1)
        with suppress(httpx.TransportError):
            self.issue(self.key(), "8")
        self.issue(self.key(), "8")

    def never_and_again(self) -> None:
        body = {"number": self.sheet()["number"], "backup_code": "ABCD-EFGH-J"}
        for _ in range(2):
            self.call(PHARMACY, "POST", "/v1/resolutions", json=body)

    def invalid_and_again(self) -> None:
        for _ in range(2):
            self.call(GP, "POST", "/v1/rights-checks", json={"registration_number": "un"})

    def believe_any_number(self) -> None:
        number = str(self.sheet()["number"])
        wrong = f"{number[:-1]}{(int(number[-1]) + 1) % 10}"
        self.call(PHARMACY, "POST", "/v1/resolutions", json={"number": wrong, "backup_code": "ABCD-EFGH-J"})

    def secret_in_a_query(self) -> None:
        sheet = self.sheet()
        asked = {"number": sheet["number"], "backup_code": sheet["backup_code"]}
        self.call(PHARMACY, "GET", "/v1/resolutions", params=asked)

    def look_then_hold(self) -> None:
        sheet = self.sheet()
        self.hold(sheet, hold=False)
        self.hold(sheet)

    def insist_on_a_held_section(self) -> None:
        sheet = self.sheet()
        self.hold(sheet)
        for _ in range(2):
            self.hold(sheet, OTHER_PHARMACY)

    def guess_the_revision(self) -> None:
        path = f"/v1/care-sheets/{self.sheet()['number']}/cancellation"
        for revision in (8, 9):
            self.call(GP, "POST", path, json={"reason": "Erreur"}, headers={"If-Match": f'"{revision}"'})

    def tomorrow(self) -> None:
        held = self.hold(self.sheet()).json()
        self.execute(held, f"{int(self.now()[:4]) + 1}{self.now()[4:]}")

    def read_no_warning(self) -> None:
        for _ in range(3):
            self.execute(self.hold(self.sheet()).json(), self.now())

    def keep_the_lease(self) -> None:
        self.hold(self.sheet())
        self.bench.advance(self.world, 86_400)
        self._tokens.clear()

    def ask_again_and_again(self) -> None:
        for _ in range(9):
            self.call("", "GET", "/v1/events", params={"after": self.last_event()})

    def believe_any_webhook(self) -> None:
        with receiver(200) as url:
            self.call("", "POST", "/v1/subscriptions", json={"url": url})
            self.probes = self.bench.probe_webhooks(self.world)["probes"]

    def answer_no_webhook(self) -> None:
        with receiver(500) as url:
            self.call("", "POST", "/v1/subscriptions", json={"url": url})
            for _ in range(3):
                self.execute(self.hold(self.sheet()).json(), self.now())
            self.wait_for_webhooks()

    def ignore_the_limit(self) -> None:
        for _ in range(REQUESTS + 5):
            self.call("", "GET", "/v1/subscriptions")

    # -- what it has to know ---------------------------------------------------------------------------

    def now(self) -> str:
        return str(self.bench.clock(self.world)["now"])

    def last_event(self) -> str:
        items = self.call("", "GET", "/v1/events").json()["items"]
        return str(items[-1]["id"]) if items else ""

    def wait_for_webhooks(self) -> None:
        """Until three deliveries were attempted."""
        for _ in range(100):
            if sum(len(each["attempts"]) for each in self.bench.deliveries(self.world)) >= 3:
                return
            threading.Event().wait(0.05)


MISTAKES: Mapping[str, Callable[[Clumsy], None]] = {
    "user-agent-missing": Clumsy.wrong_agent,
    "user-agent-unchanged": Clumsy.agent_of_a_library,
    "version-not-sent": Clumsy.no_version,
    "token-at-each-call": Clumsy.a_token_each_time,
    "scope-unused": Clumsy.too_many_scopes,
    "list-downloaded-again": Clumsy.the_same_list,
    "rights-not-checked": Clumsy.no_rights_check,
    "idempotency-key-missing": Clumsy.no_key,
    "idempotency-key-reused": Clumsy.one_key_for_all,
    "same-act-twice": Clumsy.twice,
    "retry-with-new-key": Clumsy.new_key_after_a_cut,
    "retried-although-never": Clumsy.never_and_again,
    "resent-unchanged": Clumsy.invalid_and_again,
    "scan-not-checked": Clumsy.believe_any_number,
    "secret-in-address": Clumsy.secret_in_a_query,
    "resolved-twice": Clumsy.look_then_hold,
    "retry-too-soon": Clumsy.insist_on_a_held_section,
    "revision-not-reread": Clumsy.guess_the_revision,
    "platform-time-ignored": Clumsy.tomorrow,
    "warnings-ignored": Clumsy.read_no_warning,
    "lease-never-released": Clumsy.keep_the_lease,
    "polling-too-fast": Clumsy.ask_again_and_again,
    "webhook-signature-ignored": Clumsy.believe_any_webhook,
    "webhook-unanswered": Clumsy.answer_no_webhook,
    "rate-limit-ignored": Clumsy.ignore_the_limit,
}


@contextmanager
def receiver(status: int) -> Iterator[str]:
    """A web server on this machine that answers so to every webhook, without looking; its address."""

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("content-length") or 0))
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Nothing is logged."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/fse"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def settle(bench: BenchClient, world: str) -> Clumsy:
    """Create its world, and the client in it."""
    software = {"client_id": NAME, "name": "Le maladroit", "secret": SECRET}
    limit = {"requests": REQUESTS, "window_s": 60}
    made = bench.create_world(
        id=world,
        seed="maladroit",
        now="2026-11-23T09:00:00Z",
        clients=[software],
        rate_limit=limit,
        nomenclature=BUILT_IN_NOMENCLATURE,  # its medicine is of that list, whichever was imported since
    )
    return Clumsy(bench, made["id"], made["issuer"])


def main(world: str, simulator: str = "") -> None:
    """Break every rule in a new world of the simulator that runs."""
    from workbench.running import bench

    with bench(simulator, None) as running:
        client = settle(running, world)
        for rule in client.break_every_rule():
            print(rule)
        client.close()


if __name__ == "__main__":
    import argparse
    import os

    parser = argparse.ArgumentParser(description="Un client qui enfreint chaque règle du coach, une fois.")
    parser.add_argument("--world", default=NAME)
    parser.add_argument("--simulator", default=os.environ.get("FSE_SIMULATOR", ""))
    given = parser.parse_args()
    main(given.world, given.simulator)
