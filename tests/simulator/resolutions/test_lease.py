"""The lease's own resource: extend, read, release."""

from typing import Any


def lease(counter: Any, method: str, sheet: Any, persona: str = "pharmacy", kind: str = "pharmacy") -> Any:
    return counter.call(persona, method, f"/v1/care-sheets/{sheet['number']}/sections/{kind}/lease")


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_extend_read_release(counter: Any) -> None:
    sheet = counter.issue()
    held = counter.hold(sheet)["lease"]
    assert lease(counter, "GET", sheet).json() == held
    counter.advance(hours=1)
    extended = lease(counter, "PUT", sheet).json()
    assert extended == {**held, "expires_at": "2026-11-23T12:00:00Z"}
    for _ in range(2):
        assert lease(counter, "DELETE", sheet).status_code == 204
    assert code(lease(counter, "GET", sheet)) == (409, "lease-lost")
    assert counter.hold(sheet, "pharmacy-b")["lease"]["establishment"] == "PHA-KEN-02"


def test_an_ended_lease_is_not_extended(counter: Any) -> None:
    sheet = counter.issue()
    counter.hold(sheet)
    counter.advance(hours=2)
    assert code(lease(counter, "PUT", sheet)) == (409, "lease-lost")
    counter.hold(sheet, "pharmacy-b")
    assert code(lease(counter, "PUT", sheet)) == (409, "lease-lost")
    assert lease(counter, "DELETE", sheet).status_code == 204
    assert lease(counter, "GET", sheet, "pharmacy-b").status_code == 200


def test_for_those_who_never_held_it_there_is_no_lease(counter: Any) -> None:
    sheet = counter.issue()
    counter.hold(sheet)
    for method in ("GET", "PUT", "DELETE"):
        assert code(lease(counter, method, sheet, "pharmacy-b")) == (404, "not-found")
        assert code(lease(counter, method, {"number": "2600000000000175"})) == (404, "not-found")


def test_another_profession_s_section(counter: Any) -> None:
    sheet = counter.issue()
    counter.hold(sheet)
    assert code(lease(counter, "GET", sheet, kind="biology")) == (403, "role-not-allowed")


def test_an_unknown_type_of_section(counter: Any) -> None:
    sheet = counter.issue()
    counter.hold(sheet)
    answer = lease(counter, "PUT", sheet, kind="labo")
    assert code(answer) == (404, "not-found")
    assert "prescriber, pharmacy, biology" in answer.json()["detail"]


def test_a_refusal_names_the_section_in_french(counter: Any) -> None:
    sheet = counter.issue()
    counter.hold(sheet)
    assert "« biologie »" in lease(counter, "GET", sheet, kind="biology").json()["detail"]


def test_an_expired_sheet_is_not_held_longer(counter: Any) -> None:
    sheet = counter.issue()
    counter.hold(sheet)
    counter.advance(days=91)
    assert code(lease(counter, "PUT", sheet)) == (409, "sheet-expired")
