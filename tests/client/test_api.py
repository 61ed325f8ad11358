"""The client against a real simulator: a sheet's corrections, its late entry, its events and its patient."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import Any

import pytest

from client.api import FseClient, Software
from client.bench import BenchClient
from client.http import Refused
from client.launch import simulator

NOW = "2026-11-23T09:00:00Z"
DONE = {"line": 1, "outcome": "executed", "quantity": "1", "charged": "60.00"}
SHEET = {
    "date_of_care": "2026-11-23",
    "beneficiary": {"registration_number": "100000001", "dependant_rank": 0},
    "sections": [
        {"type": "prescriber", "lines": [{"act_code": "C", "quantity": "1", "charged": "150.00"}]},
        {"type": "biology", "lines": [{"act_code": "B-NFS", "quantity": "1"}]},
        {"type": "imaging", "lines": [{"act_code": "Z-RX2", "quantity": "1"}]},
    ],
}
Cast = Callable[[str], FseClient]


@pytest.fixture(scope="module")
def cast() -> Iterator[Cast]:
    """Persona → its client; ``software`` alone, ``patient`` the insured of the sheet."""
    software = Software("essai", "essai-1")
    with ExitStack() as stack:
        running = stack.enter_context(simulator())
        bench = stack.enter_context(closing(BenchClient(running.url, running.bench_token)))
        clients = [{"client_id": "essai", "name": "Essai", "jwks": software.jwks()}]
        world = bench.create_world(seed="client", now=NOW, clients=clients)
        people: dict[str, Any] = {person["persona"]: person for person in world["professionals"]}
        people["patient"] = next(p for p in world["beneficiaries"] if p["persona"] == "salaried")

        def client(persona: str) -> FseClient:
            return stack.enter_context(closing(FseClient(world["issuer"], software, people.get(persona))))

        yield client


def test_an_execution_is_put_right_then_taken_back(cast: Cast) -> None:
    sheet, biology = cast("gp").issue(SHEET), cast("biology")
    done = biology.execute(biology.resolve(scan=sheet["qr"]["payload"]), NOW, [DONE])
    better = biology.amend(done, NOW, [{**DONE, "charged": "56.00"}])
    with pytest.raises(Refused) as refused:
        biology.withdraw(done, "Déjà rectifiée")
    assert refused.value.slug in ("execution-not-last", "execution-withdrawn", "precondition-failed")
    assert biology.withdraw(better, "Erreur de feuille")["lines"][0]["state"] == "open"


def test_a_late_entry_is_matched_and_heard_of(cast: Cast) -> None:
    sheet = cast("gp").issue(SHEET)
    items = [{"act_code": "B-NFS", "quantity": "1", "charged": "60.00"}]
    late = cast("biology").execute_late(sheet["qr"]["payload"], NOW, items)
    assert late["items"][0]["outcome"] == "matched"
    heard = cast("software").events()
    assert late["number"] in {event["data"]["number"] for event in heard}
    assert cast("software").events(heard[-1]["id"]) == []


def test_a_sheet_is_estimated_replaced_reissued_and_cancelled(cast: Cast) -> None:
    gp = cast("gp")
    assert gp.estimate(SHEET)["totals"]["cnss_share"] != "0.00"
    old = gp.issue(SHEET)
    new = gp.replace(old["number"], old["revision"], "Examen changé", SHEET["sections"][2:])  # type: ignore[arg-type]
    assert gp.read(old["number"])["replaced_by"] == new["number"]
    again = gp.reissue(new["number"], new["revision"], "Ordonnance perdue")
    assert again["qr"]["payload"] != new["qr"]["payload"]
    gone = gp.cancel(new["number"], again["revision"], "Inutile", section="imaging")
    assert gone["status"] == "cancelled"


def test_a_patient_reads_his_own(cast: Cast) -> None:
    sheet = cast("gp").issue(SHEET)
    patient = cast("patient")
    assert sheet["number"] in {mine["number"] for mine in patient.mine("care-sheets")}
    assert any("a émis" in access["sentence"] for access in patient.mine("accesses"))
