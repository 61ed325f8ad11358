"""The paper over HTTP: a page for each executor; after a reissue everything printed is a duplicate."""

from __future__ import annotations

from typing import Any

import pytest

from client.reading import pages_of, read_zxing
from simulator.codes.payload import DUPLICATE, TEST, decode


def printed(counter: Any, sheet: Any, persona: str = "gp", query: str = "") -> list[Any]:
    answer = counter.call(persona, "GET", f"/v1/care-sheets/{sheet['number']}/document.pdf{query}")
    assert answer.status_code == 200, answer.text
    return pages_of(answer.content, "application/pdf", 203)


def test_a_page_for_each_executor_and_no_amount_nor_own_act(counter: Any, make: Any) -> None:
    body = make.sheet()
    body["sections"] += [
        {"type": "biology", "lines": [{"act_code": "B-NFS", "quantity": "1", "note": "Avant le traitement"}]},
        {"type": "physiotherapy", "lines": [{"act_code": "AMM-REEDUC", "quantity": "10"}]},
        {"type": "dental", "lines": [{"act_code": "D-OBT1", "quantity": "1", "tooth": "26"}]},
    ]
    sheet = counter.try_issue(body).json()
    pages = printed(counter, sheet)
    texts = [" ".join(page.text.split()) for page in pages]
    for place, said in enumerate(
        (
            ["PHARMACIE", "AMOXIRAM", "2 boîtes", "Non substituable"],
            ["ANALYSES DE BIOLOGIE MÉDICALE", "Numération", "B-NFS", "Avant le traitement"],
            ["KINÉSITHÉRAPIE", "10 séances", "accord préalable"],
            ["SOINS ET PROTHÈSES DENTAIRES", "dent 26"],
        )
    ):
        for word in said:
            assert [number for number, text in enumerate(texts) if word in text] == [place], word
    for page, text in zip(pages, texts, strict=True):
        assert [reading.text for reading in read_zxing(page.image)] == [sheet["qr"]["payload"]]
        assert sheet["backup_code"] in text and "Dr Salma Bennani" in text
        assert "150" not in text and "Consultation" not in text and "DUPLICATA" not in text


def test_what_is_printed_after_a_reissue_is_a_duplicate(counter: Any) -> None:
    sheet = counter.issue()
    assert decode(sheet["qr"]["payload"]).flags == TEST
    path = f"/v1/care-sheets/{sheet['number']}/reissue"
    headers = {"if-match": f'"{sheet["revision"]}"', **counter.key()}
    new = counter.call("gp", "POST", path, json={"reason": "Perdue"}, headers=headers).json()
    assert decode(new["qr"]["payload"]).flags == TEST | DUPLICATE
    (page,) = printed(counter, new)
    assert "DUPLICATA" in page.text
    assert [reading.text for reading in read_zxing(page.image)] == [new["qr"]["payload"]]


def test_a_first_paper_is_a_duplicate_when_it_is_asked_for_as_one(counter: Any) -> None:
    sheet = counter.issue()
    (first,), (second,) = printed(counter, sheet), printed(counter, sheet, query="?duplicate=true")
    assert ("DUPLICATA" in first.text, "DUPLICATA" in second.text) == (False, True)


@pytest.mark.parametrize("image", ["qr.png", "qr.svg"])
def test_who_asks_comes_before_what_is_asked(counter: Any, image: str) -> None:
    sheet = counter.issue()
    path = f"/v1/care-sheets/{sheet['number']}/{image}?level=L"
    stranger = counter.platform("GET", counter.world["issuer"] + path)
    assert (stranger.status_code, stranger.json()["code"]) == (401, "unauthenticated")
    assert counter.call("agent", "GET", path).json()["code"] == "insufficient-scope"
    refused = counter.call("gp", "GET", path)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "?level")
    assert counter.call("gp", "GET", path.replace("=L", "=Q")).status_code == 200
