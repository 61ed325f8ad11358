"""Checks of an issuance: what the software sent, in which order, and what it showed."""

from __future__ import annotations

from typing import Any

from conformance.checks.registry import check, failed, passed, shown
from conformance.evidence.model import Finding
from conformance.evidence.seen import Absent, Seen


@check("sheet-issued", "wire", "une feuille émise, acceptée par la plateforme")
def sheet_issued(seen: Seen) -> Finding:
    """The action completed and exactly one issuance was accepted in its course."""
    action = seen.action("issue")
    sent = seen.exchanges("issue", action)
    accepted = [exchange for exchange in sent if exchange.accepted]
    expected = "l'émission aboutit : une feuille acceptée par la plateforme, et le logiciel le dit"
    if action.status == "completed" and len(accepted) == 1:
        return passed(expected, str(accepted[0]), action, accepted[0])
    received = f"logiciel : {action.said} ; réseau : {shown([str(e) for e in sent])}"
    cause = "le logiciel a renoncé ou la plateforme a refusé" if not accepted else "écran et réseau divergent"
    return failed(expected, received, action, *sent, cause=cause, next="fse report pour lire l'échange")


@check("issued-once", "wire", "une seule demande d'émission par feuille")
def issued_once(seen: Seen) -> Finding:
    """One issuance request; a retry is the same request under the same key, never a second sheet."""
    action = seen.action("issue")
    sent = seen.exchanges("issue", action)
    keys = {exchange.header("idempotency-key") for exchange in sent}
    expected = "une demande d'émission, sans prélèvement de numéro ni double envoi"
    if not sent:
        raise Absent("aucune demande d'émission n'est partie")
    if len(sent) == 1 or (sent and len(keys) == 1 and None not in keys):
        return passed(expected, f"{len(sent)} demande(s)", action, *sent)
    cause = "le logiciel envoie plusieurs fois la feuille sous des clés différentes"
    return failed(expected, f"{len(sent)} demande(s), {len(keys)} clé(s)", action, *sent, cause=cause)


@check("rights-checked-before-issuance", "wire", "les droits vérifiés avant l'émission")
def rights_checked_before_issuance(seen: Seen) -> Finding:
    """A rights check of the same beneficiary and day precedes the issuance."""
    action = seen.action("issue")
    wanted = (action.input["beneficiary"], action.input["date_of_care"])
    expected = "un contrôle des droits du bénéficiaire à la date des soins, avant l'émission"
    if not seen.exchanges("issue", action):
        raise Absent("aucune demande d'émission n'est partie")
    before = []
    for exchange in seen.exchanges():
        if exchange.operation == "issue" and exchange.observation.during == action.id:
            break
        before.append(exchange)
    checks = [e for e in before if e.operation == "check-rights"]
    for exchange in checks:
        if (exchange.sent.get("beneficiary"), exchange.sent.get("date_of_care")) == wanted:
            return passed(expected, str(exchange), action, exchange)
    received = "contrôle d'une autre personne ou d'un autre jour" if checks else "aucun contrôle des droits"
    return failed(
        expected,
        received,
        action,
        *checks,
        cause="le logiciel émet sans interroger les droits",
        next="appeler POST /v1/rights-checks avant POST /v1/care-sheets",
    )


def _typed_lines(input: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    return {"prescriber": input.get("acts", []), "pharmacy": input.get("medicines", [])}


@check("sheet-carries-what-was-typed", "wire", "la feuille porte exactement la saisie")
def sheet_carries_what_was_typed(seen: Seen) -> Finding:
    """Beneficiary, date and each line of the sheet sent are those of the driver's input: nothing invented."""
    action = seen.action("issue")
    exchange = seen.accepted("issue", action)
    sent, typed = exchange.sent, action.input
    sections = {section.get("type"): section.get("lines", []) for section in sent.get("sections", [])}
    different = [name for name in ("beneficiary", "date_of_care") if sent.get(name) != typed[name]]
    for name, lines in _typed_lines(typed).items():
        found = sections.pop(name, [])
        if len(found) != len(lines):
            different.append(f"{name} : {len(found)} ligne(s) au lieu de {len(lines)}")
            continue
        for position, (wanted, got) in enumerate(zip(lines, found, strict=True), start=1):
            members = [key for key in {*wanted, *got} - {"line"} if wanted.get(key) != got.get(key)]
            different += [
                f"{name}, ligne {position}, {key} : {shown(got.get(key))} au lieu de {shown(wanted.get(key))}"
                for key in sorted(members)
            ]
    different += [f"section inattendue {name}" for name in sections]
    expected = "bénéficiaire, date, codes, quantités, posologies et durées identiques à la saisie"
    if not different:
        return passed(expected, "identiques", action, exchange)
    return failed(
        expected,
        shown(different[:6]),
        action,
        exchange,
        cause="le logiciel modifie, complète ou perd une partie de la saisie",
    )


@check("number-shown-is-the-platforms", "declared", "le numéro affiché est celui de la plateforme")
def number_shown(seen: Seen) -> Finding:
    """The number the software shows is the one the platform answered, spaces apart."""
    action = seen.action("issue")
    exchange = seen.accepted("issue", action)
    wanted = str(exchange.answer.get("number"))
    got = str(action.data.get("number", "")).replace(" ", "")
    expected = f"le numéro {wanted}"
    if got == wanted:
        return passed(expected, got, action, exchange)
    return failed(
        expected,
        shown(got),
        action,
        exchange,
        cause="le logiciel fabrique ou déforme le numéro de FSE",
        next="afficher le champ number de la réponse 201, sans le transformer",
    )


@check("outside-list-declared", "wire", "un produit hors liste est déclaré comme tel, avec son motif")
def outside_list_declared(seen: Seen) -> Finding:
    """Each outside-list product typed travels as outside list, with a label and a reason, without a code."""
    action = seen.action("issue")
    exchange = seen.accepted("issue", action)
    typed = [line["outside_list"] for line in action.input["medicines"] if "outside_list" in line]
    lines = [line for section in exchange.sent.get("sections", []) for line in section.get("lines", [])]
    got = [line.get("outside_list") for line in lines if line.get("outside_list")]
    expected = f"hors liste : {shown([item['label'] for item in typed])}"
    if typed and got == typed and not any("ean13" in line and line.get("outside_list") for line in lines):
        return passed(expected, shown([item["label"] for item in got]), action, exchange)
    return failed(
        expected,
        shown(got),
        action,
        exchange,
        cause="le produit hors liste est perdu, codé de force ou sans motif",
    )
