"""What the author changes afterwards: cancel in part, replace; and the reissue of the QR."""

from typing import Any

import pytest


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def change(counter: Any, sheet: Any, what: str, body: Any, persona: str = "gp", revision: int = 1) -> Any:
    headers = {"if-match": f'"{revision}"', **counter.key()}
    return counter.call(persona, "POST", f"/v1/care-sheets/{sheet['number']}/{what}", json=body, headers=headers)


def read(counter: Any, sheet: Any, persona: str = "gp") -> Any:
    return counter.call(persona, "GET", f"/v1/care-sheets/{sheet['number']}").json()


def states(sheet: Any, kind: str = "pharmacy") -> list[str]:
    return next(
        [line["state"] for line in section["lines"]] for section in sheet["sections"] if section["type"] == kind
    )


@pytest.fixture
def biology(counter: Any, make: Any) -> str:
    """Code of an analysis of the list in force."""
    found = counter.call("gp", "GET", "/v1/nomenclature/acts?section=biology").json()["items"]
    return str(found[0]["code"])


def issue(counter: Any, make: Any, biology: str) -> Any:
    sections = [
        {"type": "pharmacy", "lines": [make.medicine(), make.medicine()]},
        {"type": "biology", "lines": [{"act_code": biology, "quantity": "1"}]},
    ]
    return counter.issue(sections=sections)


def test_one_line_then_one_section_are_cancelled(counter: Any, make: Any, biology: str) -> None:
    sheet = issue(counter, make, biology)
    one = change(counter, sheet, "cancellation", {"reason": "Doublon", "section": "pharmacy", "lines": [2]})
    assert (one.status_code, states(one.json())) == (200, ["open", "cancelled"])
    again = change(counter, sheet, "cancellation", {"reason": "x", "section": "pharmacy", "lines": [2]}, revision=2)
    assert code(again) == (409, "line-terminal")
    section = change(counter, sheet, "cancellation", {"reason": "Inutile", "section": "biology"}, revision=2)
    assert (states(section.json(), "biology"), section.json()["status"]) == (["cancelled"], "issued")


@pytest.mark.parametrize(
    ("body", "status", "slug"),
    [
        ({"section": "dental"}, 422, "line-unknown"),
        ({"section": "pharmacy", "lines": [9]}, 422, "line-unknown"),
        ({"lines": [1]}, 422, "invalid-payload"),
    ],
)
def test_what_cannot_be_cancelled(counter: Any, body: Any, status: int, slug: str) -> None:
    sheet = counter.issue()
    assert code(change(counter, sheet, "cancellation", {"reason": "x", **body})) == (status, slug)
    assert read(counter, sheet)["revision"] == 1


def test_the_holder_wins_over_a_requested_cancellation(counter: Any, make: Any) -> None:
    sheet = counter.issue(make.medicine(), make.medicine())
    held = counter.hold(sheet)
    assert change(counter, sheet, "cancellation", {"reason": "Erreur"}).json()["cancellation_requested"]
    lease = f"/v1/care-sheets/{sheet['number']}/sections/pharmacy/lease"
    assert code(counter.call("pharmacy", "PUT", lease)) == (409, "cancellation-requested")
    again = counter.hold(sheet)
    assert again["lease"] == held["lease"], "held again, but not longer"
    assert [warning["code"] for warning in again["warnings"]] == ["cancellation-requested"]
    owed = {**make.delivered(2, "1"), "owed": True}
    assert code(counter.execute(held, owed)) == (409, "cancellation-requested")
    done = counter.execute(held, make.delivered(1))
    assert done.status_code == 201, "the lease is still his and his revision the current one"
    assert "cancellation-requested" in [warning["code"] for warning in done.json()["warnings"]]
    assert counter.call("pharmacy", "DELETE", lease).status_code == 204
    after = read(counter, sheet)
    assert (states(after), after["status"]) == (["executed", "cancelled"], "partly_executed")


def test_a_holder_hears_of_no_cancellation_but_that_of_his_own_section(counter: Any, make: Any, biology: str) -> None:
    sheet = issue(counter, make, biology)
    counter.hold(sheet)
    counter.hold(sheet, "biology")
    asked = change(counter, sheet, "cancellation", {"reason": "Erreur", "section": "pharmacy"})
    assert asked.json()["cancellation_requested"]
    path = f"/v1/care-sheets/{sheet['number']}"
    assert counter.call("pharmacy", "GET", path).json()["cancellation_requested"]
    assert "cancellation_requested" not in counter.call("biology", "GET", path).json()


