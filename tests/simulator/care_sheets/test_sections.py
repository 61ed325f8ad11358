"""Sections of every profession: what is kept of each line, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

NFS = {"act_code": "B-NFS", "quantity": "1"}
GOOD: dict[str, dict[str, Any]] = {
    "biology": {**NFS, "note": "À jeun"},
    "imaging": {"act_code": "Z-RX2", "quantity": "1", "note": "Poignet droit"},
    "physiotherapy": {"act_code": "AMM-REEDUC", "quantity": "10"},
    "dental": {"act_code": "D-OBT1", "quantity": "1", "tooth": "26"},
    "nursing": {"act_code": "AMI-INJ", "quantity": "3"},
    "devices": {"act_code": "DM-VERRE", "quantity": "2", "unit": "unit"},
}


def one(kind: str, *lines: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "date_of_care": "2026-11-23",
        "beneficiary": {"registration_number": "100000001"},
        "sections": [{"type": kind, "lines": list(lines)}],
        **more,
    }


def errors(answer: Any) -> list[tuple[str, str]]:
    return [(error["pointer"], error["code"]) for error in answer.json()["errors"]]


@pytest.mark.parametrize("kind", GOOD)
def test_a_line_of_each_profession_comes_back_as_it_was_asked(counter: Any, kind: str) -> None:
    issued = counter.try_issue(one(kind, GOOD[kind]))
    assert issued.status_code == 201, issued.text
    (section,) = issued.json()["sections"]
    (line,) = section["lines"]
    assert section["type"] == kind
    assert {name: line[name] for name in GOOD[kind]} == GOOD[kind]
    assert (line["state"], line["remaining"], line["listed"]) == ("open", GOOD[kind]["quantity"], True)
    assert line.get("unit") == {"physiotherapy": "session", "devices": "unit"}.get(kind)


@pytest.mark.parametrize("kind", GOOD)
def test_every_section_takes_what_is_outside_the_list(counter: Any, kind: str) -> None:
    outside = {"outside_list": {"label": "Acte rare", "reason": "Nouveau"}, "quantity": "2", "note": "Voir courrier"}
    answer = counter.try_issue(one(kind, outside)).json()
    (line,) = answer["sections"][0]["lines"]
    assert (line["label"], line["listed"], line["note"]) == ("Acte rare", False, "Voir courrier")
    assert [item["code"] for item in answer["warnings"]] == ["outside-list"]


def test_all_the_sections_of_one_sheet(counter: Any, make: Any) -> None:
    body = make.sheet()
    body["sections"] += [{"type": kind, "lines": [line]} for kind, line in GOOD.items()]
    answer = counter.try_issue(body)
    assert answer.status_code == 201, answer.text
    assert [section["type"] for section in answer.json()["sections"]] == ["prescriber", "pharmacy", *GOOD]
    body["sections"].append({"type": "biology", "lines": [NFS]})
    assert errors(counter.try_issue(body)) == [("/sections", "too-long")]
    del body["sections"][0]
    assert errors(counter.try_issue(body)) == [("/sections/7/type", "duplicate-section")]


@pytest.mark.parametrize("kind", GOOD)
def test_an_act_of_another_section_is_refused(counter: Any, kind: str) -> None:
    line = {**GOOD[kind], "act_code": "KE-ECG"}
    answer = counter.try_issue(one(kind, line))
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown-code")
    assert errors(answer) == [("/sections/0/lines/0/act_code", "wrong-section")]
    unknown = counter.try_issue(one(kind, {**GOOD[kind], "act_code": "ZZZ"}))
    assert errors(unknown) == [("/sections/0/lines/0/act_code", "unknown-code")]


def test_the_prescriber_does_not_claim_somebody_elses_act(counter: Any) -> None:
    answer = counter.try_issue(one("prescriber", {**NFS, "charged": "40.00"}))
    assert errors(answer) == [("/sections/0/lines/0/act_code", "wrong-section")]
    assert counter.try_issue(one("prescriber", {"act_code": "KE-ECG", "quantity": "1", "charged": "150.00"})).is_success


def test_every_wrong_code_is_pointed_at(counter: Any, make: Any) -> None:
    body = make.sheet(make.medicine("6118999999999"))
    body["sections"].append({"type": "biology", "lines": [NFS, {"act_code": "Z-RX2", "quantity": "1"}]})
    assert errors(counter.try_issue(body)) == [
        ("/sections/1/lines/0/ean13", "unknown-code"), ("/sections/2/lines/1/act_code", "wrong-section"),
    ]  # fmt: skip


def test_a_device_is_counted_in_the_unit_of_its_price(counter: Any) -> None:
    soles = {"act_code": "DM-SEMELLES", "quantity": "1", "unit": "unit"}
    refused = counter.try_issue(one("devices", soles))
    assert errors(refused) == [("/sections/0/lines/0/unit", "wrong-unit")]
    assert "pair" in refused.json()["detail"]
    assert counter.try_issue(one("devices", {**soles, "unit": "pair"})).is_success


@pytest.mark.parametrize(
    ("kind", "change", "pointer"),
    [
        ("dental", {"tooth": "19"}, "tooth"), ("dental", {"tooth": "56"}, "tooth"),
        ("biology", {"tooth": "26"}, "tooth"),
        ("physiotherapy", {"quantity": "0.5"}, "quantity"), ("physiotherapy", {"quantity": "0"}, "quantity"),
        ("physiotherapy", {"quantity": "100"}, "quantity"), ("devices", {"unit": "box"}, "unit"),
        ("nursing", {"quantity": "0"}, "quantity"), ("imaging", {"note": ""}, "note"),
        ("imaging", {"charged": "10.00"}, "charged"), ("biology", {"unit": "session"}, "unit"),
    ],
)  # fmt: skip
def test_shapes_that_are_refused(counter: Any, kind: str, change: dict[str, str], pointer: str) -> None:
    answer = counter.try_issue(one(kind, {**GOOD[kind], **change}))
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-payload")
    assert {where for where, _ in errors(answer)} == {f"/sections/0/lines/0/{pointer}"}


@pytest.mark.parametrize("tooth", ["11", "48", "51", "85"])
def test_teeth_of_adults_and_children(counter: Any, tooth: str) -> None:
    assert counter.try_issue(one("dental", {**GOOD["dental"], "tooth": tooth})).is_success


def test_prior_approval_is_announced_to_the_prescriber(counter: Any) -> None:
    crown = {"act_code": "DP-COUR", "quantity": "1", "tooth": "26"}
    warned = counter.try_issue(one("dental", crown)).json()["warnings"]
    assert [item["code"] for item in warned] == ["prior-approval-needed"]
    assert counter.try_issue(one("dental", GOOD["dental"])).json()["warnings"] == []


def test_a_section_of_no_known_type(counter: Any) -> None:
    answer = counter.try_issue(one("surgery", NFS))
    assert errors(answer) == [("/sections/0", "unknown-section-type")]


def test_a_general_practitioner_charging_as_a_specialist_is_warned(counter: Any) -> None:
    body = one("prescriber", {"act_code": "CS", "quantity": "1", "charged": "300.00"})
    assert [item["code"] for item in counter.try_issue(body).json()["warnings"]] == ["out-of-speciality"]
    assert counter.try_issue(body, "specialist").json()["warnings"] == []


@pytest.mark.parametrize(("declared", "warned"), [("ALD", ["long-term-condition-not-recognised"]), (None, [])])
def test_a_replacement_is_warned_as_an_issuance_is(counter: Any, declared: str | None, warned: list[str]) -> None:
    sheet = counter.issue()
    body = {"reason": "Posologie", "sections": [{"type": "biology", "lines": [NFS]}]}
    body |= {"long_term_condition": declared} if declared else {}
    path, headers = f"/v1/care-sheets/{sheet['number']}/replacement", {"if-match": '"1"', **counter.key()}
    new = counter.call("gp", "POST", path, json=body, headers=headers)
    assert (new.status_code, [item["code"] for item in new.json()["warnings"]]) == (201, warned)


@pytest.mark.parametrize("unit", ["box", "bottle", "tube"])
@pytest.mark.parametrize("code", [{"ean13": "6118999000018"}, {"outside_list": {"label": "Sirop", "reason": "Local"}}])
def test_what_comes_in_a_pack_is_prescribed_whole(counter: Any, make: Any, unit: str, code: dict[str, Any]) -> None:
    fine = {**make.medicine(None, unit=unit), **code}
    half = {**fine, "quantity": "0.5"}
    expected = [("/sections/0/lines/1/quantity", "whole-units")]
    wanted = one("pharmacy", fine, half)
    refused = counter.try_issue(wanted)
    assert (refused.status_code, refused.json()["code"], errors(refused)) == (422, "invalid-payload", expected)
    estimate = counter.call("gp", "POST", "/v1/care-sheets/estimates", json=wanted)
    assert (estimate.status_code, errors(estimate)) == (422, expected)
    sheet = counter.try_issue(one("pharmacy", fine, {**half, "quantity": "2.000"})).json()
    headers = {"if-match": '"1"', **counter.key()}
    body = {"reason": "Erreur", "sections": wanted["sections"]}
    path = f"/v1/care-sheets/{sheet['number']}/replacement"
    replaced = counter.call("gp", "POST", path, json=body, headers=headers)
    assert (replaced.status_code, errors(replaced)) == (422, expected)


def test_a_device_is_prescribed_whole_and_a_tablet_may_be_halved(counter: Any, make: Any) -> None:
    glass = {**GOOD["devices"], "quantity": "1.5"}
    assert errors(counter.try_issue(one("devices", glass))) == [("/sections/0/lines/0/quantity", "whole-units")]
    tablet = make.medicine(None, unit="unit", quantity="0.5", outside_list={"label": "Sirop", "reason": "Local"})
    assert counter.try_issue(one("pharmacy", tablet)).is_success
    assert counter.try_issue(one("nursing", {**GOOD["nursing"], "quantity": "0.5"})).is_success
