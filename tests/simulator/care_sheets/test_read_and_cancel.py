"""Reading a sheet by role, its printed forms, and its cancellation."""

import io
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from PIL import Image


def read(counter: Any, sheet: Any, persona: str) -> Any:
    return counter.call(persona, "GET", f"/v1/care-sheets/{sheet['number']}")


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_the_author_reads_what_he_was_given(counter: Any) -> None:
    sheet = counter.issue()
    assert read(counter, sheet, "gp").json() == sheet


def test_the_holder_reads_his_section_and_no_secret(counter: Any) -> None:
    sheet = counter.issue()
    held = counter.hold(sheet)
    seen = read(counter, sheet, "pharmacy").json()
    assert [section["type"] for section in seen["sections"]] == ["pharmacy"]
    assert seen["sections"][0]["lease"] == held["lease"]
    assert not {"qr", "backup_code", "document"} & seen.keys()
    assert seen["claims"] == []
    assert read(counter, sheet, "gp").json()["sections"][1]["lease"]["establishment"] == "PHA-KEN-01"


@pytest.mark.parametrize("persona", ["specialist", "pharmacy", "pharmacy-b"])
def test_for_anybody_else_the_sheet_does_not_exist(counter: Any, persona: str) -> None:
    sheet = counter.issue()
    if persona == "pharmacy-b":
        counter.hold(sheet)
    assert code(read(counter, sheet, persona)) == (404, "not-found")
    assert code(read(counter, {"number": "2600000000000175"}, "gp")) == (404, "not-found")
    if persona == "specialist":
        assert code(counter.cancel(sheet, persona)) == (404, "not-found")
        for file in ("document.pdf", "qr.png", "qr.svg"):
            answer = counter.call(persona, "GET", f"/v1/care-sheets/{sheet['number']}/{file}")
            assert code(answer) == (404, "not-found")


def test_every_reading_is_audited(counter: Any) -> None:
    from simulator.audit import store

    sheet = counter.issue()
    counter.hold(sheet)
    read(counter, sheet, "gp")
    read(counter, sheet, "pharmacy")
    simulator = counter.platform.simulator
    chain = simulator.db.call(lambda tx: store.rows(tx, counter.world["id"]))
    events = [row["event"] for row in chain if row["subject"] == sheet["number"]]
    assert events == ["care-sheet-issued", "care-sheet-resolved", "care-sheet-read", "care-sheet-read"]


def test_the_printed_qr_is_the_sheet_s(counter: Any) -> None:
    sheet = counter.issue()
    png = counter.call("gp", "GET", f"/v1/care-sheets/{sheet['number']}/qr.png?scale=4")
    assert png.headers["content-type"] == "image/png"
    image = Image.open(io.BytesIO(png.content))
    assert image.size == (49 * 4, 49 * 4)  # 41 modules and the quiet zone
    assert zxingcpp.read_barcodes(image)[0].text == sheet["qr"]["payload"]
    svg = counter.call("gp", "GET", f"/v1/care-sheets/{sheet['number']}/qr.svg?level=Q")
    assert (svg.status_code, svg.headers["content-type"].split(";")[0]) == (200, "image/svg+xml")


def test_the_document_is_printable_and_marked_when_duplicate(counter: Any) -> None:
    sheet = counter.issue()
    path = f"/v1/care-sheets/{sheet['number']}/document.pdf"
    texts = []
    for query in ("", "?duplicate=true"):
        answer = counter.call("gp", "GET", path + query)
        assert answer.headers["content-type"] == "application/pdf"
        page = pypdfium2.PdfDocument(answer.content)[0]
        texts.append(page.get_textpage().get_text_range())
    assert "Bennani" in texts[0]
    assert sheet["backup_code"] in texts[0]
    assert texts[0] != texts[1]


@pytest.mark.parametrize("query", ["scale=0", "scale=41", "scale=x", "level=H"])
def test_drawing_parameters_are_bounded(counter: Any, query: str) -> None:
    sheet = counter.issue()
    answer = counter.call("gp", "GET", f"/v1/care-sheets/{sheet['number']}/qr.png?{query}")
    assert code(answer) == (422, "invalid-payload")


def test_the_author_cancels_what_is_open(counter: Any) -> None:
    sheet = counter.issue()
    answer = counter.cancel(sheet)
    assert answer.status_code == 200
    after = answer.json()
    assert (after["status"], after["revision"]) == ("cancelled", 2)
    assert after["sections"][1]["lines"][0]["state"] == "cancelled"
    assert after["sections"][0]["lines"][0]["state"] == "executed"
    assert after["claims"] == sheet["claims"]
    assert code(counter.resolve({"scan": sheet["qr"]["payload"]})) == (409, "sheet-cancelled")
    assert code(counter.cancel(sheet, revision=2)) == (409, "sheet-cancelled")


def test_a_held_section_is_cancelled_once_it_is_released(counter: Any) -> None:
    sheet = counter.issue()
    counter.hold(sheet)
    asked = counter.cancel(sheet).json()
    assert (asked["status"], asked["cancellation_requested"], asked["revision"]) == ("issued", True, 2)
    counter.call("pharmacy", "DELETE", f"/v1/care-sheets/{sheet['number']}/sections/pharmacy/lease")
    after = read(counter, sheet, "gp").json()
    assert (after["status"], after["revision"]) == ("cancelled", 3)
    assert "cancellation_requested" not in after


def test_the_remainder_of_a_partial_execution_can_be_cancelled(counter: Any, make: Any) -> None:
    sheet = counter.issue()
    counter.execute(counter.hold(sheet), make.delivered(quantity="1", charged="42.30"))
    assert counter.cancel(sheet, revision=2).json()["status"] == "in_progress"
    counter.advance(hours=2)
    assert read(counter, sheet, "gp").json()["status"] == "partly_executed"


def test_cancelling_needs_the_current_revision(counter: Any, make: Any) -> None:
    sheet = counter.issue()
    path = f"/v1/care-sheets/{sheet['number']}/cancellation"
    blind = counter.call("gp", "POST", path, json={"reason": "Erreur"})
    assert code(blind) == (428, "precondition-required")
    stale = counter.cancel(sheet, revision=7)
    assert code(stale) == (412, "precondition-failed")
    assert stale.headers["etag"] == '"1"'


def test_a_sheet_with_nothing_open_cannot_be_cancelled(counter: Any, make: Any) -> None:
    sheet = counter.issue()
    assert counter.execute(counter.hold(sheet), make.delivered()).status_code == 201
    assert code(counter.cancel(sheet, revision=2)) == (409, "cannot-cancel")


def test_an_expired_sheet_cannot_be_cancelled(counter: Any) -> None:
    sheet = counter.issue()
    counter.advance(days=91)
    assert read(counter, sheet, "gp").json()["status"] == "expired"
    assert code(counter.cancel(sheet)) == (409, "sheet-expired")