def test_a_sheet_that_nobody_began_is_replaced(counter: Any, make: Any, biology: str) -> None:
    sheet = counter.issue()
    body = {"reason": "Posologie", "sections": [{"type": "biology", "lines": [{"act_code": biology, "quantity": "1"}]}]}
    answer = change(counter, sheet, "replacement", body)
    assert answer.status_code == 201, answer.text
    new = answer.json()
    assert (new["replaces"], new["claims"], new["date_of_care"]) == (sheet["number"], [], sheet["date_of_care"])
    assert answer.headers["location"].endswith(new["number"])
    old = read(counter, sheet)
    assert (old["status"], old["replaced_by"], old["claims"]) == ("replaced", new["number"], sheet["claims"])
    refused = counter.resolve({"scan": sheet["qr"]["payload"]})
    assert code(refused) == (409, "sheet-replaced")
    assert new["number"] not in refused.text, "the number of the new sheet is not for who holds the old paper"
    assert counter.resolve({"scan": new["qr"]["payload"]}, "biology").status_code == 200
    assert code(change(counter, sheet, "replacement", body, revision=2)) == (409, "sheet-replaced")


@pytest.mark.parametrize("begun", ["held", "executed", "declined"])
def test_a_sheet_that_was_begun_is_not_replaced(counter: Any, make: Any, begun: str) -> None:
    sheet = counter.issue(make.medicine(), make.medicine())
    held = counter.hold(sheet)
    if begun != "held":
        line = (
            make.delivered(1)
            if begun == "executed"
            else {"line": 1, "outcome": "not_executed", "reason": "out-of-stock"}
        )
        assert counter.execute(held, line).status_code == 201
        counter.call("pharmacy", "DELETE", f"/v1/care-sheets/{sheet['number']}/sections/pharmacy/lease")
    revision = read(counter, sheet)["revision"]
    body = {"reason": "x", "sections": [{"type": "pharmacy", "lines": [make.medicine()]}]}
    assert code(change(counter, sheet, "replacement", body, revision=revision)) == (409, "cannot-replace")


@pytest.mark.parametrize("persona", ["gp", "salaried", "agent"])
def test_a_reissue_turns_both_secrets(counter: Any, persona: str) -> None:
    sheet = counter.issue()
    answer = change(counter, sheet, "reissue", {"reason": "Perdue"}, persona)
    assert answer.status_code == 200, answer.text
    new = answer.json()
    assert new["backup_code"] != sheet["backup_code"] and new["qr"]["payload"] != sheet["qr"]["payload"]
    assert ("sections" in new) == (persona != "agent")
    assert code(counter.resolve({"scan": sheet["qr"]["payload"]})) == (410, "scan-rotated")
    typed = {"number": sheet["number"], "backup_code": sheet["backup_code"]}
    assert code(counter.resolve(typed)) == (403, "wrong-backup-code")
    assert counter.resolve({**typed, "backup_code": new["backup_code"]}).status_code == 200
    assert counter.resolve({"scan": new["qr"]["payload"], "hold": True}).status_code == 200


def test_a_reissue_opens_the_typing_again(counter: Any) -> None:
    sheet = counter.issue()
    typed = {"number": sheet["number"], "backup_code": "0000-0000-0"}
    for _ in range(5):
        assert code(counter.resolve(typed)) == (403, "wrong-backup-code")
    assert code(counter.resolve({**typed, "backup_code": sheet["backup_code"]})) == (423, "typing-locked")
    new = change(counter, sheet, "reissue", {"reason": "Bloquée"}).json()
    assert counter.resolve({**typed, "backup_code": new["backup_code"]}).status_code == 200


def test_nobody_else_reissues(counter: Any) -> None:
    sheet = counter.issue()
    assert code(change(counter, sheet, "reissue", {"reason": "x"}, "specialist")) == (404, "not-found")
    assert code(change(counter, sheet, "reissue", {"reason": "x"}, "tns")) == (404, "not-found")
    assert code(change(counter, sheet, "reissue", {"reason": "x"}, "pharmacy")) == (403, "insufficient-scope")


def test_a_replacing_doctor_acts_for_the_author_on_his_days(counter: Any) -> None:
    sheet = counter.issue()
    assert read(counter, sheet, "replacing")["number"] == sheet["number"]
    over = counter.call("replacement-ended", "GET", f"/v1/care-sheets/{sheet['number']}")
    assert code(over) == (403, "replacement-not-in-force")
    assert change(counter, sheet, "cancellation", {"reason": "x"}, "replacing").json()["status"] == "cancelled"
