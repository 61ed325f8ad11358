"""Checks of the money a person sees: always the platform's, never the software's own arithmetic."""

from __future__ import annotations

from typing import Any

from conformance.checks.registry import check, failed, passed, shown
from conformance.evidence.model import Finding
from conformance.evidence.seen import Action, Exchange, Seen

SHARES = ("cnss_share", "patient_share")
#: Reason code of a rejected line → words, one of which a sentence about it must hold (French or Arabic).
REASON_WORDS = {
    "outside-list": ("liste", "قائمة", "لائحة"),
    "not-reimbursable": ("remboursable", "remboursé", "تعويض"),
    "rights-closed": ("droits", "حقوق"),
    "deceased": ("décès", "décédé", "وفاة", "متوفى"),
    "over-age": ("âge", "سن"),
    "ceiling-reached": ("plafond", "سقف"),
    "filed-late": ("délai", "أجل"),
    "duplicate": ("déjà", "doublon", "مكرر"),
}


def _claim(exchange: Exchange) -> dict[str, Any]:
    answer = exchange.answer
    if exchange.operation == "issue":
        return dict(answer["claims"][0])
    return dict(answer["claim"]) if exchange.operation == "execute" else answer


def _deciding(seen: Seen, action: str) -> tuple[Action, Exchange]:
    did = seen.action(action)
    wanted = {"issue": "issue", "execute": "execute", "consult-claim": "read-claim"}[action]
    return did, seen.accepted(wanted, did)


@check("shares-shown-are-the-platforms", "declared", "les parts affichées sont celles de la plateforme")
def shares_shown(seen: Seen, action: str) -> Finding:
    """The CNSS share and the patient's share on screen are, to the centime, those of the answer."""
    did, exchange = _deciding(seen, action)
    totals = _claim(exchange)["totals"]
    wanted = {key: totals[key] for key in SHARES}
    got = {key: did.data.get(key) for key in SHARES}
    expected = f"CNSS {wanted['cnss_share']} et patient {wanted['patient_share']} MAD"
    received = f"CNSS {shown(got['cnss_share'])} et patient {shown(got['patient_share'])} MAD"
    if got == wanted:
        return passed(expected, received, did, exchange)
    return failed(
        expected,
        received,
        did,
        exchange,
        cause="le logiciel recalcule le remboursement au lieu de montrer la décision",
        next="afficher claim.totals tel quel",
    )


@check("shares-equal", "wire", "les parts décidées par la plateforme")
def shares_equal(seen: Seen, action: str, cnss_share: str, patient_share: str) -> Finding:
    """The platform decided exactly these shares (MAD) on what the software sent."""
    did, exchange = _deciding(seen, action)
    totals = _claim(exchange)["totals"]
    expected = f"CNSS {cnss_share} et patient {patient_share} MAD"
    received = f"CNSS {totals['cnss_share']} et patient {totals['patient_share']} MAD"
    if (totals["cnss_share"], totals["patient_share"]) == (cnss_share, patient_share):
        return passed(expected, received, did, exchange)
    return failed(
        expected,
        received,
        did,
        exchange,
        cause="le logiciel a envoyé un autre acte, un autre montant ou un autre bénéficiaire",
    )


@check("decision-shown-as-decided", "declared", "la décision affichée est celle de la plateforme")
def decision_shown(seen: Seen) -> Finding:
    """Status, decision and each line's decision and reason on screen are those of the claim."""
    did, exchange = _deciding(seen, "consult-claim")
    claim = exchange.answer
    wanted = [
        claim["status"],
        claim["decision"],
        [(x["line"], x["decision"], x.get("reason")) for x in claim["lines"]],
    ]
    lines = [(x.get("line"), x.get("decision"), x.get("reason")) for x in did.data.get("lines", [])]
    got = [did.data.get("status"), did.data.get("decision"), lines]
    if got == wanted:
        return passed(shown(wanted), "identique", did, exchange)
    return failed(shown(wanted), shown(got), did, exchange, cause="l'écran ne reflète pas la décision")


@check("rejection-explained", "declared", "un rejet de ligne est expliqué à l'utilisateur")
def rejection_explained(seen: Seen) -> Finding:
    """A claim with a rejected line comes with a sentence for the person, not only with a zero."""
    did, exchange = _deciding(seen, "consult-claim")
    rejected = [line for line in exchange.answer["lines"] if line["decision"] == "rejected"]
    expected = "une phrase qui dit pourquoi la ligne n'est pas remboursée"
    if not rejected:
        return failed(expected, "aucune ligne rejetée", did, exchange, cause="le préalable n'est pas réuni")
    words = [word for line in rejected for word in REASON_WORDS.get(str(line.get("reason")), ())]
    sentences = [text for text in did.messages if any(word in text.lower() for word in words)]
    if sentences:
        return passed(expected, sentences[0], did, exchange)
    return failed(
        expected,
        shown(did.messages),
        did,
        exchange,
        cause="l'assuré découvrira le rejet sur son décompte, sans savoir pourquoi",
    )
