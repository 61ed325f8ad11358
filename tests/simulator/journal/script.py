"""One day of a world, the same each time it is played: issuance, reading, execution, papers, refusals, tokens."""

from __future__ import annotations

from typing import Any

from simulator.app import create_app
from simulator.journal import canonical
from simulator.settings import Settings
from tests.simulator.conftest import TOKEN, Counter, Platform, delivered
from tests.simulator.database import fresh_url

DISCOVERY = "/.well-known/oauth-authorization-server"


class Elsewhere(Platform):
    """A simulator at an address of its own."""

    def __init__(self, base: str) -> None:
        super().__init__(create_app(Settings(base_url=base, bench_token=TOKEN, database=fresh_url())))


def played(platform: Platform, **world: Any) -> Counter:
    counter = Counter(platform)
    if world:
        counter.world = platform.world(**world)
    sheet = counter.issue()
    number = sheet["number"]
    held = counter.hold(sheet)
    done = counter.execute(held, delivered())
    assert done.status_code == 201, done.text
    counter.call("pharmacy", "GET", f"/v1/executions/{done.json()['id']}/receipt")
    counter.call("gp", "GET", f"/v1/care-sheets/{number}/document.pdf")
    counter.call("gp", "GET", f"/v1/care-sheets/{number}/qr.svg")
    counter.call("gp", "GET", "/v1/care-sheets/0000000000000000")
    counter.cancel(sheet)
    for path in (DISCOVERY, "/jwks.json", "/.well-known/fse-keys.json", "/v1/nowhere"):
        platform("GET", f"{counter.world['issuer']}{path}", headers={"x-request-id": f"demande-{id(counter)}"})
    platform.token(counter.world, {"grant_type": "nope", "client_id": "essai", "client_secret": "faux"})
    asked = {**platform.software(counter.world), "grant_type": "client_credentials"}
    bearer = {"authorization": f"Bearer {platform.token(counter.world, asked).json()['access_token']}"}
    url = {"url": "http://127.0.0.1:9/fse"}
    platform("POST", f"{counter.world['issuer']}/v1/subscriptions", json=url, headers=bearer)
    platform("GET", f"{counter.world['issuer']}/v1/events", headers=bearer)
    return counter


def exchanges(counter: Counter, **params: Any) -> list[dict[str, Any]]:
    """The journal of its world."""
    asked = {"limit": 500, **params}
    answer = counter.platform.bench("GET", f"/worlds/{counter.world['id']}/journal", params=asked)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["exchanges"])


def text(counter: Counter) -> list[str]:
    """Its canonical journal, a line an exchange."""
    return [canonical.text(one) for one in exchanges(counter, form="canonical")]
