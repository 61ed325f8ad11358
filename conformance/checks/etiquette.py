"""Checks that hold for every act: identity, idempotency, secrets, messages, number of exchanges."""

from __future__ import annotations

import re

from conformance.checks.registry import check, failed, inconclusive, passed, shown
from conformance.evidence.model import Finding
from conformance.evidence.seen import Seen

_AGENT = re.compile(r"[^/\s]+/\S+ [^/]+/[^\s/]+")
#: What a pharmacist must never have to read: slugs, HTTP, JSON, addresses, traces.
_JARGON = re.compile(
    r"(https?://|\bHTTP\b|(?i:\b(?:erreur|code|statut|status)\s*:?\s*[45]\d\d\b)|\b[a-z]+(?:-[a-z]+){1,4}-(?:list|number|code|key|digit|held|open"
    r"|expired|cancelled|rotated)\b|\b(?:sheet|lease|over|unknown|wrong|forged|section)-[a-z]+|Traceback|Exception"
    r"|[{}]|\bnull\b|_[a-z]+_)"
)
_ENGLISH = re.compile(
    r"\b(the|this|please|sheet|error|failed|invalid|expired|unable|could|not|already|request|denied|has been)\b",
    re.IGNORECASE,
)


@check("software-identified", "wire", "chaque appel porte l'identité du logiciel")
def software_identified(seen: Seen) -> Finding:
    """`User-Agent: Product/Version Editor/client_id` on every exchange."""
    exchanges = seen.exchanges()
    bad = [e for e in exchanges if not _AGENT.fullmatch(e.header("user-agent") or "")]
    expected = "User-Agent « Produit/Version Éditeur/client_id » sur chaque appel"
    if not exchanges:
        return inconclusive(expected, "aucun échange", cause="le logiciel n'a rien appelé")
    if not bad:
        return passed(expected, exchanges[0].header("user-agent") or "", exchanges[0])
    return failed(
        expected,
        shown([e.header("user-agent") for e in bad[:3]]),
        *bad,
        cause="l'en-tête est celui de la bibliothèque HTTP par défaut",
    )


@check("idempotency-key-sent", "wire", "une clé d'idempotence par acte")
def idempotency_key_sent(seen: Seen) -> Finding:
    """Each issuance or execution carries a key, and two different acts never share one."""
    acts = [e for e in seen.exchanges() if e.operation in ("issue", "execute")]
    expected = "Idempotency-Key sur chaque émission et chaque exécution, jamais partagée"
    if not acts:
        return inconclusive(expected, "aucun acte envoyé", cause="rien à juger")
    without = [e for e in acts if not e.header("idempotency-key")]
    uses: dict[str | None, set[str | None]] = {}
    for exchange in acts:
        uses.setdefault(exchange.header("idempotency-key"), set()).add(exchange.observation.during)
    shared = [key for key, actions in uses.items() if key and len(actions) > 1]
    if not without and not shared:
        return passed(expected, f"{len(acts)} acte(s)", *acts)
    return failed(
        expected,
        f"{len(without)} sans clé, {len(shared)} clé(s) partagée(s)",
        *acts,
        cause="après une coupure, le même acte serait enregistré deux fois ou refusé à tort",
    )


