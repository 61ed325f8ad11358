"""The nomenclature over HTTP: pages, filters, ETag, refusals."""

from __future__ import annotations

from typing import Any

import pytest

import fixtures


@pytest.fixture
def get(platform: Any) -> Any:
    world = platform.world()
    headers = platform.bearer(world, "gp")

    def call(path: str, **more: str) -> Any:
        return platform("GET", f"{world['issuer']}/v1/nomenclature/{path}", headers={**headers, **more})

    return call


def test_every_page_once(get: Any) -> None:
    seen, cursor = [], ""
    for _ in range(10):
        page = get(f"medicines?limit=50{cursor}").json()
        assert page["version"] == "synthetic-2026.1"
        seen += [item["ean13"] for item in page["items"]]
        if "next_cursor" not in page:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == sorted(item.ean13 for item in fixtures.medicines())


def test_a_medicine_on_the_wire(get: Any) -> None:
    (item,) = get("medicines?ean13=6118999000018").json()["items"]
    assert item == {
        "ean13": "6118999000018",
        "name": "AMOXIRAM",
        "dci": ["AMOXICILLINE"],
        "dosage": "500 MG",
        "form": "GELULE",
        "presentation": "1 BOITE 12 GELULE",
        "ppv": "42.30",
        "base": "42.30",
        "rate": "0.70",
        "atc": "J01CA04",
        "antibiotic": True,
        "generic": "G",
        "class": "ANTIBIOTIQUE",
    }
    assert get("medicines?ean13=6118000000000").json()["items"] == []
    assert {i["name"] for i in get("medicines?q=clavulanique").json()["items"]} == {"CLAVUMED"}
    free = get("medicines?reimbursable=false").json()["items"]
    assert free and all(i["rate"] == "0.00" and "base" not in i for i in free)
    assert all(i["antibiotic"] for i in get("medicines?antibiotic=true").json()["items"])


def test_acts_carry_the_tariff_of_the_day(get: Any) -> None:
    page = get("acts").json()
    tariffs = {item["code"]: item.get("tariff") for item in page["items"]}
    assert page["tariff_set"] == "tnr-2006"
    assert (tariffs["C"], tariffs["CS"], tariffs["D-EXTR"], tariffs["SF-CONS"]) == (
        "80.00",
        "150.00",
        "262.50",
        None,
    )
    assert {item["section"] for item in get("acts?section=dental").json()["items"]} == {"dental"}
    first = get("acts?limit=3").json()
    assert get(f"acts?limit=3&cursor={first['next_cursor']}").json()["items"][0]["code"] > first["next_cursor"]


def test_reasons(get: Any) -> None:
    items = {item["code"]: item for item in get("reasons").json()["items"]}
    assert items["outside-list"]["family"] == "refusal" and items["outside-list"]["remedy_fr"]


@pytest.mark.parametrize("path", ["medicines?limit=5", "acts", "reasons"])
def test_an_unchanged_page_is_not_sent_again(get: Any, path: str) -> None:
    first = get(path)
    assert first.status_code == 200
    again = get(path, **{"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert get(path, **{"if-none-match": '"other"'}).status_code == 200


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=101", "limit=x", "ean13=123", "cursor=abc", "antibiotic=oui", "reimbursable=", "q="],
)
def test_a_bad_parameter_is_named(get: Any, query: str) -> None:
    answer = get(f"medicines?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-payload")
    assert answer.json()["errors"][0]["pointer"] == f"?{query.split('=')[0]}"


def test_a_token_is_needed(platform: Any) -> None:
    world = platform.world()
    answer = platform("GET", f"{world['issuer']}/v1/nomenclature/medicines")
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
