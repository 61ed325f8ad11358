"""Who reads a statement, page by page; an adult of the family keeps his care to himself; nothing is ever rewritten."""

from __future__ import annotations

import hashlib
from typing import Any

import sqlalchemy as sa

from simulator.kit.storage import query
from simulator.payments.store import statements
from tests.simulator.catalogue.scene import must
from tests.simulator.payments.conftest import HASSAN, MERYEM, RACHID, Paid

CHILD = ("100000001", 2)
CARE = {"claim", "number", "section", "establishment", "execution", "line"}
MONEY = {"dependant_rank", "date_of_care", "charged", "cnss_share", "state_share", "before", "amount"}
_texts = query(sa.select(statements.c.id, statements.c.content).where(statements.c.world == sa.bindparam("w")))


def texts(scene: Paid) -> dict[str, str]:
    worlds = scene.door.simulator.worlds
    rows = worlds.db.call(lambda tx: tx.all(_texts, w=scene.world.id), scene.world.id)
    return {row["id"]: row["content"] for row in rows}


def test_a_statement_is_read_by_its_payee_alone(scene: Paid) -> None:
    scene.visit(HASSAN)
    scene.costly()
    scene.days(14)
    (his,) = scene.statements("patient:salaried")
    (theirs,) = scene.statements("pharmacy")
    path = "/v1/statements/"
    assert must(scene.call("patient:salaried", "GET", path + his["id"])) == his
    assert must(scene.call("pharmacy", "GET", path + theirs["id"])) == theirs
    refused = {
        "patient:tns": (404, "not-found"),
        "patient:salaried-spouse": (403, "role-not-allowed"),
        "pharmacy": (404, "not-found"),
        "pharmacy-b": (404, "not-found"),
        "gp": (404, "not-found"),
        "agent": (403, "insufficient-scope"),
        "public-health": (403, "insufficient-scope"),
        "software": (403, "insufficient-scope"),
    }
    for actor, said in refused.items():
        reply = scene.call(actor, "GET", path + his["id"])
        assert (actor, reply.status, reply.slug) == (actor, *said)
    for actor in ("patient:salaried", "patient:tns", "pharmacy-b", "gp"):
        reply = scene.call(actor, "GET", path + theirs["id"])
        assert (actor, reply.status, reply.slug) == (actor, 404, "not-found")
    for actor in ("patient:tns", "pharmacy-b", "gp"):
        assert scene.statements(actor) == []
    for actor in ("patient:salaried-spouse", "agent", "public-health", "software"):
        assert scene.call(actor, "GET", "/v1/statements").status == 403
    assert scene.call("anonymous", "GET", "/v1/statements").status == 401


def test_the_care_of_an_adult_of_the_family_is_not_told_to_whom_it_is_paid(scene: Paid) -> None:
    own, child, adult = scene.visit(HASSAN), scene.visit(CHILD), scene.visit(MERYEM)
    scene.days(9)
    (listed,) = scene.statements("patient:salaried")
    read = must(scene.call("patient:salaried", "GET", f"/v1/statements/{listed['id']}"))
    for statement in (listed, read):
        by_rank = {line["dependant_rank"]: line for line in statement["lines"]}
        assert set(by_rank[0]) == set(by_rank[2]) == CARE | MONEY
        assert (by_rank[0]["execution"], by_rank[2]["execution"]) == (own["id"], child["id"])
        assert set(by_rank[1]) == MONEY
        assert sum(_cents(line["amount"]) for line in statement["lines"]) == _cents(statement["total"])
    reply = scene.call("patient:salaried", "GET", f"/v1/claims/{adult['claim']['id']}/statement")
    assert (reply.status, reply.slug) == (404, "not-found")
    hers = must(scene.call("patient:salaried-spouse", "GET", f"/v1/claims/{adult['claim']['id']}/statement"))
    assert hers["payments"][0]["statement"] == listed["id"]
    assert adult["number"] in texts(scene)[listed["id"]]  # what is written says it: it is hidden on reading


def test_a_child_who_comes_of_age_takes_his_care_with_him(scene: Paid) -> None:
    scene.visit(CHILD)  # born on 12 April 2018
    scene.until("2036-04-11T22:59:59Z")
    (before,) = scene.statements("patient:salaried")
    assert set(before["lines"][0]) > CARE
    scene.until("2036-04-12T09:00:00Z")
    (after,) = scene.statements("patient:salaried")
    assert set(after["lines"][0]) == MONEY and after["total"] == before["total"]


def test_the_bodies_who_are_owed_read_every_line_they_are_paid_for(scene: Paid) -> None:
    scene.costly()
    scene.days(14)
    (statement,) = scene.statements("pharmacy")
    assert set(statement["lines"][0]) == CARE | MONEY


def test_pages_of_statements_follow_each_other_oldest_first(scene: Paid) -> None:
    for _ in range(5):
        scene.visit(RACHID)
        scene.until((scene.now.replace(day=scene.now.day + 1)).strftime("%Y-%m-%dT%H:%M:%SZ"))
    scene.until("2026-12-20T09:00:00Z")
    whole = scene.statements("patient:tns")
    assert [one["ordered_on"] for one in whole] == sorted(one["ordered_on"] for one in whole) and len(whole) == 5
    found: list[Any] = []
    cursor, pages = "", 0
    while True:
        page = must(scene.call("patient:tns", "GET", "/v1/statements", query=f"limit=2{cursor}"))
        found, pages = [*found, *page["items"]], pages + 1
        if "next_cursor" not in page:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert (found, pages) == (whole, 3)
    for wrong in ("cursor=x", "limit=0", "limit=101", "cursor=a|b|c"):
        assert scene.call("patient:tns", "GET", "/v1/statements", query=wrong).slug == "invalid-payload", wrong


def test_a_statement_is_never_written_again_and_the_trail_holds_its_sum(scene: Paid) -> None:
    for of in (HASSAN, MERYEM, RACHID):
        scene.visit(of)
    scene.costly()
    scene.days(7)
    ordered = texts(scene)
    scene.days(60)
    later = texts(scene)
    assert ordered and {name: later[name] for name in ordered} == ordered and len(later) == 3
    trail = scene.door.bench("GET", f"/worlds/{scene.world.id}/audit", query="limit=500")["entries"]
    links = {one["data"]["statement"]: one for one in trail if one["event"] == "statement-ordered"}
    assert {name: hashlib.sha256(text.encode()).hexdigest() for name, text in later.items()} == {
        name: link["data"]["sha256"] for name, link in links.items()
    }
    assert {link["subject"] for link in links.values()} == {"ben:100000001/0", "ben:100000002/0", "PHA-KEN-01"}


def _cents(text: str) -> int:
    return int(text.replace(".", ""))
