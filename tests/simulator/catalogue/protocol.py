"""Stories of tokens, headers, bodies and limits that end in a refusal."""

from __future__ import annotations

from urllib.parse import urlencode

from simulator.worlds.rewinding import MOST as MOST_SNAPSHOTS
from tests.simulator.catalogue.registry import reaches
from tests.simulator.catalogue.scene import SHEETS, Scene, must, request
from tests.simulator.lifecycle.door import TOKEN, Reply

FORM = {"content-type": "application/x-www-form-urlencoded"}


def form(play: Scene, **fields: str) -> Reply:
    """The token endpoint, asked by a genuine product unless a field says otherwise."""
    given = {"grant_type": "client_credentials", **play.world.software(), **fields}
    return play.call("anonymous", "POST", "/oauth2/token", urlencode(given).encode(), headers=FORM)


@reaches("invalid-json")
def not_json(play: Scene) -> Reply:
    return play.post("gp", SHEETS, b"{", content_type="application/json")


@reaches("invalid-payload")
def not_a_sheet(play: Scene) -> Reply:
    return play.post("gp", SHEETS, {"sections": []})


@reaches("unsupported-media-type")
def in_xml(play: Scene) -> Reply:
    return play.post("gp", SHEETS, b"<sheet/>", content_type="application/xml")


@reaches("payload-too-large")
def two_megabytes(play: Scene) -> Reply:
    return play.post("gp", SHEETS, b" " * 2_000_000, content_type="application/json")


@reaches("missing-idempotency-key")
def without_a_key(play: Scene) -> Reply:
    return play.call("gp", "POST", SHEETS, request())


@reaches("idempotency-key-reused")
def another_body_under_a_key(play: Scene) -> Reply:
    must(play.post("gp", SHEETS, request(), idempotency_key="une-cle"))
    return play.post("gp", SHEETS, request(rights_acknowledged=True), idempotency_key="une-cle")


@reaches("idempotency-in-flight")
def the_same_key_twice_at_once(play: Scene) -> Reply:
    headers = {"authorization": f"Bearer {play.world.bearer('gp')}", "idempotency-key": "une-cle"}
    one = ("POST", f"{play.world.path}{SHEETS}", {"headers": headers, "body": request()})
    first, second = play.door.together(one, one)
    must(first)
    return second


@reaches("missing-user-agent")
def anonymous_software(play: Scene) -> Reply:
    return play.call("anonymous", "GET", "/v1/health", headers={"user-agent": None})


@reaches("unsupported-version")
def version_of_tomorrow(play: Scene) -> Reply:
    return play.call("gp", "GET", "/v1/nomenclature/acts", headers={"fse-version": "2031-01-01"})


@reaches("missing-version")
def version_unsaid_after_its_date(play: Scene) -> Reply:
    late = Scene(play.door, now="2027-07-02T09:00:00Z")
    return late.call("gp", "GET", "/v1/nomenclature/acts", headers={"fse-version": None})


@reaches("not-found")
def nowhere(play: Scene) -> Reply:
    return play.call("gp", "GET", f"{SHEETS}/2699999999999928")


@reaches("method-not-allowed")
def deleted(play: Scene) -> Reply:
    return play.call("gp", "DELETE", SHEETS)


@reaches("unauthenticated")
def without_a_token(play: Scene) -> Reply:
    return play.call("anonymous", "GET", f"{SHEETS}/2699999999999928")


@reaches("token-expired")
def an_old_token(play: Scene) -> Reply:
    headers = {"authorization": f"Bearer {play.world.bearer('gp')}"}
    play.world.advance(601)
    return play.call("anonymous", "GET", f"{SHEETS}/2699999999999928", headers=headers)


@reaches("token-revoked")
def a_revoked_token(play: Scene) -> Reply:
    token = play.world.bearer("gp")
    fields = urlencode({"token": token, **play.world.software()}).encode()
    must(play.call("anonymous", "POST", "/oauth2/revoke", fields, headers=FORM))
    return play.call("gp", "GET", f"{SHEETS}/2699999999999928")


@reaches("insufficient-scope")
def a_pharmacy_that_issues(play: Scene) -> Reply:
    return play.try_issue(actor="pharmacy")


@reaches("role-not-allowed")
def another_profession_s_section(play: Scene) -> Reply:
    held = play.hold(play.issue())
    return play.call("biology", "GET", play.at(held, "lease"))


@reaches("professional-suspended")
def suspended(play: Scene) -> Reply:
    bearer = play.world.bearer("gp")
    who = play.world.people["gp"]["inpe"]
    play.bench("/suspensions", {"inpe": who, "suspended": True})
    return play.call(
        "anonymous", "POST", SHEETS, request(), headers={"authorization": f"Bearer {bearer}", **play.key()}
    )


