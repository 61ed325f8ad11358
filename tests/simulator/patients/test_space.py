"""The patient space over HTTP: his own sheets, claims and accesses, and nobody else's."""

from __future__ import annotations

from typing import Any

import pytest

HASSAN = {"registration_number": "100000001", "dependant_rank": 0}
MERYEM = {"registration_number": "100000001", "dependant_rank": 1}
YASMINE = {"registration_number": "100000001", "dependant_rank": 2}
RACHID = {"registration_number": "100000002", "dependant_rank": 0}
LISTS = ("care-sheets", "claims", "accesses")


def mine(counter: Any, what: str, persona: str = "salaried", **query: Any) -> dict[str, Any]:
    """A page of one's own list."""
    answer = counter.call(persona, "GET", f"/v1/me/{what}", params=query)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def events(page: dict[str, Any]) -> list[str]:
    return [item["what"] for item in page["items"]]


def audited(counter: Any, subject: str) -> list[tuple[str, str]]:
    """(event, actor) of the audit entries about a subject."""
    return [(entry["event"], entry["actor"]) for entry in counter.trail(subject)]


def test_his_sheets_last_issued_first(counter: Any) -> None:
    first = counter.issue(beneficiary=HASSAN)
    counter.advance(hours=1)
    second = counter.issue(beneficiary=HASSAN)
    counter.issue(beneficiary=RACHID)
    items = mine(counter, "care-sheets")["items"]
    assert [item["number"] for item in items] == [second["number"], first["number"]]
    assert items[0]["status"] == "issued"
    assert items[0]["sections"] == [
        {"type": "prescriber", "lines": 1, "active": 0},
        {"type": "pharmacy", "lines": 1, "active": 1},
    ]
    assert items[0]["beneficiary"]["given_name"] == "Hassan"
    assert not {"qr", "backup_code", "claims"} & items[0].keys()


def test_pages(counter: Any) -> None:
    numbers = []
    for _ in range(3):
        counter.advance(seconds=60)
        numbers.insert(0, counter.issue(beneficiary=HASSAN)["number"])
    first = mine(counter, "care-sheets", limit=2)
    assert [item["number"] for item in first["items"]] == numbers[:2]
    second = mine(counter, "care-sheets", limit=2, cursor=first["next_cursor"])
    assert [item["number"] for item in second["items"]] == numbers[2:]
    assert "next_cursor" not in second
    one = mine(counter, "claims", limit=1)
    two = mine(counter, "claims", limit=2, cursor=one["next_cursor"])
    assert [claim["number"] for claim in one["items"] + two["items"]] == numbers
    assert "next_cursor" not in two
    seen, cursor = [], {}
    while True:
        page = mine(counter, "accesses", limit=2, **cursor)
        seen += page["items"]
        if "next_cursor" not in page:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == mine(counter, "accesses")["items"]
    assert len(seen) >= 5


@pytest.mark.parametrize("what", LISTS)
@pytest.mark.parametrize(
    "query", [{"limit": "0"}, {"limit": "101"}, {"limit": "x"}, {"cursor": "x"}, {"dependant_rank": "x"}]
)
def test_a_wrong_question(counter: Any, what: str, query: dict[str, str]) -> None:
    answer = counter.call("salaried", "GET", f"/v1/me/{what}", params=query)
    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid-payload"
    [error] = answer.json()["errors"]
    assert error["pointer"] in ("?limit", "?cursor", "?dependant_rank")


def test_the_cursor_of_another_patient_is_none_of_his(counter: Any) -> None:
    other = counter.issue(beneficiary=RACHID)
    answer = counter.call("salaried", "GET", "/v1/me/care-sheets", params={"cursor": other["number"]})
    assert answer.status_code == 422
    assert mine(counter, "care-sheets", "tns", cursor=other["number"])["items"] == []


def test_his_claims_with_their_shares(counter: Any) -> None:
    sheet = counter.issue(beneficiary=HASSAN)
    counter.issue(beneficiary=RACHID)
    (claim,) = mine(counter, "claims")["items"]
    assert claim["number"] == sheet["number"]
    assert claim["totals"]["cnss_share"] == "56.00"
    assert claim["totals"]["patient_share"] == "94.00"


