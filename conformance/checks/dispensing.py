"""Checks of a visit at the counter: what was recorded, in how many exchanges, under which preconditions."""

from __future__ import annotations

from decimal import Decimal

from conformance.checks.registry import check, failed, passed, shown
from conformance.evidence.model import Finding
from conformance.evidence.seen import Seen


@check("visit-recorded", "wire", "la visite est enregistrée telle que saisie")
def visit_recorded(seen: Seen) -> Finding:
    """An accepted execution carries each line as typed: quantity, product, price, or coded reason."""
    action = seen.action("execute")
    sent = seen.exchanges("execute", action)
    accepted = [exchange for exchange in sent if exchange.accepted]
    lines = {line["line"]: line for exchange in accepted for line in exchange.sent.get("lines", [])}
    different = []
    for typed in action.input["lines"]:
        got = lines.get(typed["line"])
        if got is None:
            different.append(f"ligne {typed['line']} absente")
        elif "not_executed" in typed:
            if (got.get("outcome"), got.get("reason")) != ("not_executed", typed["not_executed"]):
                different.append(f"ligne {typed['line']} : motif {shown(got.get('reason'))}")
        else:
            different += [
                f"ligne {typed['line']}, {key} : {shown(got.get(key))}"
                for key in ("quantity", "ean13", "charged")
                if got.get(key) != typed.get(key)
            ]
    expected = "chaque ligne de la visite, enregistrée comme elle a été saisie"
    if action.status == "completed" and accepted and not different:
        return passed(expected, f"{len(lines)} ligne(s)", action, *accepted)
    received = f"logiciel : {action.said} ; {shown(different)} ; {shown([str(e) for e in sent])}"
    return failed(expected, received, action, *sent, cause="la visite n'est pas enregistrée ou est déformée")


@check("visit-in-one-exchange", "wire", "toutes les lignes d'une visite en un appel")
def visit_in_one_exchange(seen: Seen) -> Finding:
    """One execution request carries every line of the visit; a retry keeps its key."""
    action = seen.action("execute")
    sent = seen.exchanges("execute", action)
    keys = {exchange.header("idempotency-key") for exchange in sent}
    expected = "un appel qui porte toutes les lignes, tout ou rien"
    if sent and len(keys) == 1:
        return passed(expected, f"{len(sent)} appel(s), une clé", action, *sent)
    return failed(
        expected,
        f"{len(sent)} appel(s), {len(keys)} clé(s)",
        action,
        *sent,
        cause="une coupure entre deux appels laisserait une visite à moitié enregistrée",
        next="envoyer toutes les lignes dans un seul POST …/executions",
    )


@check("preconditions-sent", "wire", "révision et réservation envoyées avec l'exécution")
def preconditions_sent(seen: Seen) -> Finding:
    """`If-Match` is the revision and `FSE-Lease` the lease that the resolution answered."""
    action = seen.action("execute")
    resolved = seen.accepted("resolve").answer
    sent = seen.exchanges("execute", action)
    wanted = (f'"{resolved["revision"]}"', str(resolved["lease"]["id"]))
    expected = f"If-Match {wanted[0]} et FSE-Lease {wanted[1]}"
    if not sent:
        return failed(expected, "aucun appel d'exécution", action, cause="la visite n'a pas été envoyée")
    first = sent[0]
    got = (first.header("if-match"), first.header("fse-lease"))
    if got == wanted:
        return passed(expected, "présents et exacts", action, first)
    return failed(
        expected,
        f"If-Match {shown(got[0])} et FSE-Lease {shown(got[1])}",
        action,
        first,
        cause="deux comptoirs pourraient délivrer la même ligne sans le savoir",
        next="renvoyer l'ETag de la résolution et l'identifiant du bail",
    )


@check("lines-left-as-expected", "wire", "l'état des lignes après la visite")
def lines_left(seen: Seen, states: dict[str, str]) -> Finding:
    """The platform's state of each named line (`{"1": "partial"}`) and executed ≤ prescribed."""
    action = seen.action("execute")
    number = str(action.input["number"]).replace(" ", "")
    sheet = seen.state("after", action).get(number, {})
    lines = {
        str(line["line"]): line
        for section in sheet.get("sections", [])
        if section["type"] != "prescriber"
        for line in section["lines"]
    }
    got = {key: lines.get(key, {}).get("state") for key in states}
    expected = f"lignes {states}"
    beyond = [key for key, line in lines.items() if Decimal(str(line.get("remaining", "0"))) < 0]
    if got == states and not beyond:
        return passed(expected, f"lignes {got}", action)
    return failed(expected, f"lignes {got}", action, cause="la visite n'a pas eu l'effet attendu")
