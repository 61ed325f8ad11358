"""Checks of a resolution: one exchange, the lease taken in it, the lines shown as the platform gave them."""

from __future__ import annotations

from conformance.checks.registry import check, failed, passed, shown
from conformance.evidence.model import Finding
from conformance.evidence.seen import Seen


@check("section-resolved", "wire", "la feuille s'ouvre et la section est réservée")
def section_resolved(seen: Seen) -> Finding:
    """The scan completed over one accepted resolution that also took the lease."""
    action = seen.action("scan")
    sent = seen.exchanges("resolve", action)
    expected = "une résolution acceptée qui réserve la section (hold), et la feuille à l'écran"
    accepted = [e for e in sent if e.accepted and (e.answer.get("lease") or {}).get("id")]
    if action.status == "completed" and accepted:
        return passed(expected, str(accepted[-1]), action, accepted[-1])
    received = f"logiciel : {action.said} ; {shown(action.messages)} ; {shown([str(e) for e in sent])}"
    cause = "le code n'a pas été lu ou pas envoyé tel quel" if not sent else "résolution refusée ou sans réservation"
    return failed(expected, received, action, *sent, cause=cause)


@check("one-exchange-to-resolve", "wire", "une seule demande pour ouvrir la feuille")
def one_exchange_to_resolve(seen: Seen) -> Finding:
    """Exactly one resolution request, and no separate lease request, in the course of the scan."""
    action = seen.action("scan")
    sent = [e for e in seen.exchanges(during=action) if e.operation in ("resolve", "lease")]
    expected = "une demande, réservation comprise"
    if len(sent) == 1:
        return passed(expected, str(sent[0]), action, sent[0])
    return failed(
        expected,
        f"{len(sent)} : {shown([str(e) for e in sent])}",
        action,
        *sent,
        cause="le logiciel multiplie les échanges au comptoir",
    )


@check("lines-shown-as-resolved", "declared", "les lignes affichées sont celles de la feuille")
def lines_shown(seen: Seen) -> Finding:
    """Number, line ids and remaining quantities on screen are those of the answer."""
    action = seen.action("scan")
    exchange = seen.accepted("resolve", action)
    answered = exchange.answer
    wanted = {int(x["line"]): str(x["remaining"]) for x in answered["section"]["lines"]}
    got = {int(x["line"]): str(x.get("remaining")) for x in action.data.get("lines", [])}
    number = str(action.data.get("number", "")).replace(" ", "")
    expected = f"feuille {answered['number']}, restes {wanted}"
    if number == answered["number"] and got == wanted:
        return passed(expected, f"feuille {number}, restes {got}", action, exchange)
    return failed(
        expected,
        f"feuille {shown(number)}, restes {got}",
        action,
        exchange,
        cause="l'écran ne reflète pas la section résolue",
    )


@check("keys-refreshed-at-most-once", "wire", "les clés publiées, relues une fois au plus")
def keys_refreshed_at_most_once(seen: Seen) -> Finding:
    """An unknown key id makes the software read the published keys again, once, and no more."""
    action = seen.action("scan")
    reads = seen.exchanges("keys", action)
    expected = "une lecture des clés publiées au plus pendant le scan"
    if len(reads) <= 1:
        return passed(expected, f"{len(reads)} lecture(s)", action, *reads)
    return failed(
        expected,
        f"{len(reads)} lectures",
        action,
        *reads,
        cause="un QR forgé suffirait à faire interroger la plateforme en boucle",
    )