def test_a_whole_sheet_is_his(counter: Any) -> None:
    issued = counter.issue(beneficiary=HASSAN)
    counter.hold(issued)
    answer = counter.call("salaried", "GET", f"/v1/care-sheets/{issued['number']}")
    assert answer.status_code == 200, answer.text
    sheet = answer.json()
    assert sheet["qr"]["payload"] == issued["qr"]["payload"]
    assert sheet["backup_code"] == issued["backup_code"]
    assert [section["type"] for section in sheet["sections"]] == ["prescriber", "pharmacy"]
    assert sheet["claims"][0]["totals"]["cnss_share"] == "56.00"
    assert all("lease" not in section for section in sheet["sections"]), "a lease is the key of a section"


@pytest.mark.parametrize("path", ["", "/document.pdf", "/qr.svg", "/qr.png"])
def test_another_patient_sees_nothing_of_it(counter: Any, path: str) -> None:
    number = counter.issue(beneficiary=HASSAN)["number"]
    assert counter.call("salaried", "GET", f"/v1/care-sheets/{number}{path}").status_code == 200
    for persona in ("tns", "salaried-spouse"):
        other = counter.call(persona, "GET", f"/v1/care-sheets/{number}{path}")
        assert other.status_code == 404, persona
        assert other.json()["code"] == "not-found"
        for what in LISTS[:2]:
            assert mine(counter, what, persona)["items"] == []
    assert all(item.get("number") != number for item in mine(counter, "accesses", "tns")["items"])


def test_his_claims_where_professionals_read_theirs(counter: Any) -> None:
    sheet, other = counter.issue(beneficiary=HASSAN), counter.issue(beneficiary=HASSAN)
    child = counter.issue(beneficiary=YASMINE)
    for query in ({}, {"limit": 1}, {"dependant_rank": 2}, {"number": sheet["number"]}):
        answer = counter.call("salaried", "GET", "/v1/claims", params=query)
        assert answer.json() == mine(counter, "claims", **query)
    (claim,) = answer.json()["items"]
    assert claim["number"] == sheet["number"] != other["number"]
    read = counter.call("salaried", "GET", f"/v1/claims/{claim['id']}")
    assert read.json() == claim == counter.call("gp", "GET", f"/v1/claims/{claim['id']}").json()
    assert ("claim-read", "essai/ben:100000001/0") in audited(counter, sheet["number"])
    (of_child,) = mine(counter, "claims", dependant_rank=2)["items"]
    assert of_child["number"] == child["number"]
    assert counter.call("salaried", "GET", f"/v1/claims/{of_child['id']}").status_code == 200


def test_nobody_else_s_claims(counter: Any) -> None:
    number = counter.issue(beneficiary=HASSAN)["number"]
    spouse = counter.issue(beneficiary=MERYEM)
    (claim,) = mine(counter, "claims")["items"]
    for persona in ("tns", "salaried-spouse"):
        assert counter.call(persona, "GET", f"/v1/claims/{claim['id']}").json()["code"] == "not-found"
        page = counter.call(persona, "GET", "/v1/claims", params={"number": number})
        assert (page.status_code, page.json()) == (200, {"items": []})
    (hers,) = mine(counter, "claims", "salaried-spouse")["items"]
    assert hers["number"] == spouse["number"]
    assert counter.call("salaried", "GET", f"/v1/claims/{hers['id']}").json()["code"] == "not-found"
    refused = counter.call("pharmacy", "GET", "/v1/claims", params={"dependant_rank": 100})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "?dependant_rank")
    adult = counter.call("salaried", "GET", "/v1/claims", params={"dependant_rank": 1})
    assert adult.json()["code"] == "not-found"


