"""Each profession executes its own section over HTTP, and is paid by its own arithmetic."""

from __future__ import annotations

from typing import Any

import pytest

ALL = {
    "biology": [{"act_code": "B-NFS", "quantity": "1"}, {"act_code": "B-GLY", "quantity": "1"}],
    "imaging": [{"act_code": "Z-RX2", "quantity": "1"}],
    "physiotherapy": [{"act_code": "AMM-REEDUC", "quantity": "10"}],
    "dental": [{"act_code": "DP-COUR", "quantity": "1", "tooth": "26"}],
    "nursing": [{"act_code": "AMI-PANS", "quantity": "3"}],
    "devices": [{"act_code": "DM-VERRE", "quantity": "2", "unit": "unit"}],
}


def issued(counter: Any, *kinds: str) -> Any:
    body = {
        "date_of_care": "2026-11-23",
        "beneficiary": {"registration_number": "100000001"},
        "sections": [{"type": kind, "lines": ALL[kind]} for kind in kinds or ALL],
    }
    answer = counter.try_issue(body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def hold(counter: Any, sheet: Any, persona: str, **more: str) -> Any:
    answer = counter.resolve({"scan": sheet["qr"]["payload"], "hold": True, **more}, persona)
    assert answer.status_code == 200, answer.text
    return answer.json()


def execute(counter: Any, held: Any, persona: str, *lines: dict[str, Any]) -> Any:
    headers = {"if-match": f'"{held["revision"]}"', "fse-lease": held["lease"]["id"], **counter.key()}
    body = {"performed_at": "2026-11-23T09:00:00Z", "lines": list(lines)}
    path = f"/v1/care-sheets/{held['number']}/sections/{held['section']['type']}/executions"
    return counter.call(persona, "POST", path, json=body, headers=headers)


def done(quantity: str, charged: str, line: int = 1, **more: Any) -> dict[str, Any]:
    return {"line": line, "outcome": "executed", "quantity": quantity, "charged": charged, **more}


@pytest.mark.parametrize(
    ("persona", "kind", "lines", "cnss", "patient"),
    [
        # B 40 × 0.70 = 28, B 15 × 0.70 = 10.50 → 38.50 ; 60 − 38.50
        ("biology", "biology", [done("1", "40.00"), done("1", "20.00", 2)], "38.50", "21.50"),
        # Z 15 × 10 = 150 × 0.70 = 105 ; 200 − 105
        ("imaging", "imaging", [done("1", "200.00")], "105.00", "95.00"),
        # AMM 8 × 5 = 40 × 0.70 = 28 ; 100 − 28
        ("physiotherapy", "physiotherapy", [done("1", "100.00", session=1)], "28.00", "72.00"),
        # D (prosthesis) 60 × 12.50 = 750 × 0.70 = 525 ; 1500 − 525
        ("dental", "dental", [done("1", "1500.00", act_code="DP-COUR")], "525.00", "975.00"),
        # AMI 2 × 5 × 3 = 30 × 0.70 = 21 ; 90 − 21
        ("nursing", "nursing", [done("3", "90.00")], "21.00", "69.00"),
        ("midwife", "nursing", [done("3", "90.00")], "21.00", "69.00"),
        # DM 150 × 2 = 300 × 0.70 = 210 ; 520 − 210
        ("devices", "devices", [done("2", "520.00", lot="SN-1")], "210.00", "310.00"),
    ],
)
def test_a_profession_executes_its_section_and_claims(
    counter: Any, persona: str, kind: str, lines: list[Any], cnss: str, patient: str
) -> None:
    held = hold(counter, issued(counter), persona)
    assert held["section"]["type"] == kind
    answer = execute(counter, held, persona, *lines)
    assert answer.status_code == 201, answer.text
    claim = answer.json()["claim"]
    assert (claim["section"], claim["totals"]["cnss_share"], claim["totals"]["patient_share"]) == (kind, cnss, patient)
    assert answer.json()["warnings"] == []
    assert counter.call(persona, "GET", f"/v1/claims/{claim['id']}").json() == claim


@pytest.mark.parametrize("kind", ["biology", "imaging", "physiotherapy", "nursing"])
def test_a_clinic_chooses_among_the_sections_it_may_execute(counter: Any, kind: str) -> None:
    sheet = issued(counter)
    unsaid = counter.resolve({"scan": sheet["qr"]["payload"], "hold": True}, "clinic")
    assert (unsaid.status_code, unsaid.json()["code"]) == (422, "section-to-choose")
    assert set(unsaid.json()["sections"]) == {"biology", "imaging", "physiotherapy", "nursing"}
    held = hold(counter, sheet, "clinic", section=kind)
    assert execute(counter, held, "clinic", done("1", "100.00")).status_code == 201


def test_sessions_are_claimed_one_by_one_on_one_claim(counter: Any) -> None:
    sheet = issued(counter, "physiotherapy")
    for k in (1, 2, 3):
        held = hold(counter, sheet, "physiotherapy")
        answer = execute(counter, held, "physiotherapy", done("1", "100.00", session=k)).json()
        assert answer["lines"][0]["session"] == {"index": k, "of": 10}
        again = hold(counter, sheet, "physiotherapy")
        twice = execute(counter, again, "physiotherapy", done("1", "100.00", session=k))
        assert (twice.status_code, twice.json()["code"]) == (409, "wrong-session")
    claim = answer["claim"]
    # three times 28.00 ; three times 72.00
    assert (len(claim["lines"]), claim["totals"]["cnss_share"], claim["totals"]["patient_share"]) == (
        3,
        "84.00",
        "216.00",
    )
    back = counter.call(
        "physiotherapy",
        "POST",
        f"/v1/executions/{answer['id']}/withdrawal",
        json={"reason": "Patient parti avant la séance"},
        headers={"if-match": f'"{answer["revision"]}"', **counter.key()},
    )
    assert back.status_code == 200, back.text
    assert (len(back.json()["claim"]["lines"]), back.json()["claim"]["totals"]["cnss_share"]) == (2, "56.00")


def test_sessions_are_whole(counter: Any) -> None:
    held = hold(counter, issued(counter, "physiotherapy"), "physiotherapy")
    answer = execute(counter, held, "physiotherapy", done("0.5", "50.00"))
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-payload")
    assert answer.json()["errors"][0]["code"] == "whole-sessions"
    assert execute(counter, held, "physiotherapy", done("1", "100.00")).status_code == 201


def test_another_act_than_the_one_prescribed_is_a_substitution(counter: Any) -> None:
    held = hold(counter, issued(counter, "imaging"), "imaging")
    other = execute(counter, held, "imaging", done("1", "200.00", act_code="Z-RX1"))
    assert (other.status_code, other.json()["code"]) == (409, "substitution-not-allowed")
    agreed = done("1", "200.00", act_code="Z-RX1", substitution={"reason": "prescriber-agreed"})
    claim = execute(counter, held, "imaging", agreed).json()["claim"]
    # Z 10 × 10 = 100 × 0.70 = 70: what was done is paid, not what was asked
    assert (claim["lines"][0]["label"], claim["totals"]["cnss_share"]) == (
        "Radiographie standard, une incidence",
        "70.00",
    )


def test_an_act_of_another_profession_is_never_claimed_on_a_line_outside_the_list(counter: Any) -> None:
    outside = {"outside_list": {"label": "Analyse rare", "reason": "Nouvelle"}, "quantity": "1"}
    body = {
        "date_of_care": "2026-11-23",
        "beneficiary": {"registration_number": "100000001"},
        "sections": [{"type": "biology", "lines": [outside]}],
    }
    held = hold(counter, counter.try_issue(body).json(), "biology")
    wrong = execute(counter, held, "biology", done("1", "2500.00", act_code="Z-IRM"))
    assert (wrong.status_code, wrong.json()["errors"][0]["code"]) == (422, "wrong-section")
    plain = execute(counter, held, "biology", done("1", "300.00")).json()
    assert (plain["claim"]["decision"], plain["claim"]["lines"][0]["reason"]) == ("rejected", "outside-list")
    assert [item["code"] for item in plain["warnings"]] == ["outside-list"]


def test_a_missing_lot_is_warned_of_then_refused(counter: Any, make: Any) -> None:
    sheet = counter.issue()
    warned = counter.execute(counter.hold(sheet), make.delivered(quantity="1", charged="42.30")).json()["warnings"]
    assert [(item["code"], item.get("becomes_error_on")) for item in warned] == [("lot-missing", "2027-07-01")]
    counter.advance(days=220)
    for persona in ("gp", "pharmacy"):  # the version header is required from the same day on
        bearer = counter.platform.bearer(counter.world, persona)
        counter._bearers[persona] = {**bearer, "fse-version": "2026-01-01"}
    late = counter.issue(date_of_care="2027-07-01")
    held = counter.hold(late)
    when = {"performed_at": "2027-07-01T09:00:00Z"}
    refused = counter.execute(held, make.delivered(), **when)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/lines/0/lot")
    assert counter.execute(held, make.delivered(lot="A1"), **when).status_code == 201


@pytest.mark.parametrize("reason", ["sample-not-conform", "patient-absent", "equipment-unavailable"])
def test_reasons_of_other_professions(counter: Any, reason: str) -> None:
    held = hold(counter, issued(counter, "biology"), "biology")
    answer = execute(counter, held, "biology", {"line": 1, "outcome": "not_executed", "reason": reason})
    assert (answer.status_code, answer.json()["lines"][0]["state"]) == (201, "not_executed")
