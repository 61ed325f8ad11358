"""A doctor who replaces another: what he may do with her sheets and in his own name, and from when to when."""

from __future__ import annotations

from typing import Any


def code(answer: Any) -> tuple[int, str | None]:
    return answer.status_code, answer.json().get("code")


def test_he_reads_and_cancels_the_sheets_of_the_doctor_he_replaces(counter: Any) -> None:
    sheet = counter.issue()
    path = f"/v1/care-sheets/{sheet['number']}"
    assert counter.call("replacing", "GET", path).status_code == 200
    assert code(counter.call("specialist", "GET", path)) == (404, "not-found")
    assert code(counter.call("replacement-ended", "GET", path)) == (403, "replacement-not-in-force")
    assert code(counter.cancel(sheet, persona="replacement-ended")) == (403, "replacement-not-in-force")
    assert counter.cancel(sheet, persona="replacing").status_code == 200
    actors = [entry["actor"] for entry in counter.trail(sheet["number"]) if entry["event"] == "care-sheet-cancelled"]
    assert actors == ["essai/100000052"]


def test_the_doctor_he_replaces_acts_on_the_sheets_of_her_practice(counter: Any, make: Any) -> None:
    sheet = counter.try_issue(make.sheet(), persona="replacing").json()
    path = f"/v1/care-sheets/{sheet['number']}"
    counter.advance(days=60)  # long after his last day
    for asked in ("", "/document.pdf", "/qr.svg"):
        assert counter.call("gp", "GET", path + asked).status_code == 200
        assert code(counter.call("specialist", "GET", path + asked)) == (404, "not-found")
    seen = counter.call("gp", "GET", path).json()
    assert seen["prescriber"]["inpe"] == "100000052" and seen["claims"][0]["section"] == "prescriber"
    again = {**counter.key(), "if-match": '"1"'}
    assert counter.call("gp", "POST", f"{path}/reissue", json={"reason": "Perdue"}, headers=again).status_code == 200
    assert code(counter.cancel(sheet, persona="specialist", revision=2)) == (404, "not-found")
    assert counter.cancel(sheet, revision=2).status_code == 200
    actors = {entry["event"]: entry["actor"] for entry in counter.trail(sheet["number"])}
    assert actors["care-sheet-issued"] == "essai/100000052"
    assert actors["care-sheet-reissued"] == actors["care-sheet-cancelled"] == "essai/100000011"


def test_what_she_replaces_of_his_is_in_her_name(counter: Any, make: Any) -> None:
    sheet = counter.try_issue(make.sheet(), persona="replacing").json()
    body = {"reason": "Erreur", "sections": [{"type": "pharmacy", "lines": [make.medicine(quantity="9")]}]}
    path, headers = f"/v1/care-sheets/{sheet['number']}/replacement", {**counter.key(), "if-match": '"1"'}
    new = counter.call("gp", "POST", path, json=body, headers=headers)
    assert (new.status_code, new.json()["prescriber"]["inpe"]) == (201, "100000011")


def test_he_issues_in_his_own_name_within_his_dates(counter: Any, make: Any) -> None:
    issued = counter.try_issue(make.sheet(), persona="replacing")
    assert issued.status_code == 201 and issued.json()["prescriber"]["inpe"] == "100000052"
    assert code(counter.try_issue(make.sheet(), persona="replacement-ended")) == (403, "replacement-not-in-force")
    counter.advance(days=39)  # the 1st of January 2027
    assert code(counter.try_issue(make.sheet(), persona="replacing")) == (403, "replacement-not-in-force")
    assert counter.try_issue(make.sheet(), persona="gp").status_code == 201


def test_a_sheet_that_replaces_another_is_issued_within_his_dates_too(counter: Any, make: Any) -> None:
    counter.advance(days=38)  # the 31st of December 2026, his last day
    sheet = counter.try_issue(make.sheet(), persona="replacing").json()
    path = f"/v1/care-sheets/{sheet['number']}/replacement"
    body = {"reason": "Erreur", "sections": [{"type": "pharmacy", "lines": [make.medicine(quantity="9")]}]}

    def replace() -> Any:
        return counter.call("replacing", "POST", path, json=body, headers={**counter.key(), "if-match": '"1"'})

    counter.advance(days=1)
    assert code(replace()) == (403, "replacement-not-in-force")
    assert counter.cancel(sheet, persona="replacing").status_code == 200, "what he signed, he may still cancel"


def test_a_delegate_may_not_do_what_takes_the_doctor_himself(counter: Any, make: Any) -> None:
    platform, world = counter.platform, counter.world
    assertion = platform.credential(world, "gp", act={"sub": "sec-ken-01"})
    form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": assertion}
    token = platform.token(world, {**platform.software(world), **form}).json()["access_token"]
    counter._bearers["delegate"] = {"authorization": f"Bearer {token}"}
    sheet = counter.issue()
    assert counter.call("delegate", "GET", f"/v1/care-sheets/{sheet['number']}").status_code == 200
    assert code(counter.try_issue(make.sheet(), persona="delegate")) == (403, "insufficient-scope")
    assert code(counter.cancel(sheet, persona="delegate")) == (403, "insufficient-scope")
    assert counter.cancel(sheet).status_code == 200
    assert "essai/100000011+sec-ken-01" in {entry["actor"] for entry in counter.trail(sheet["number"])}
