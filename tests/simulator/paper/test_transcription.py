"""A paper prescription made electronic: executed at once, marked for good, its reference used up."""

from __future__ import annotations

from datetime import date
from typing import Any

import pypdfium2
import pytest

from simulator.paper import checks
from tests.simulator.catalogue.scene import BIOLOGY, PHARMACY, PRESCRIBER, SHEETS, Scene, medicine, must
from tests.simulator.lifecycle.door import Door


def told(answer: dict[str, Any]) -> list[str]:
    return [one["code"] for one in answer["warnings"]]


@pytest.mark.parametrize("actor", ["pharmacy", "biology", "agent"])
def test_it_is_executed_at_once(play: Scene, actor: str) -> None:
    made = must(play.transcribe(actor=actor, prescribed_on="2026-11-20"))
    assert (made["date_of_care"], made["valid_until"]) == ("2026-11-20", "2027-02-18"), "those of the paper"
    held = play.hold(made)
    assert held["transcribed"]["paper_reference"] == "ORD-0001"
    assert held["transcribed"]["by"]["role"] == actor
    assert held["prescriber"]["name"] == "Dr Salma Bennani"
    must(play.execute(held))
    typed = {"number": made["number"], "backup_code": made["backup_code"]}
    assert play.call("pharmacy", "POST", "/v1/resolutions", typed).status == 200
    whole = must(play.call("gp", "GET", f"{SHEETS}/{made['number']}"))
    assert whole["transcribed"]["prescribed_on"] == "2026-11-20" and whole["claims"] == []


def test_it_never_claims_what_the_prescriber_did(play: Scene) -> None:
    refused = play.transcribe("ORD-0001", PRESCRIBER, PHARMACY)
    assert (refused.status, refused.slug) == (422, "invalid-payload")
    made = must(play.transcribe())
    mine = must(play.call("gp", "GET", "/v1/claims", query=f"number={made['number']}"))
    assert mine["items"] == []


def test_a_sheet_issued_by_its_author_is_not_marked(play: Scene) -> None:
    sheet = play.issue()
    assert "transcribed" not in sheet and "transcribed" not in play.hold(sheet)
    made = must(play.transcribe())
    other = must(play.about(made, "replacement", sections=[BIOLOGY]))
    assert "transcribed" not in other, "what its author puts in its place is his own issuance"


def test_the_reference_serves_once_whatever_it_is_used_for(play: Scene) -> None:
    must(play.transcribe("PAP-1"))
    again = play.transcribe("PAP-1", BIOLOGY, actor="biology")
    assert (again.status, again.slug) == (409, "paper-reference-used")
    assert play.paper(play.hold(play.issue()), "PAP-1").slug == "paper-reference-used"
    must(play.paper(play.hold(play.issue()), "PAP-2"))
    assert play.transcribe("PAP-2").slug == "paper-reference-used"


def test_a_refused_reference_leaves_no_sheet(door: Door) -> None:
    play = Scene(door)
    must(play.transcribe("PAP-1"))
    before = len(door.bench("GET", f"/worlds/{play.world.id}/state")["care_sheets"])
    assert play.transcribe("PAP-1").slug == "paper-reference-used"
    assert len(door.bench("GET", f"/worlds/{play.world.id}/state")["care_sheets"]) == before


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"prescriber": "199999999"}, "/prescriber", "unknown-prescriber"),
        ({"prescriber": "200000012"}, "/prescriber", "unknown-prescriber"),
        ({"prescriber": "100000037"}, "/prescriber", "suspended-prescriber"),
        ({"prescriber": "100000060"}, "/prescriber", "replacement-not-in-force"),
        ({"prescribed_on": "2026-11-24"}, "/prescribed_on", "future-date"),
        ({"sections": [{"type": "pharmacy", "lines": [medicine(quantity="0.5")]}]},
         "/sections/0/lines/0/quantity", "whole-units"),
        ({"paper_reference": "ord 1"}, "/paper_reference", "malformed"),
    ],
)  # fmt: skip
def test_what_cannot_be(play: Scene, changes: dict[str, Any], pointer: str, code: str) -> None:
    refused = play.transcribe(**{"reference": "ORD-0001", **changes})
    assert refused.slug == "invalid-payload", refused.body.decode()
    (error,) = refused.json()["errors"]
    assert (error["pointer"], error["code"]) == (pointer, code)


def test_an_old_paper_is_worth_nothing(play: Scene) -> None:
    must(play.transcribe("PAP-1", prescribed_on="2026-08-25"))
    refused = play.transcribe("PAP-2", prescribed_on="2026-08-24")
    assert (refused.slug, refused.json()["valid_until"]) == ("sheet-expired", "2026-11-22")


def test_what_the_paper_lacks_is_said(play: Scene) -> None:
    made = must(play.transcribe("PAP-1", missing=["stamp", "signature", "stamp"]))
    assert told(made) == ["mention-missing", "mention-missing"]
    assert "cachetée" in made["warnings"][0]["message"] and "art. 34 et 35" in made["warnings"][0]["message"]
    child = {"registration_number": "100000001", "dependant_rank": 2}
    assert told(must(play.transcribe("PAP-2", prescribed_on="2026-11-22"))) == []
    assert told(must(play.transcribe("PAP-3", beneficiary=child))) == ["child-age-missing"]


@pytest.mark.parametrize(
    ("age", "birth", "expected"),
    [
        (None, date(2014, 11, 23), []),  # twelve that very day
        (None, date(2014, 11, 24), ["child-age-missing"]),
        (11, date(2014, 11, 24), []),
        (10, date(2014, 11, 24), ["child-age-differs"]),
        (0, date(2026, 11, 1), []),
        (11, date(1980, 1, 1), ["child-age-differs"]),
    ],
)
def test_the_age_of_a_child(age: int | None, birth: date, expected: list[str]) -> None:
    assert [code for code, _ in checks.remarks([], age, birth, date(2026, 11, 23))] == expected


@pytest.mark.parametrize(
    ("actor", "slug"),
    [
        ("gp", "insufficient-scope"),
        ("patient:salaried", "insufficient-scope"),
        ("software", "insufficient-scope"),
        ("anonymous", "unauthenticated"),
    ],
)
def test_executors_and_agents_only(play: Scene, actor: str, slug: str) -> None:
    assert play.transcribe(actor=actor).slug == slug


def test_the_patient_reads_who_did_it(play: Scene) -> None:
    must(play.transcribe(actor="agent"))
    (access,) = must(play.call("patient:salaried", "GET", "/v1/me/accesses"))["items"]
    assert "l'agence CNSS de Kénitra (Rim Ouahbi) a fait votre feuille" in access["sentence"]
    assert access["sentence"].endswith("d'une ordonnance papier.")


def test_its_printed_page_says_so(play: Scene) -> None:
    made = must(play.transcribe())
    reply = play.call("gp", "GET", f"{SHEETS}/{made['number']}/document.pdf")
    text = pypdfium2.PdfDocument(reply.body)[0].get_textpage().get_text_range()
    assert "Transcription de l'ordonnance papier ORD-0001" in " ".join(text.replace("\u2019", "'").split())