@pytest.mark.parametrize("what", LISTS)
def test_the_insured_person_sees_a_child_and_not_a_spouse(counter: Any, what: str) -> None:
    child, spouse = counter.issue(beneficiary=YASMINE), counter.issue(beneficiary=MERYEM)
    items = mine(counter, what, dependant_rank=2)["items"]
    assert {item["number"] for item in items if "number" in item} == {child["number"]}
    for rank in (1, 7):
        answer = counter.call("salaried", "GET", f"/v1/me/{what}", params={"dependant_rank": rank})
        assert answer.status_code == 404
    for rank in (0, 2):
        of_others = counter.call("salaried-spouse", "GET", f"/v1/me/{what}", params={"dependant_rank": rank})
        assert of_others.status_code == 404
    own = mine(counter, what, "salaried-spouse")["items"]
    assert {item["number"] for item in own if "number" in item} == {spouse["number"]}


def test_the_sheet_of_a_child_and_of_a_spouse(counter: Any) -> None:
    child, spouse = counter.issue(beneficiary=YASMINE), counter.issue(beneficiary=MERYEM)
    assert counter.call("salaried", "GET", f"/v1/care-sheets/{child['number']}").status_code == 200
    assert counter.call("salaried", "GET", f"/v1/care-sheets/{spouse['number']}").status_code == 404
    assert counter.call("salaried-spouse", "GET", f"/v1/care-sheets/{child['number']}").status_code == 404


@pytest.mark.parametrize("what", LISTS)
@pytest.mark.parametrize("persona", ["gp", "pharmacy", "agent"])
def test_a_professional_has_no_patient_space(counter: Any, persona: str, what: str) -> None:
    assert counter.call("salaried", "GET", f"/v1/me/{what}").status_code == 200
    refused = counter.call(persona, "GET", f"/v1/me/{what}")
    assert refused.status_code == 403
    assert refused.json()["code"] == "insufficient-scope"


def test_who_read_what(counter: Any) -> None:
    check = {"beneficiary": HASSAN, "date_of_care": "2026-11-23"}
    assert counter.call("gp", "POST", "/v1/rights-checks", json=check).status_code == 200
    sheet = counter.issue(beneficiary=HASSAN)
    counter.hold(sheet)
    counter.call("pharmacy", "GET", f"/v1/care-sheets/{sheet['number']}")
    counter.call("gp", "GET", f"/v1/care-sheets/{sheet['number']}")
    counter.call("gp", "GET", f"/v1/care-sheets/{sheet['number']}/document.pdf")
    counter.call("gp", "GET", f"/v1/care-sheets/{sheet['number']}/qr.svg")
    counter.call("gp", "GET", "/v1/claims", params={"number": sheet["number"]})
    counter.call("salaried", "GET", f"/v1/care-sheets/{sheet['number']}")
    counter.call("tns", "GET", f"/v1/care-sheets/{sheet['number']}")
    items = mine(counter, "accesses")["items"]
    told = [item["sentence"].partition(", ")[2] for item in items]
    printed = " ".join((sheet["number"][:4], sheet["number"][4:8], sheet["number"][8:12], sheet["number"][12:]))
    gp, pharmacy = "le cabinet Bennani (Dr Salma Bennani) a", "la pharmacie Al Amal (Nadia Chraibi) a"
    assert told == [
        f"un autre patient a tenté d'accéder à votre feuille {printed} : refusé (rien ne lui en est ouvert).",
        f"vous avez lu votre feuille {printed}.",
        f"{gp} lu la liste de ses demandes de remboursement, où figure votre feuille {printed}.",
        f"{gp} tiré le QR de votre feuille {printed}.",
        f"{gp} tiré l'ordonnance de votre feuille {printed}.",
        f"{gp} lu votre feuille {printed}.",
        f"{pharmacy} lu la section pharmacie de votre feuille {printed}.",
        f"{pharmacy} lu la section pharmacie de votre feuille {printed}, l'ordonnance en main.",
        f"{gp} émis votre feuille {printed}.",
        f"{gp} vérifié vos droits.",
    ]
    assert items[0]["sentence"].startswith("Le 23 novembre 2026 à 10 h 00, ")
    assert items[0]["at"] == "2026-11-23T09:00:00Z"
    assert items[0]["who"] == {"name": "Un autre patient", "role": "patient"}
    assert items[6] == {
        "at": "2026-11-23T09:00:00Z",
        "who": {"name": "Nadia Chraibi", "role": "pharmacy", "establishment": "Pharmacie Al Amal"},
        "what": "care-sheet-read",
        "number": sheet["number"],
        "sentence": items[6]["sentence"],
    }
    assert "number" not in items[-1]


