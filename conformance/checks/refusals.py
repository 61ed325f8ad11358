"""Checks of refusals: who refused, at which stage, what the person read, and that nothing changed."""

from __future__ import annotations

import json

from conformance.checks.registry import check, failed, inconclusive, passed, shown
from conformance.evidence.model import Finding
from conformance.evidence.seen import Seen

#: The exchange that would carry an action out, by action.
DECISIVE = {"issue": "issue", "scan": "resolve", "execute": "execute", "consult-claim": "read-claim"}


@check("refused-before-any-exchange", "wire", "refus par le logiciel, sans appel à la plateforme")
def refused_before_any_exchange(seen: Seen, action: str) -> Finding:
    """The software refused by itself: the decisive exchange never left."""
    did = seen.action(action)
    left = seen.exchanges(DECISIVE[action], did)
    expected = "un refus immédiat sur le poste, sans échange avec la plateforme"
    if did.status == "refused" and not left:
        return passed(expected, "refusé sur le poste", did)
    received = f"logiciel : {did.said} ; réseau : {shown([str(e) for e in left])}"
    return failed(
        expected,
        received,
        did,
        *left,
        cause="le logiciel ne contrôle pas lui-même ce qu'il peut contrôler hors ligne",
        next="vérifier clé de contrôle et signature avant d'appeler la plateforme",
    )


@check("refused-by-platform", "wire", "refus de la plateforme, respecté par le logiciel")
def refused_by_platform(seen: Seen, action: str, problem: str) -> Finding:
    """The decisive exchange was refused for exactly this reason, and the software stopped there.

    A refusal at another stage proves nothing: *inconclusive*. An accepted exchange, or a software that says
    it succeeded, is a failure.
    """
    did = seen.action(action)
    left = seen.exchanges(DECISIVE[action], did)
    expected = f"la plateforme refuse ({problem}) et le logiciel s'arrête"
    received = f"logiciel : {did.said} ; réseau : {shown([str(e) for e in left])}"
    if did.status == "completed" or any(exchange.accepted for exchange in left):
        return failed(
            expected,
            received,
            did,
            *left,
            cause="le logiciel passe outre le refus ou annonce une réussite qui n'a pas eu lieu",
        )
    if not left or left[-1].problem != problem:
        return inconclusive(expected, received, did, *left, cause="le refus n'est pas venu à l'étape attendue")
    if did.status != "refused":
        return failed(expected, received, did, *left, cause="le logiciel ne dit pas que l'action est refusée")
    return passed(expected, received, did, left[-1])


@check("refused-by-software", "wire", "l'action est refusée, pour la raison attendue")
def refused_by_software(seen: Seen, action: str, problems: list[str]) -> Finding:
    """Refused on the spot, or by the platform for one of these reasons; nothing decisive was accepted.

    A refusal by the platform for any other reason proves nothing: *inconclusive*. An execution needs an open
    sheet: without an accepted resolution before it, `Absent`.
    """
    did = seen.action(action)
    if action == "execute":
        seen.accepted("resolve")
    exchanges = seen.exchanges(during=did)
    accepted = [e for e in exchanges if e.operation == DECISIVE[action] and e.accepted]
    refused = [e for e in exchanges if e.problem]
    expected = f"un refus sur le poste, ou de la plateforme ({', '.join(problems)})"
    received = f"logiciel : {did.said} ; réseau : {shown([str(e) for e in [*accepted, *refused]])}"
    if did.status != "refused" or accepted:
        return failed(expected, received, did, *accepted, cause="le logiciel poursuit alors qu'il devait s'arrêter")
    if any(exchange.problem not in problems for exchange in refused):
        return inconclusive(expected, received, did, *refused, cause="le refus vient d'une autre raison")
    return passed(expected, received, did, *refused)


@check("refusal-explained", "declared", "le refus est expliqué à l'utilisateur")
def refusal_explained(seen: Seen, action: str) -> Finding:
    """At least one message, long enough to be a sentence, accompanies the refusal."""
    did = seen.action(action)
    expected = "une phrase qui dit pourquoi et quoi faire"
    sentences = [text for text in did.messages if len(text.split()) >= 4]
    if did.status == "completed":
        return failed(expected, "aucun refus", did, cause="le logiciel n'a pas refusé")
    if sentences:
        return passed(expected, sentences[0], did)
    return failed(expected, shown(did.messages), did, cause="le logiciel refuse sans dire pourquoi")


@check("state-unchanged", "wire", "rien n'a changé côté plateforme")
def state_unchanged(seen: Seen, action: str) -> Finding:
    """Lines, executions and claims of every sheet are the same before and after; leases apart."""
    did = seen.action(action)
    before, after = (_without_leases(seen.state(label, did)) for label in ("before", "after"))
    expected = "feuilles, lignes, exécutions et dossiers identiques avant et après"
    if before == after:
        return passed(expected, f"{len(after)} feuille(s), identiques", did)
    changed = sorted(number for number in {*before, *after} if before.get(number) != after.get(number))
    return failed(expected, f"changé : {shown(changed)}", did, cause="l'action refusée a tout de même laissé une trace")


def _without_leases(sheets: dict[str, dict[str, object]]) -> dict[str, str]:
    kept = {}
    for number, sheet in sheets.items():
        copy = json.loads(json.dumps(sheet))
        copy.pop("revision", None)
        for section in copy.get("sections", []):
            section.pop("lease", None)
        kept[number] = json.dumps(copy, sort_keys=True)
    return kept


@check("no-blind-retry", "wire", "pas de nouvel essai après un refus")
def no_blind_retry(seen: Seen, action: str) -> Finding:
    """After a refusal that cannot change by itself, the decisive request is not sent again."""
    did = seen.action(action)
    left = seen.exchanges(DECISIVE[action], did)
    expected = "une demande au plus : un refus ne se réessaie pas sans rien changer"
    if len(left) <= 1:
        return passed(expected, f"{len(left)} demande(s)", did, *left)
    return failed(
        expected,
        f"{len(left)} demandes : {shown([str(e) for e in left])}",
        did,
        *left,
        cause="le logiciel réessaie à l'aveugle et consomme les essais de l'assuré",
        next="ne réessayer que si retry.policy du problème le permet",
    )


@check("hostile-text-not-shown", "declared", "un contenu hostile n'est pas montré tel quel")
def hostile_text_not_shown(seen: Seen, action: str) -> Finding:
    """No markup and no control character of a foreign code reaches the screen."""
    did = seen.action(action)
    expected = "des messages sans balise ni caractère de commande"
    screen = [*did.messages, json.dumps(did.data, ensure_ascii=False)]
    bad = [text for text in screen if "<script" in text.lower() or any(ord(c) < 32 and c not in "\n\t" for c in text)]
    if not bad:
        return passed(expected, "rien d'hostile à l'écran", did)
    return failed(expected, shown(bad[:2]), did, cause="le logiciel recopie à l'écran ce qu'un QR inconnu contient")
