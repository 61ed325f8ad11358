"""« Quand » : make the stimuli concrete, ask the software, observe."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pytest_bdd import parsers, when

from conformance.steps.case import GP, OTHER_PHARMACY, PHARMACY, Case
from conformance.steps.platform import date_of_care, issued_sheet, prescribed
from conformance.steps.presenting import presented

DAYS_TO_EXPIRY = 400
LEASE_AND_A_BIT_S = 3 * 3600


@when("le médecin émet la feuille")
def _issue(case: Case) -> None:
    stimuli = case.stimuli
    acts = [{**act, "quantity": "1"} for act in stimuli["acts"]]
    outcome = case.act(
        "issue",
        {
            "professional": stimuli["professional"],
            "beneficiary": stimuli["beneficiary"],
            "date_of_care": date_of_care(case),
            "acts": acts,
            "medicines": [prescribed(case, choice) for choice in stimuli["medicines"]],
            "acknowledge_closed_rights": stimuli["acknowledge"],
        },
    )
    if outcome["status"] == "completed":
        case.facts["number"] = outcome["data"]["number"]


@when("le médecin imprime l'ordonnance")
def _print(case: Case) -> None:
    case.stimuli["print"] = {"duplicate": False}
    if "number" in case.facts:
        case.act("print", {"number": case.facts["number"], "duplicate": False})


WAYS = {
    "scanne le QR de la page imprimée": "page",
    "scanne le QR": "symbol",
    "tape le numéro et le code de secours": "typed",
    "scanne le QR avec une douchette restée en AZERTY": "keyboard-azerty",
}


@when(parsers.re("le pharmacien (?P<way>" + "|".join(sorted(WAYS, key=len, reverse=True)) + ")$"))
def _scan(case: Case, way: str) -> None:
    case.stimuli["scan"]["way"] = WAYS[way]
    sheet = case.facts.setdefault("sheet", None) or issued_sheet(case)
    case.facts["sheet"] = sheet
    _happen(case, sheet)
    outcome = case.act("scan", {"professional": PHARMACY, **presented(case, sheet)})
    case.facts["open"] = outcome["status"] == "completed"


def _happen(case: Case, sheet: dict[str, Any]) -> None:
    """What the case's event does on the platform, by other hands than the software's."""
    event = case.stimuli["event"]
    if event == "expired":
        case.wiring.bench.advance(case.world["id"], DAYS_TO_EXPIRY * 86400)
        case.drive("configure", {**case.configuration(), "now": case.now})
    elif event == "held-by-another":
        case.as_professional(OTHER_PHARMACY).resolve(scan=sheet["qr"]["payload"])
    elif event == "cancelled":
        case.as_professional(GP).cancel(sheet["number"], sheet["revision"], "Erreur de prescription")
    elif event == "already-executed":
        execute_all(case, OTHER_PHARMACY, sheet)


def execute_all(case: Case, inpe: str, sheet: dict[str, Any]) -> dict[str, Any]:
    """Another counter delivers the whole sheet, through the FSE API."""
    client = case.as_professional(inpe)
    resolved = client.resolve(scan=sheet["qr"]["payload"])
    lines = [_delivered(case, line, line["quantity"]) | {"outcome": "executed"} for line in case.facts["lines"]]
    return client.execute(resolved, case.now, lines)


def _delivered(case: Case, line: dict[str, Any], quantity: str) -> dict[str, Any]:
    total = Decimal(line["price"]) * Decimal(quantity)
    row = {"line": line["line"], "quantity": quantity, "charged": f"{total:.2f}"}
    return row | ({"ean13": line["ean13"]} if line.get("ean13") else {})


def _visit(case: Case, kind: str, lines: list[dict[str, Any]]) -> None:
    """Ask for one visit at the counter; without an open sheet there is none to ask for."""
    case.stimuli["visits"].append({"kind": kind})
    if not case.facts.get("open"):
        return
    if case.stimuli["event"] == "lease-expired":
        case.wiring.bench.advance(case.world["id"], LEASE_AND_A_BIT_S)
        case.drive("configure", {**case.configuration(), "now": case.now})
    number = case.facts["sheet"]["number"]
    case.act("execute", {"professional": PHARMACY, "number": number, "lines": lines})


@when("le pharmacien délivre toute l'ordonnance")
def _all(case: Case) -> None:
    _visit(case, "all", [_delivered(case, line, line["quantity"]) for line in case.facts.get("lines", [])])


@when("le pharmacien délivre une boîte de chaque ligne")
def _one_each(case: Case) -> None:
    _visit(case, "one-of-each", [_delivered(case, line, "1") for line in case.facts.get("lines", [])])


@when("le pharmacien délivre une boîte de trop")
def _too_many(case: Case) -> None:
    lines = case.facts.get("lines", [])
    _visit(case, "one-too-many", [_delivered(case, x, str(int(x["quantity"]) + 1)) for x in lines])


@when("le pharmacien délivre un autre produit sans accord")
def _substitute(case: Case) -> None:
    lines = case.facts.get("lines", [])
    swapped = [{**line, "ean13": lines[(i + 1) % len(lines)]["ean13"]} for i, line in enumerate(lines)]
    _visit(case, "another-product", [_delivered(case, line, line["quantity"]) for line in swapped])


@when("le pharmacien délivre la première ligne et déclare la seconde en rupture")
def _out_of_stock(case: Case) -> None:
    lines = case.facts.get("lines", [])
    missing = [{"line": line["line"], "not_executed": "out-of-stock"} for line in lines[1:]]
    _visit(case, "second-out-of-stock", [_delivered(case, x, x["quantity"]) for x in lines[:1]] + missing)


@when("le pharmacien consulte le dossier de remboursement")
def _consult(case: Case) -> None:
    sheet = issued_sheet(case)
    claim = execute_all(case, case.stimuli["claim"]["owner"], sheet)["claim"]["id"]
    case.act("consult-claim", {"professional": PHARMACY, "claim": claim})
