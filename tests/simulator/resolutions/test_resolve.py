"""From the paper to the section: each refusal beside what is accepted."""

from typing import Any

import pytest
from msgspec.structs import replace

from simulator.codes import payload, signing
from simulator.kit.signing import derive_key


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def resigned(counter: Any, sheet: Any, **changes: Any) -> str:
    """The sheet's payload with some fields changed, signed again by the world's own key."""
    keys = counter.platform.simulator.worlds._cache[counter.world["id"]].keys
    return signing.sign(replace(payload.decode(sheet["qr"]["payload"]), **changes), keys.qr_key)


def test_a_scan_opens_the_executor_s_own_section(counter: Any) -> None:
    sheet = counter.issue()
    answer = counter.resolve({"scan": sheet["qr"]["payload"]})
    body = answer.json()
    assert (answer.status_code, answer.headers["etag"]) == (200, '"1"')
    assert (body["number"], body["section"]["type"]) == (sheet["number"], "pharmacy")
    assert body["section"]["lines"] == sheet["sections"][1]["lines"]
    assert body["beneficiary"] == sheet["beneficiary"]
    assert body["prescriber"]["inpe"] == "100000011"
    assert "lease" not in body
    assert "claims" not in body


@pytest.mark.parametrize("shape", ["{}", " {}", "{4}"])
def test_the_number_and_its_code_open_it_too(counter: Any, shape: str) -> None:
    sheet = counter.issue()
    number, typed = sheet["number"], sheet["backup_code"]
    if shape == "{4}":
        number, typed = " ".join(number[i : i + 4] for i in (0, 4, 8, 12)), typed.replace("-", "").lower()
    body = {"number": number, "backup_code": typed, "hold": True}
    assert counter.resolve(body).json()["lease"]["establishment"] == "PHA-KEN-01"


def test_an_azerty_keyboard_is_recovered_and_told(counter: Any) -> None:
    sheet = counter.issue()
    us = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
    fr = "à&é\"'(-è_çQBCDEFGHIJKL?NOPARSTUVZXYW 45*+):!M"
    fr = fr.replace("45*", "458")
    typed = sheet["qr"]["payload"].translate(str.maketrans(us, fr)) + "\r"
    answer = counter.resolve({"scan": typed})
    assert answer.status_code == 200, answer.text
    codes = [d["code"] for d in answer.json()["reading"]["diagnostics"]]
    assert sorted(codes) == ["azerty-layout", "suffix"]


@pytest.mark.parametrize("scan", ["bonjour", "FSE1:ABC", "https://exemple.ma/q?x=<script>", "é" * 2000])
def test_what_is_not_a_sheet_is_unreadable(counter: Any, scan: str) -> None:
    answer = counter.resolve({"scan": scan})
    assert code(answer) == (422, "unreadable-scan")
    assert scan not in answer.text


def test_another_environment(counter: Any) -> None:
    sheet = counter.issue()
    assert counter.resolve({"scan": resigned(counter, sheet)}).status_code == 200
    answer = counter.resolve({"scan": resigned(counter, sheet, flags=0, key_id=9)})
    assert code(answer) == (422, "wrong-environment")


def test_an_unknown_key_comes_before_the_signature(counter: Any) -> None:
    sheet = counter.issue()
    answer = counter.resolve({"scan": resigned(counter, sheet, key_id=9, secret=bytes(16))})
    assert code(answer) == (422, "unknown-key")


def test_a_signature_by_somebody_else(counter: Any) -> None:
    sheet = counter.issue()
    scan = payload.decode(sheet["qr"]["payload"])
    forged = signing.sign(scan, derive_key("faussaire", "qr-key"))
    assert code(counter.resolve({"scan": forged})) == (422, "forged-scan")
    altered = payload.encode(replace(scan, valid_until_day=scan.valid_until_day + 30))
    assert code(counter.resolve({"scan": altered})) == (422, "forged-scan")


def test_a_number_never_issued(counter: Any) -> None:
    sheet = counter.issue()
    scan = resigned(counter, sheet, number="2600000000000175")
    assert code(counter.resolve({"scan": scan})) == (404, "unknown-number")
    typed = {"number": "2600000000000175", "backup_code": sheet["backup_code"]}
    assert code(counter.resolve(typed)) == (404, "unknown-number")


def test_a_rotated_secret(counter: Any) -> None:
    sheet = counter.issue()
    answer = counter.resolve({"scan": resigned(counter, sheet, secret=bytes(16))})
    assert code(answer) == (410, "scan-rotated")


