"""What happens to a sheet reaches the softwares that took part in it, by the feed and by a webhook, and no other."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest

from simulator.kit import signing

URL = "http://127.0.0.1:9000/fse"
CLIENTS = ("cabinet", "officine", "tiers")
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


class Town:
    """A doctor, a pharmacy and a laboratory, each with the software of another editor."""

    def __init__(self, desk: Any, make: Any) -> None:
        self.desk, self.platform, self.make = desk, desk.platform, make
        self.keys = {name: signing.derive_key("tests", name) for name in CLIENTS}
        jwks = {name: {"keys": [signing.public_jwk(key, "k1")]} for name, key in self.keys.items()}
        clients = [{"client_id": name, "name": name, "secret": name, "jwks": jwks[name]} for name in CLIENTS]
        desk.world = self.platform.world(clients=clients)
        desk.id = desk.world["id"]
        self._serial = 0

    def call(self, client: str, persona: str, method: str, path: str, **options: Any) -> Any:
        world = self.desk.world
        software = {
            "client_assertion_type": sys.modules[type(self.platform).__module__].ASSERTION,
            "client_assertion": self.platform.assertion(world, self.keys[client], "k1", client),
        }
        form = {"grant_type": JWT_BEARER, "assertion": self.platform.credential(world, persona), **software}
        token = self.platform.token(world, form).json()["access_token"]
        self._serial += 1
        headers = {"authorization": f"Bearer {token}", "idempotency-key": f"cle-{self._serial}"}
        headers |= options.pop("headers", {})
        answer = self.platform(method, f"{world['issuer']}{path}", headers=headers, **options)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def issue(self) -> Any:
        return self.call("cabinet", "gp", "POST", "/v1/care-sheets", json=self.make.sheet())

    def execute(self, sheet: Any) -> Any:
        scan = {"scan": sheet["qr"]["payload"], "hold": True}
        held = self.call("officine", "pharmacy", "POST", "/v1/resolutions", json=scan)
        body = {"performed_at": "2026-11-23T09:00:00Z", "lines": [self.make.delivered()]}
        headers = {"if-match": f'"{held["revision"]}"', "fse-lease": held["lease"]["id"]}
        path = f"/v1/care-sheets/{sheet['number']}/sections/pharmacy/executions"
        return self.call("officine", "pharmacy", "POST", path, json=body, headers=headers)


@pytest.fixture
def town(desk: Any, make: Any) -> Town:
    return Town(desk, make)


def test_an_execution_is_told_to_those_who_took_part(town: Town) -> None:
    desk = town.desk
    subscription = desk.subscribe("cabinet")
    desk.subscribe("tiers", url=f"{URL}/tiers")
    sheet = town.issue()
    assert desk.feed("cabinet") == {"items": []}  # nobody else to tell: the issuer knows
    done = town.execute(sheet)
    (event,) = desk.feed("cabinet")["items"]
    assert event["type"] == "care-sheet.executed"
    assert event["data"]["number"] == sheet["number"]
    assert event["data"]["execution"] == done["id"]
    seen = town.call("cabinet", "gp", "GET", f"/v1/care-sheets/{sheet['number']}")
    assert event["data"]["revision"] == seen["revision"]
    assert desk.feed("tiers") == {"items": []}
    desk.settle()
    (webhook,) = desk.receiver.received
    assert json.loads(webhook.content) == event
    assert webhook.headers["x-fse-subscription"] == subscription["id"]


def test_an_executor_hears_of_its_own_section_only(town: Town) -> None:
    """What else was prescribed, and that it was done, is between the patient, the author and whoever did it."""
    biology = {"type": "biology", "lines": [{"act_code": "B-NFS", "quantity": "1"}]}
    body = town.make.sheet()
    body["sections"].append(biology)
    sheet = town.call("cabinet", "gp", "POST", "/v1/care-sheets", json=body)
    scan = {"scan": sheet["qr"]["payload"], "hold": True}
    town.call("tiers", "biology", "POST", "/v1/resolutions", json=scan)
    town.execute(sheet)
    assert town.desk.feed("tiers") == {"items": []}
    assert [item["data"]["section"] for item in town.desk.feed("officine")["items"]] == ["pharmacy"]
    assert [item["data"]["section"] for item in town.desk.feed("cabinet")["items"]] == ["pharmacy"]
    cancel = {"json": {"reason": "Erreur"}, "headers": {"if-match": '"2"'}}
    town.call("cabinet", "gp", "POST", f"/v1/care-sheets/{sheet['number']}/cancellation", **cancel)
    (told,) = town.desk.feed("tiers")["items"]  # it holds its section: it must know
    assert told["type"] == "care-sheet.cancellation-requested"
    assert told["data"]["section"] == "biology"
    assert len(town.desk.feed("officine")["items"]) == 1, "nothing of the pharmacy was left to cancel"
    town.call("tiers", "biology", "DELETE", f"/v1/care-sheets/{sheet['number']}/sections/biology/lease")
    for client in ("tiers", "cabinet"):
        last = town.desk.feed(client)["items"][-1]
        assert (last["type"], last["data"]["section"]) == ("care-sheet.cancelled", "biology")


def test_a_cancellation_and_a_new_qr_are_told(town: Town) -> None:
    sheet = town.issue()
    path = f"/v1/care-sheets/{sheet['number']}"
    body = {"reason": "QR égaré"}
    again = town.call("cabinet", "gp", "POST", f"{path}/reissue", json=body, headers={"if-match": '"1"'})
    cancel = {"reason": "Erreur de produit"}
    match = {"if-match": f'"{again["revision"]}"'}
    town.call("cabinet", "gp", "POST", f"{path}/cancellation", json=cancel, headers=match)
    events = town.desk.feed("cabinet")["items"]
    assert [item["type"] for item in events] == ["care-sheet.reissued", "care-sheet.cancelled"]
    assert [item["data"]["revision"] for item in events] == [2, 2], "of the sheet, then of the section"
    assert [item["data"].get("section") for item in events] == [None, "pharmacy"]


def test_an_event_says_nothing_of_the_patient_nor_of_the_care(town: Town) -> None:
    sheet = town.issue()
    town.execute(sheet)
    for client in CLIENTS:
        for item in town.desk.feed(client)["items"]:
            assert set(item["data"]) <= {"number", "section", "revision", "execution"}


def test_a_late_entry_matched_in_part_is_told_twice(town: Town) -> None:
    sheet = town.issue()
    known = {"ean13": "6118999000018", "quantity": "1", "charged": "42.30", "lot": "L1"}
    body = {"scan": sheet["qr"]["payload"], "performed_at": "2026-11-23T09:00:00Z"}
    unknown = {**known, "ean13": "6118999000186"}
    path, told = "/v1/late-executions", ["care-sheet.executed", "late-execution.to-reconcile"]
    both = town.call("officine", "pharmacy", "POST", path, json={**body, "items": [known, unknown]})
    for client in ("cabinet", "officine"):
        events = town.desk.feed(client)["items"]
        assert [event["type"] for event in events] == told
        assert {event["data"]["execution"] for event in events} == {both["id"]}
        assert {event["data"]["revision"] for event in events} == {both["revision"]}
    town.call("officine", "pharmacy", "POST", path, json={**body, "items": [known]})
    town.call("officine", "pharmacy", "POST", path, json={**body, "items": [unknown]})
    assert [event["type"] for event in town.desk.feed("cabinet")["items"]] == told * 2
