"""The nomenclature over HTTP: pages, filters, ETag, refusals."""

from __future__ import annotations

from typing import Any, get_args

import pytest

import fixtures
from simulator.executions.schemas import NonExecution


@pytest.fixture
def get(shared: Any) -> Any:
    world = shared.world()
    headers = shared.bearer(world, "gp")

    def call(path: str, **more: str) -> Any:
        return shared("GET", f"{world['issuer']}/v1/nomenclature/{path}", headers={**headers, **more})

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


@pytest.mark.parametrize("path", ["medicines", "acts"])
def test_an_empty_cursor_is_the_first_page(get: Any, path: str) -> None:
    assert get(f"{path}?limit=3&cursor=").json() == get(f"{path}?limit=3").json()


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


SECTIONS = ("prescriber", "biology", "imaging", "physiotherapy", "dental", "nursing", "devices")


def test_each_profession_finds_its_acts_and_each_act_has_one(get: Any) -> None:
    found = {kind: [item["code"] for item in get(f"acts?section={kind}").json()["items"]] for kind in SECTIONS}
    assert all(found.values())
    assert sorted(code for codes in found.values() for code in codes) == sorted(act.code for act in fixtures.acts())
    assert get("acts?section=pharmacy").json()["items"] == []


def test_devices_say_their_unit_their_price_and_the_approval_they_need(get: Any) -> None:
    devices = {item["code"]: item for item in get("acts?section=devices").json()["items"]}
    glass, soles = devices["DM-VERRE"], devices["DM-SEMELLES"]
    assert (glass["letter"], glass["unit"], glass["tariff"], glass["prior_approval"]) == ("DM", "unit", "150.00", False)
    assert (soles["unit"], soles["tariff"], soles["fidelity"]) == ("pair", "350.00", "hypothesis")
    asked = get("acts?section=devices&prior_approval=true").json()["items"]
    assert (
        {item["code"] for item in asked} == {code for code, item in devices.items() if item["prior_approval"]} != set()
    )
    assert {item["unit"] for item in get("acts?section=physiotherapy").json()["items"]} == {"session"}


def test_acts_are_found_without_accents(get: Any) -> None:
    assert [item["code"] for item in get("acts?q=seance de kine").json()["items"]] == ["AMM-REEDUC", "AMM-RESP"]


def test_reasons_of_one_family(get: Any) -> None:
    every = get("reasons").json()["items"]
    families = {family: get(f"reasons?family={family}").json()["items"] for family in ("refusal", "non-execution")}
    assert all(item["family"] == family for family, items in families.items() for item in items)
    assert {item["code"] for item in families["non-execution"]} == set(get_args(NonExecution))
    assert len(families["refusal"]) + len(families["non-execution"]) < len(every)


@pytest.mark.parametrize("query", ["acts?section=surgery", "acts?prior_approval=1", "reasons?family=other"])
def test_a_word_that_is_none_of_the_list(get: Any, query: str) -> None:
    answer = get(query)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-payload")
    assert answer.json()["errors"][0]["pointer"] == "?" + query.split("?")[1].split("=")[0]


def test_reasons(get: Any) -> None:
    items = {item["code"]: item for item in get("reasons").json()["items"]}
    assert items["outside-list"]["family"] == "refusal" and items["outside-list"]["remedy_fr"]


@pytest.mark.parametrize("path", ["medicines?limit=5", "acts", "reasons"])
def test_an_unchanged_page_is_not_sent_again(get: Any, path: str) -> None:
    first = get(path)
    assert first.status_code == 200
    etag, kept = first.headers["etag"], "private, no-cache"
    assert first.headers["cache-control"] == kept
    for known in (etag, f'"other", {etag}', f"W/{etag}", "*"):
        again = get(path, **{"if-none-match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert (again.headers["cache-control"], again.headers["etag"]) == (kept, etag)
    assert get(path, **{"if-none-match": '"other"'}).status_code == 200


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=101", "limit=x", "ean13=123", "cursor=abc", "antibiotic=oui", "reimbursable=", "q="],
)
def test_a_bad_parameter_is_named(get: Any, query: str) -> None:
    answer = get(f"medicines?{query}")
    assert answer.headers["cache-control"] == "no-store"
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-payload")
    assert answer.json()["errors"][0]["pointer"] == f"?{query.split('=')[0]}"


def test_a_token_is_needed(platform: Any) -> None:
    world = platform.world()
    answer = platform("GET", f"{world['issuer']}/v1/nomenclature/medicines")
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