@check("no-secret-in-address", "wire", "aucun secret dans une adresse")
def no_secret_in_address(seen: Seen) -> Finding:
    """No credential, backup code or scan in a path or a query."""
    codes = set()
    for exchange in seen.exchanges():
        answer = exchange.answer
        codes |= {str(answer[k]) for k in ("backup_code",) if answer.get(k)}
        codes |= {str(exchange.sent[k]) for k in ("backup_code",) if exchange.sent.get(k)}
    plain = {re.sub(r"[-\s]", "", code).upper() for code in codes}
    bad = []
    for exchange in seen.exchanges():
        address = f"{exchange.request['path']}?{exchange.request.get('query') or ''}"
        squeezed = re.sub(r"[-\s]|%20", "", address).upper()
        if (
            "psn:" in address
            or "REDACTED:" in squeezed
            or "FSE1%3A" in squeezed
            or "FSE1:" in squeezed
            or any(code in squeezed for code in plain)
            or re.search(r"(?i)(backup_?code|access_token|client_secret|scan)=", address)
        ):
            bad.append(exchange)
    expected = "ni jeton, ni code de secours, ni contenu de QR dans un chemin ou une requête"
    if not bad:
        return passed(expected, f"{len(seen.exchanges())} adresse(s) sans secret")
    return failed(
        expected,
        shown([e.request["path"] for e in bad[:3]]),
        *bad,
        cause="les adresses restent dans les journaux des serveurs et des proxys",
        next="envoyer les secrets dans le corps d'un POST",
    )


@check("plain-messages", "declared", "des phrases en clair, sans code ni jargon")
def plain_messages(seen: Seen, action: str) -> Finding:
    """No slug, HTTP status, JSON, address or stack trace in what the person read; French or Arabic."""
    did = seen.action(action)
    expected = "des messages en français (ou en arabe), sans code, sans adresse, sans trace technique"
    jargon = [text for text in did.messages if _JARGON.search(text)]
    english = [text for text in did.messages if len(_ENGLISH.findall(text)) >= 2]
    if not did.messages:
        return passed(expected, "aucun message", did)
    if not jargon and not english:
        return passed(expected, shown(did.messages[:2]), did)
    cause = "le logiciel montre la réponse technique" if jargon else "le logiciel parle anglais à son utilisateur"
    return failed(expected, shown((jargon or english)[:2]), did, cause=cause)


@check("warnings-shown", "declared", "les avertissements de la plateforme sont montrés")
def warnings_shown(seen: Seen, action: str) -> Finding:
    """Each warning of an accepted answer reaches the person (at least one message of level warning)."""
    did = seen.action(action)
    warned = [e for e in seen.exchanges(during=did) if e.accepted and e.answer.get("warnings")]
    shown_levels = [m for m in did.outcome.get("messages", []) if m.get("level") in ("warning", "error")]
    expected = "l'avertissement de la plateforme est visible"
    if not warned:
        return inconclusive(expected, "aucun avertissement reçu", did, cause="le préalable n'a pas été observé")
    if shown_levels:
        return passed(expected, shown_levels[0]["text"], did, *warned)
    return failed(expected, "aucun message d'avertissement", did, *warned, cause="le logiciel ignore warnings[]")


@check("two-exchanges-per-visit", "wire", "deux échanges pour délivrer une feuille")
def two_exchanges_per_visit(seen: Seen) -> Finding:
    """One resolution with hold and one execution; tokens and published keys apart."""
    acts = [e for e in seen.exchanges() if e.operation in ("resolve", "execute", "lease", "read-sheet", "check-rights")]
    expected = "une résolution et une exécution, rien d'autre"
    if [e.operation for e in acts] == ["resolve", "execute"]:
        return passed(expected, "deux échanges", *acts)
    return failed(expected, shown([str(e) for e in acts]), *acts, cause="le logiciel alourdit le geste au comptoir")


@check("token-reused", "wire", "le jeton d'accès est réutilisé")
def token_reused(seen: Seen) -> Finding:
    """Not one token per call: fewer token requests than other exchanges."""
    tokens = list(seen.exchanges("token"))
    others = [e for e in seen.exchanges() if e.operation not in ("token", "keys", "discovery", "jwks")]
    expected = "un jeton pour toute la visite (il vit dix minutes)"
    if not others:
        return inconclusive(expected, "aucun échange", cause="rien à juger")
    if len(tokens) < len(others) or len(tokens) <= 1:
        return passed(expected, f"{len(tokens)} jeton(s) pour {len(others)} appel(s)", *tokens)
    return failed(
        expected,
        f"{len(tokens)} jetons pour {len(others)} appels",
        *tokens,
        cause="le logiciel redemande un jeton à chaque appel",
    )