def test_who_tried(counter: Any, make: Any) -> None:
    """A refusal is told to the patient of the sheet, also where only the body or an execution named it."""
    sheet = counter.issue(beneficiary=HASSAN)
    typed = {"number": sheet["number"], "backup_code": "0000-0000-0"}
    assert counter.resolve(typed, "pharmacy-b").json()["code"] == "wrong-backup-code"
    done = counter.execute(counter.hold(sheet), make.delivered())
    assert done.status_code == 201, done.text
    path = f"/v1/executions/{done.json()['id']}"
    assert counter.call("pharmacy-b", "GET", path).status_code == 404
    withdrawal = {"json": {"reason": "Erreur"}, "headers": {"if-match": '"2"', **counter.key()}}
    assert counter.call("pharmacy-b", "POST", f"{path}/withdrawal", **withdrawal).status_code == 404
    assert counter.resolve({"scan": sheet["qr"]["payload"], "hold": True}, "pharmacy-b").status_code == 409
    tried = [item for item in mine(counter, "accesses")["items"] if item["what"] == "refused"]
    assert [item["who"]["establishment"] for item in tried] == ["Pharmacie Ibn Sina"] * 4
    assert {item["number"] for item in tried} == {sheet["number"]}
    assert "la pharmacie Ibn Sina (Omar Fassi) a tenté d'accéder à votre feuille" in tried[0]["sentence"]
    assert mine(counter, "accesses", "tns")["items"] == []


def test_a_software_that_errs_is_not_somebody_who_tried(counter: Any, make: Any) -> None:
    """Technical refusals leave no line, and do not shorten a page."""
    sheet = counter.issue(beneficiary=HASSAN)
    path = f"/v1/care-sheets/{sheet['number']}"
    for _ in range(3):
        assert counter.call("gp", "POST", f"{path}/cancellation", json={"reason": "Erreur"}).status_code == 428
    assert counter.call("gp", "POST", f"{path}/cancellation", json={}).status_code == 422
    page = mine(counter, "accesses", limit=1)
    assert events(page) == ["care-sheet-issued"]
    assert "next_cursor" not in page
    typed = {"number": sheet["number"], "backup_code": "0000-0000-0"}
    assert counter.resolve(typed, "pharmacy-b").status_code == 403
    assert mine(counter, "accesses", limit=1)["items"][0]["sentence"].endswith("refusé (son code était faux).")


def test_his_own_looks_are_recorded_too(counter: Any) -> None:
    for what in LISTS:
        mine(counter, what)
    subject = "ben:100000001/0"
    assert audited(counter, subject) == [
        (f"patient-{what}-listed", f"essai/{subject}") for what in ("care-sheets", "claims", "accesses")
    ]
    assert events(mine(counter, "accesses")) == ["patient-claims-listed", "patient-care-sheets-listed"]


def test_the_insured_persons_looks_at_a_childs_data_are_told(counter: Any) -> None:
    counter.issue(beneficiary=YASMINE)
    mine(counter, "care-sheets", dependant_rank=2)
    told = [item["sentence"].partition(", ")[2] for item in mine(counter, "accesses", dependant_rank=2)["items"]]
    assert told[0] == "vous avez consulté la liste des feuilles de Yasmine."
    assert " émis la feuille " in told[1]
    assert told[1].endswith(" de Yasmine.")
    to_her = [item["sentence"].partition(", ")[2] for item in mine(counter, "accesses", "salaried-child")["items"]]
    assert to_her[0] == "Hassan a consulté la liste de vos feuilles."