@pytest.mark.parametrize(
    ("number", "slug"),
    [
        ("2604817390552495", "wrong-check-digit"),
        ("26048173905524 9", "invalid-payload"),
        ("2604-8173-9055-249X", "invalid-payload"),
    ],
)
def test_a_mistyped_number(counter: Any, number: str, slug: str) -> None:
    answer = counter.resolve({"number": number, "backup_code": "AAAA-AAAA-A"})
    assert code(answer) == (422, slug)
    assert answer.json()["errors"][0]["pointer"] == "/number"


def test_five_wrong_codes_lock_typing_and_leave_the_scan(counter: Any) -> None:
    sheet, other = counter.issue(), counter.issue()
    typed = {"number": sheet["number"], "backup_code": "0000-0000-0"}
    for left in (4, 3, 2, 1, 0):
        answer = counter.resolve(typed)
        assert code(answer) == (403, "wrong-backup-code")
        assert answer.json()["attempts_left"] == left
    right = {**typed, "backup_code": sheet["backup_code"]}
    assert code(counter.resolve(right)) == (423, "typing-locked")
    assert counter.resolve({"scan": sheet["qr"]["payload"]}).status_code == 200
    unlocked = {"number": other["number"], "backup_code": other["backup_code"]}
    assert counter.resolve(unlocked).status_code == 200


def test_expired(counter: Any) -> None:
    sheet = counter.issue()
    counter.advance(days=90)
    assert counter.resolve({"scan": sheet["qr"]["payload"]}).status_code == 200
    counter.advance(days=1)
    answer = counter.resolve({"scan": sheet["qr"]["payload"]})
    assert code(answer) == (409, "sheet-expired")
    assert answer.json()["valid_until"] == "2027-02-21"


def test_nothing_for_a_pharmacy(counter: Any, make: Any) -> None:
    body = make.sheet()
    sheet = counter.try_issue({**body, "sections": body["sections"][:1]}).json()
    assert code(counter.resolve({"scan": sheet["qr"]["payload"]})) == (409, "no-section-for-role")


def test_a_section_belongs_to_whoever_holds_it(counter: Any) -> None:
    sheet = counter.issue()
    first = counter.hold(sheet)
    for hold in (True, False):
        answer = counter.resolve({"scan": sheet["qr"]["payload"], "hold": hold}, "pharmacy-b")
        assert code(answer) == (423, "section-held")
        assert answer.headers["retry-after"] == "7200"
        assert answer.json()["held_until"] == first["lease"]["expires_at"]
        assert "PHA-KEN" not in answer.text
    assert counter.hold(sheet)["lease"] == first["lease"]  # read again after a lost answer
    counter.advance(hours=2)
    taken = counter.hold(sheet, "pharmacy-b")["lease"]
    assert (taken["establishment"], taken["id"] == first["lease"]["id"]) == ("PHA-KEN-02", False)


def test_two_pharmacies_at_once_one_holds(counter: Any) -> None:
    sheet = counter.issue()
    proof = {"json": {"scan": sheet["qr"]["payload"], "hold": True}}
    answers = counter.together(
        *((persona, "POST", "/v1/resolutions", dict(proof)) for persona in ("pharmacy", "pharmacy-b"))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 423]


def test_nothing_open_is_shown_but_not_held(counter: Any, make: Any) -> None:
    sheet = counter.issue()
    counter.execute(counter.hold(sheet), make.delivered())
    shown = counter.resolve({"scan": sheet["qr"]["payload"]}, "pharmacy-b")
    assert (shown.status_code, shown.json()["status"]) == (200, "executed")
    answer = counter.resolve({"scan": sheet["qr"]["payload"], "hold": True})
    assert code(answer) == (409, "nothing-open")


@pytest.mark.parametrize("body", [{}, {"hold": True}, {"number": "2604817390552494"}, {"scan": ""}, []])
def test_a_proof_is_a_scan_or_a_number_and_a_code(counter: Any, body: Any) -> None:
    assert code(counter.resolve(body)) == (422, "invalid-payload")


@pytest.mark.parametrize("body", [{}, {"hold": True}])
def test_a_missing_proof_is_named_both_ways(counter: Any, body: Any) -> None:
    [error] = counter.resolve(body).json()["errors"]
    assert error["pointer"] == ""
    assert all(name in error["detail"] for name in ("scan", "number", "backup_code"))


def test_null_is_a_member_left_out(counter: Any) -> None:
    answer = counter.resolve({"scan": counter.issue()["qr"]["payload"], "hold": None, "section": None})
    assert answer.status_code == 200
    assert "lease" not in answer.json()


def test_prescribers_do_not_resolve(counter: Any) -> None:
    sheet = counter.issue()
    assert code(counter.resolve({"scan": sheet["qr"]["payload"]}, "gp")) == (403, "insufficient-scope")