@reaches("client-suspended")
def product_suspended(play: Scene) -> Reply:
    bearer = play.world.bearer("gp")
    play.bench("/suspensions", {"client_id": "essai", "suspended": True})
    return play.call(
        "anonymous", "POST", SHEETS, request(), headers={"authorization": f"Bearer {bearer}", **play.key()}
    )


@reaches("invalid-client")
def unknown_product(play: Scene) -> Reply:
    return form(play, client_assertion="abc")


@reaches("invalid-assertion")
def another_s_signature(play: Scene) -> Reply:
    return play.world.token("gp", aud="https://ailleurs.example")


@reaches("unsupported-grant-type")
def by_password(play: Scene) -> Reply:
    return form(play, grant_type="password")


@reaches("invalid-token-request")
def token_in_json(play: Scene) -> Reply:
    return play.call("anonymous", "POST", "/oauth2/token", {"grant_type": "client_credentials"})


@reaches("invalid-scope")
def too_much_asked(play: Scene) -> Reply:
    return form(play, scope="fse:issue")


@reaches("rate-limited")
def too_fast(play: Scene) -> Reply:
    slow = Scene(play.door, rate_limit={"requests": 2, "window_s": 60})
    for _ in range(3):
        last = slow.call("software", "GET", "/v1/nomenclature/acts")
    return last


@reaches("webhook-url-refused")
def webhook_elsewhere(play: Scene) -> Reply:
    return play.post("software", "/v1/subscriptions", {"url": "https://example.ma/hook"})


HOOK = "http://127.0.0.1:9/hook"


@reaches("too-many-subscriptions")
def subscribed_too_often(play: Scene) -> Reply:
    for serial in range(40):
        last = play.post("software", "/v1/subscriptions", {"url": f"{HOOK}/{serial}"})
        if last.status >= 400:
            break
    return last


@reaches("world-not-found")
def no_such_world(play: Scene) -> Reply:
    return play.door("GET", "/w/ailleurs/v1/health")


def control(play: Scene, method: str, path: str, body: object = None, **headers: str) -> Reply:
    given = {"authorization": f"Bearer {TOKEN}", **headers}
    return play.door(method, f"/bench/v1{path}", headers=given, body=body)


@reaches("bench-token-required")
def bench_without_token(play: Scene) -> Reply:
    return control(play, "GET", "/worlds", authorization="Bearer faux")


@reaches("host-not-allowed")
def bench_from_a_web_page(play: Scene) -> Reply:
    return control(play, "GET", "/worlds", host="attaquant.example")


@reaches("clock-never-back")
def back_in_time(play: Scene) -> Reply:
    return control(play, "PUT", f"/worlds/{play.world.id}/clock", {"now": "2020-01-01T00:00:00Z"})


@reaches("world-exists")
def twice_the_same_world(play: Scene) -> Reply:
    return control(play, "POST", "/worlds", {"id": play.world.id})


@reaches("nothing-due")
def nothing_to_step_to(play: Scene) -> Reply:
    control(play, "POST", "/worlds", {"id": "rien"})
    return control(play, "POST", "/worlds/rien/clock/step")


@reaches("snapshot-exists")
def twice_the_same_snapshot(play: Scene) -> Reply:
    control(play, "POST", f"/worlds/{play.world.id}/snapshots", {"name": "avant"})
    return control(play, "POST", f"/worlds/{play.world.id}/snapshots", {"name": "avant"})


@reaches("too-many-snapshots")
def one_snapshot_too_many(play: Scene) -> Reply:
    for number in range(MOST_SNAPSHOTS):
        control(play, "POST", f"/worlds/{play.world.id}/snapshots", {"name": f"n-{number}"})
    return control(play, "POST", f"/worlds/{play.world.id}/snapshots", {"name": "encore"})


@reaches("unknown-nomenclature")
def list_never_imported(play: Scene) -> Reply:
    return control(play, "POST", "/worlds", {"nomenclature": "jamais-importee"})


@reaches("clock-must-advance")
def made_of_time(play: Scene) -> Reply:
    return control(play, "POST", f"/worlds/{play.world.id}/sheets", {"state": "reimbursed"})


@reaches("state-unreachable")
def nobody_to_hold_it(play: Scene) -> Reply:
    own = [{"type": "prescriber", "lines": [{"act_code": "C", "quantity": "1", "charged": "150.00"}]}]
    return control(play, "POST", f"/worlds/{play.world.id}/sheets", {"state": "held", "sections": own})
