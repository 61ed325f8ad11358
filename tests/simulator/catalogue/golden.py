"""For each operation, a call that succeeds in a fresh world: the twin of every refusal, and what the sweep alters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from tests.simulator.catalogue import approvals, reviews
from tests.simulator.catalogue.protocol import FORM, HOOK
from tests.simulator.catalogue.scene import (
    AMOXIRAM,
    BIOLOGY,
    DAY,
    DAY_S,
    NOW,
    PHYSIOTHERAPY,
    SHEETS,
    Scene,
    claimed_on_paper,
    delivered,
    must,
    on_paper,
    request,
)
from tests.simulator.lifecycle.door import Reply


@dataclass(frozen=True)
class Golden:
    """One call, not made yet."""

    actor: str
    method: str
    path: str
    body: Any = None
    headers: dict[str, str | None] = field(default_factory=dict)
    query: str = ""

    def __call__(self, play: Scene, **changes: Any) -> Reply:
        """Make it, with some members changed; `headers` are added to its own."""
        headers, wire = {**self.headers, **changes.pop("headers", {})}, {}
        if "stalled" in changes:
            wire["stalled"] = changes.pop("stalled")
        call = replace(self, headers=headers, **changes)
        return play.call(call.actor, call.method, call.path, call.body, headers=call.headers, query=call.query, **wire)


Maker = Callable[[Scene], Golden]
GOLDEN: dict[str, Maker] = {}


def golden(operation: str) -> Callable[[Maker], Maker]:
    def register(maker: Maker) -> Maker:
        GOLDEN[operation] = maker
        return maker

    return register


def plain(operation: str, actor: str, path: str, query: str = "") -> None:
    """A GET that needs nothing."""
    GOLDEN[operation] = lambda play: Golden(actor, "GET", path, query=query)


plain("read-authorization-server", "anonymous", "/.well-known/oauth-authorization-server")
plain("read-token-keys", "anonymous", "/jwks.json")
plain("read-qr-keys", "anonymous", "/.well-known/fse-keys.json")
plain("read-health", "anonymous", "/v1/health")
plain("read-version", "anonymous", "/v1/version")
plain("read-deployment", "anonymous", "/v1/deployment")
plain("read-antibiotics", "public-health", "/v1/indicators/antibiotics", "region=04")
plain("read-treatments", "public-health", "/v1/indicators/treatments", "atc_level=2")
plain("read-outside-list", "public-health", "/v1/indicators/outside-list", "by=year")
plain("compare-regions", "public-health", "/v1/indicators/comparison", "from=2025&to=2026")
plain("list-medicines", "gp", "/v1/nomenclature/medicines", "limit=2")
plain("list-acts", "gp", "/v1/nomenclature/acts", "limit=2")
plain("list-reasons", "gp", "/v1/nomenclature/reasons")
plain("list-events", "software", "/v1/events", "limit=2")
plain("list-subscriptions", "software", "/v1/subscriptions")
plain("list-my-care-sheets", "patient:salaried", "/v1/me/care-sheets", "limit=2")
plain("list-my-claims", "patient:salaried", "/v1/me/claims", "limit=2")
plain("list-my-accesses", "patient:salaried", "/v1/me/accesses", "limit=2")
plain("list-late-executions", "pharmacy", "/v1/late-executions", "to_reconcile=true")


def keyed(play: Scene, **headers: str) -> dict[str, str | None]:
    return {**play.key(), **{name.replace("_", "-"): value for name, value in headers.items()}}


@golden("request-token")
def token(play: Scene) -> Golden:
    form = {"grant_type": "client_credentials", **play.world.software()}
    return Golden("anonymous", "POST", "/oauth2/token", urlencode(form).encode(), dict(FORM))


@golden("revoke-token")
def revoke(play: Scene) -> Golden:
    form = {"token": play.world.bearer("gp"), **play.world.software()}
    return Golden("anonymous", "POST", "/oauth2/revoke", urlencode(form).encode(), dict(FORM))


@golden("check-rights")
def rights(play: Scene) -> Golden:
    who = {"registration_number": "100000001", "dependant_rank": 0}
    return Golden("gp", "POST", "/v1/rights-checks", {"beneficiary": who, "date_of_care": DAY})


@golden("issue-care-sheet")
def issue(play: Scene) -> Golden:
    return Golden("gp", "POST", SHEETS, request(), keyed(play))


@golden("estimate-care-sheet")
def estimate(play: Scene) -> Golden:
    return Golden("gp", "POST", f"{SHEETS}/estimates", request())


@golden("transcribe-prescription")
def transcribed(play: Scene) -> Golden:
    headers = keyed(play)
    return Golden(
        "pharmacy", "POST", "/v1/paper-prescriptions", on_paper(str(headers["idempotency-key"]).upper()), headers
    )


@golden("register-paper-claim")
def claimed(play: Scene) -> Golden:
    headers = keyed(play)
    body = claimed_on_paper(str(headers["idempotency-key"]).upper())
    return Golden("pharmacy", "POST", "/v1/paper-claims", body, headers)


def of_sheet(operation: str, rest: str, query: str = "") -> None:
    """A GET below a sheet, by its author."""
    GOLDEN[operation] = lambda play: Golden("gp", "GET", f"{SHEETS}/{play.issue()['number']}{rest}", query=query)


of_sheet("read-care-sheet", "")
of_sheet("print-care-sheet", "/document.pdf", "duplicate=true")
of_sheet("draw-qr-png", "/qr.png", "scale=2")
of_sheet("draw-qr-svg", "/qr.svg", "level=Q")


def on_sheet(what: str, **body: Any) -> Maker:
    """A POST of the author on an untouched sheet."""
    return lambda play: Golden(
        "gp", "POST", f"{SHEETS}/{play.issue()['number']}/{what}", {"reason": "Erreur", **body},
        {**({} if what == "cancellation" else keyed(play)), "if-match": '"1"'},
    )  # fmt: skip


GOLDEN["cancel-care-sheet"] = on_sheet("cancellation")
GOLDEN["replace-care-sheet"] = on_sheet("replacement", sections=[BIOLOGY])
GOLDEN["reissue-care-sheet"] = on_sheet("reissue")


@golden("resolve-care-sheet")
def resolve(play: Scene) -> Golden:
    return Golden("pharmacy", "POST", "/v1/resolutions", {"scan": play.issue()["qr"]["payload"], "hold": True})


def on_lease(method: str) -> Maker:
    return lambda play: Golden("pharmacy", method, play.at(play.hold(play.issue()), "lease"))


GOLDEN["extend-lease"] = on_lease("PUT")
GOLDEN["read-lease"] = on_lease("GET")
GOLDEN["release-lease"] = on_lease("DELETE")


def held(play: Scene, what: str, body: Any) -> Golden:
    section = play.hold(play.issue())
    headers = keyed(play, if_match=f'"{section["revision"]}"', fse_lease=section["lease"]["id"])
    return Golden("pharmacy", "POST", play.at(section, what), body, headers)


VISIT = {"performed_at": NOW, "lines": [delivered()]}


@golden("execute-section")
def execute(play: Scene) -> Golden:
    return held(play, "executions", VISIT)


@golden("move-section-to-paper")
def paper(play: Scene) -> Golden:
    return held(play, "paper-fallback", {"paper_reference": "PAP-0001", "reason": "Panne", "lines": [1]})


def done(play: Scene) -> dict[str, Any]:
    return dict(must(play.execute(play.hold(play.issue()))))


def of_execution(operation: str, what: str, body: Any = None) -> None:
    def make(play: Scene) -> Golden:
        execution = done(play)
        headers = keyed(play, if_match=f'"{execution["revision"]}"') if body else {}
        path = f"/v1/executions/{execution['id']}{what}"
        return Golden("pharmacy", "POST" if body else "GET", path, body, headers)

    GOLDEN[operation] = make


of_execution("read-execution", "")
of_execution("read-receipt", "/receipt")
of_execution("amend-execution", "/amendment", VISIT)
of_execution("withdraw-execution", "/withdrawal", {"reason": "Erreur"})


@golden("enter-late-execution")
def late(play: Scene) -> Golden:
    item = {"ean13": AMOXIRAM, "quantity": "2", "charged": "84.60", "lot": "L1"}
    body = {"scan": play.issue()["qr"]["payload"], "performed_at": NOW, "items": [item]}
    return Golden("pharmacy", "POST", "/v1/late-executions", body, keyed(play))


@golden("read-claim")
def claim(play: Scene) -> Golden:
    return Golden("pharmacy", "GET", f"/v1/claims/{done(play)['claim']['id']}")


@golden("list-claims")
def claims(play: Scene) -> Golden:
    return Golden("pharmacy", "GET", "/v1/claims", query=f"number={done(play)['number']}")


@golden("request-prior-approval")
def ask(play: Scene) -> Golden:
    return Golden("gp", "POST", approvals.PATH, approvals.asked(play.issue(PHYSIOTHERAPY)), keyed(play))


@golden("read-prior-approval")
def approval(play: Scene) -> Golden:
    return Golden("gp", "GET", f"{approvals.PATH}/{approvals.pending(play)['id']}")


@golden("list-prior-approvals")
def approvals_of_a_sheet(play: Scene) -> Golden:
    return Golden("gp", "GET", approvals.PATH, query=f"number={approvals.pending(play)['number']}")


@golden("cancel-prior-approval")
def withdraw_a_request(play: Scene) -> Golden:
    return Golden("gp", "POST", f"{approvals.PATH}/{approvals.pending(play)['id']}/cancellation")


@golden("read-claim-statement")
def claim_statement(play: Scene) -> Golden:
    return Golden("pharmacy", "GET", f"/v1/claims/{done(play)['claim']['id']}/statement")


@golden("send-claim-document")
def document(play: Scene) -> Golden:
    where = f"/v1/claims/{reviews.glasses(play)['id']}/documents"
    return Golden("devices", "POST", where, reviews.invoice(), keyed(play))


@golden("contest-claim")
def contestation(play: Scene) -> Golden:
    where = f"/v1/claims/{reviews.glasses(play, '900.00')['id']}/contestation"
    return Golden("devices", "POST", where, {"reason": "Erreur"}, keyed(play))


plain("list-statements", "pharmacy", "/v1/statements", "limit=2")


@golden("read-statement")
def statement(play: Scene) -> Golden:
    found = must(play.call("patient:salaried", "GET", "/v1/statements"))["items"]
    if not found:
        done(play)
        play.world.advance(8 * DAY_S)
        found = must(play.call("patient:salaried", "GET", "/v1/statements"))["items"]
    return Golden("patient:salaried", "GET", f"/v1/statements/{found[0]['id']}")


@golden("create-subscription")
def subscribe(play: Scene) -> Golden:
    return Golden("software", "POST", "/v1/subscriptions", {"url": HOOK})


def of_subscription(operation: str, method: str, rest: str = "", body: Any = None) -> None:
    def make(play: Scene) -> Golden:
        made = must(play.post("software", "/v1/subscriptions", {"url": HOOK}))
        return Golden("software", method, f"/v1/subscriptions/{made['id']}{rest}", body)

    GOLDEN[operation] = make


of_subscription("read-subscription", "GET")
of_subscription("delete-subscription", "DELETE")


@golden("redeliver-events")
def redeliver(play: Scene) -> Golden:
    """Keys that turned: an event to be told again."""
    made = must(play.post("software", "/v1/subscriptions", {"url": HOOK}))
    play.bench("/keys/rotation", {"kind": "qr"})
    event = must(play.call("software", "GET", "/v1/events"))["items"][0]["id"]
    return Golden("software", "POST", f"/v1/subscriptions/{made['id']}/redelivery", {"events": [event]})
