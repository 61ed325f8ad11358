"""What must still be true after a load run, judged on the bench's state dump alone.

Pure functions: a dump (bench ``GET /worlds/{id}/state``) and the ledger of what the platform acknowledged
to the virtual users give a list of violations. Nothing here talks to a server, so a doctored dump proves
each rule can fail.

Quantities and amounts are decimal strings on the wire and `Decimal` here.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

State = Mapping[str, Any]
SHARES = ("charged", "base", "cnss_share", "state_share", "patient_share", "excess")


@dataclass(frozen=True)
class Violation:
    """`sheet` is the FSE number; `detail` is a French sentence a tester can act on."""

    invariant: str
    sheet: str
    detail: str


@dataclass
class Ledger:
    """What the virtual users were told: acknowledged facts, and executions sent whose answer never came.

    executions: execution id → {"number", "section", "lines": {line: quantity}}.
    in_doubt: FSE number → how many executions were sent without an answer.
    """

    sheets: set[str] = field(default_factory=set)
    executions: dict[str, dict[str, Any]] = field(default_factory=dict)
    in_doubt: Counter[str] = field(default_factory=Counter)

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Ledger:
        return cls(set(raw["sheets"]), dict(raw["executions"]), Counter(raw["in_doubt"]))

    def as_json(self) -> dict[str, Any]:
        return {"sheets": sorted(self.sheets), "executions": self.executions, "in_doubt": dict(self.in_doubt)}


def acknowledged_sheets_are_there(state: State, ledger: Ledger) -> Iterator[Violation]:
    known = {sheet["number"] for sheet in state["care_sheets"]}
    for number in sorted(ledger.sheets - known):
        yield Violation("sheet-lost", number, "feuille acquittée à l'émission, absente de l'état")


def acknowledged_executions_are_there(state: State, ledger: Ledger) -> Iterator[Violation]:
    stored = {exe["id"]: exe for sheet in state["care_sheets"] for exe in sheet["executions"]}
    for ident, told in sorted(ledger.executions.items()):
        if ident not in stored:
            yield Violation("execution-lost", told["number"], f"exécution {ident} acquittée, absente de l'état")
            continue
        kept = {str(line["line"]): _executed(line) for line in stored[ident]["lines"]}
        for line, quantity in told["lines"].items():
            if kept.get(str(line)) != Decimal(quantity):
                yield Violation(
                    "execution-altered",
                    told["number"],
                    f"exécution {ident}, ligne {line} : {quantity} acquitté, {kept.get(str(line))} enregistré",
                )


def nothing_is_executed_twice(state: State, ledger: Ledger) -> Iterator[Violation]:
    """Never above the prescription, and no stored execution beyond those answered or left without an
    answer.
    """
    for sheet in state["care_sheets"]:
        done = _totals(sheet)
        for section, line in _lines(sheet):
            quantity, prescribed = done[section, line["line"]], Decimal(line["quantity"])
            if quantity > prescribed:
                yield Violation(
                    "executed-twice",
                    sheet["number"],
                    f"section {section}, ligne {line['line']} : {quantity} exécuté pour {prescribed} prescrit",
                )
        silent = [exe["id"] for exe in sheet["executions"] if _by_user(exe) and exe["id"] not in ledger.executions]
        if len(silent) > ledger.in_doubt[sheet["number"]]:
            yield Violation("executed-unasked", sheet["number"], f"exécutions jamais acquittées : {', '.join(silent)}")


def lines_add_up(state: State, ledger: Ledger) -> Iterator[Violation]:
    """prescribed − executed = remaining, and the state of the line says the same."""
    for sheet in state["care_sheets"]:
        done = _totals(sheet)
        for section, line in _lines(sheet):
            left = Decimal(line["quantity"]) - done[section, line["line"]]
            expected = {"executed"} if left == 0 else ({"open", "partial"} if left > 0 else set())
            if line["state"] in ("not_executed", "cancelled", "expired"):
                continue
            if left != Decimal(line["remaining"]) or line["state"] not in expected:
                yield Violation(
                    "line-incoherent",
                    sheet["number"],
                    f"section {section}, ligne {line['line']} :"
                    f" état {line['state']}, reste {line['remaining']}, attendu {left}",
                )


def claims_add_up(state: State, ledger: Ledger) -> Iterator[Violation]:
    """Totals are sums of lines; each line is shared out to the centime; one claim line per executed line."""
    for sheet in state["care_sheets"]:
        paid: Counter[tuple[str, int]] = Counter()
        for claim in sheet["claims"]:
            for share in SHARES:
                total = sum((Decimal(line[share]) for line in claim["lines"]), Decimal(0))
                if total != Decimal(claim["totals"][share]):
                    yield Violation(
                        "claim-sum",
                        sheet["number"],
                        f"dossier {claim['id']}, {share} : total {claim['totals'][share]}, lignes {total}",
                    )
            for line in claim["lines"]:
                paid[line["execution"], line["line"]] += 1
                shared = Decimal(line["cnss_share"]) + Decimal(line["state_share"]) + Decimal(line["patient_share"])
                if shared != Decimal(line["charged"]):
                    yield Violation(
                        "claim-line",
                        sheet["number"],
                        f"dossier {claim['id']}, ligne {line['line']} : parts {shared}, facturé {line['charged']}",
                    )
        for (execution, line), times in paid.items():
            if times > 1:
                yield Violation("paid-twice", sheet["number"], f"exécution {execution}, ligne {line} : {times} fois")
        wanted = {(exe["id"], ln["line"]) for exe in sheet["executions"] for ln in exe["lines"] if _executed(ln)}
        for execution, line in sorted(wanted - set(paid)):
            yield Violation("unpaid", sheet["number"], f"exécution {execution}, ligne {line} : aucune ligne de dossier")


INVARIANTS: Mapping[str, Callable[[State, Ledger], Iterator[Violation]]] = {
    "Toute feuille acquittée est là": acknowledged_sheets_are_there,
    "Toute exécution acquittée est là, inchangée": acknowledged_executions_are_there,
    "Rien n'est exécuté deux fois, ni plus que prescrit": nothing_is_executed_twice,
    "Prescrit − exécuté = reste, et l'état le dit": lines_add_up,
    "Chaque dossier tombe juste, chaque ligne payée une fois": claims_add_up,
}


def judge(state: State, ledger: Ledger) -> dict[str, list[Violation]]:
    """Every invariant by its French title, with its violations (empty: it holds)."""
    return {title: list(rule(state, ledger)) for title, rule in INVARIANTS.items()}


def _lines(sheet: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for section in sheet["sections"]:
        for line in section["lines"]:
            yield section["type"], line


def _totals(sheet: Mapping[str, Any]) -> Mapping[tuple[str, int], Decimal]:
    done: defaultdict[tuple[str, int], Decimal] = defaultdict(Decimal)
    for execution in sheet["executions"]:
        for line in execution["lines"]:
            done[execution["section"], line["line"]] += _executed(line)
    return done


def _executed(line: Mapping[str, Any]) -> Decimal:
    return Decimal(line.get("quantity") or 0) if line["outcome"] == "executed" else Decimal(0)


def _by_user(execution: Mapping[str, Any]) -> bool:
    """The prescriber's own acts are executed by the issuance itself, not by a call of a virtual user."""
    return bool(execution["section"] != "prescriber")


def flatten(judged: Mapping[str, Sequence[Violation]]) -> list[Violation]:
    return [violation for violations in judged.values() for violation in violations]
