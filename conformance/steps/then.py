"""« Alors » : each phrase appends one check; the table below is the whole of it. No phrase judges."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pytest_bdd import parsers, then

from conformance.steps.case import Case

#: Phrase → check and its parameters. `{…}` words are passed on by the functions below the table.
PHRASES: dict[str, tuple[str, dict[str, Any]]] = {
    "la feuille est émise": ("sheet-issued", {}),
    "elle est émise par une seule demande": ("issued-once", {}),
    "les droits ont été vérifiés avant l'émission": ("rights-checked-before-issuance", {}),
    "la feuille porte exactement ce qui a été saisi": ("sheet-carries-what-was-typed", {}),
    "le numéro affiché est celui de la plateforme": ("number-shown-is-the-platforms", {}),
    "le produit hors liste est déclaré avec son motif": ("outside-list-declared", {}),
    "chaque acte porte sa clé d'idempotence": ("idempotency-key-sent", {}),
    "le logiciel s'identifie à chaque appel": ("software-identified", {}),
    "aucun secret ne figure dans une adresse": ("no-secret-in-address", {}),
    "le jeton d'accès est réutilisé": ("token-reused", {}),
    "le QR de la page est lu par deux lecteurs à 203 et 300 dpi": ("qr-read-from-page", {}),
    "le QR est assez grand et sa marge est blanche": ("qr-large-enough", {}),
    "le numéro est imprimé en quatre groupes": ("number-printed-in-groups", {}),
    "le code de secours est imprimé": ("backup-code-printed", {}),
    "les mentions de l'article 34 sont imprimées": ("mentions-printed", {}),
    "la feuille s'ouvre et sa section est réservée": ("section-resolved", {}),
    "une seule demande a suffi": ("one-exchange-to-resolve", {}),
    "l'écran montre les lignes de la feuille": ("lines-shown-as-resolved", {}),
    "les clés publiées ont été relues une fois au plus": ("keys-refreshed-at-most-once", {}),
    "rien d'hostile n'est montré": ("hostile-text-not-shown", {"action": "scan"}),
    "la visite est enregistrée telle que saisie": ("visit-recorded", {}),
    "toutes les lignes sont parties en un appel": ("visit-in-one-exchange", {}),
    "la révision et le bail ont été envoyés": ("preconditions-sent", {}),
    "deux échanges ont suffi": ("two-exchanges-per-visit", {}),
    "la décision affichée est celle de la plateforme": ("decision-shown-as-decided", {}),
    "le rejet est expliqué en clair": ("rejection-explained", {}),
}
#: Words → driver action, for the phrases that name one.
ACTIONS = {
    "l'émission": "issue",
    "l'impression": "print",
    "le scan": "scan",
    "la délivrance": "execute",
    "la consultation du dossier": "consult-claim",
}
#: Phrases about an action named in them → check.
ABOUT: dict[str, str] = {
    "{what} est refusé sur le poste, sans appel": "refused-before-any-exchange",
    "le refus est expliqué pendant {what}": "refusal-explained",
    "rien n'a changé côté plateforme pendant {what}": "state-unchanged",
    "{what} n'a pas été réessayée à l'aveugle": "no-blind-retry",
    "{what} n'a pas été réessayé à l'aveugle": "no-blind-retry",
    "l'utilisateur n'a lu que des phrases en clair pendant {what}": "plain-messages",
    "l'avertissement de la plateforme est montré pendant {what}": "warnings-shown",
    "les parts affichées pendant {what} sont celles de la plateforme": "shares-shown-are-the-platforms",
}
#: Words of a refusal → slug of the problem that the platform must have given.
PROBLEMS = {
    "code de secours faux": "wrong-backup-code",
    "feuille expirée": "sheet-expired",
    "section tenue par un autre": "section-held",
    "feuille annulée": "sheet-cancelled",
    "inconnu ou pas à vous": "not-found",
}
#: Words of a refusal that the software may also decide by itself → slugs the platform may give for it.
REASONS = {
    "droits fermés": ["rights-closed"],
    "code inconnu": ["unknown-code"],
    "prescripteur suspendu": ["professional-suspended"],
    "bénéficiaire inconnu": ["unknown-beneficiary"],
    "feuille expirée": ["sheet-expired"],
    "au-delà du reste": ["over-remainder"],
    "substitution sans accord": ["substitution-not-allowed"],
    "plus rien à délivrer": ["nothing-open"],
    "bail échu": ["lease-lost", "lease-required"],
}
STATES = {"délivrée": "executed", "partiellement délivrée": "partial", "à délivrer": "open",
          "non délivrée": "not_executed"}  # fmt: skip


def _appends(check: str, parameters: dict[str, Any]) -> Callable[[Case], None]:
    def step(case: Case) -> None:
        case.then(check, **parameters)

    return step


def _about(check: str) -> Callable[[Case, str], None]:
    def step(case: Case, what: str) -> None:
        case.then(check, action=ACTIONS[what])

    return step


for _phrase, (_check, _parameters) in PHRASES.items():
    then(_phrase)(_appends(_check, _parameters))
for _phrase, _check in ABOUT.items():
    then(parsers.parse(_phrase))(_about(_check))


@then(parsers.parse("{what} est refusé par la plateforme : {why}"))
@then(parsers.parse("{what} est refusée par la plateforme : {why}"))
def _by_platform(case: Case, what: str, why: str) -> None:
    case.then("refused-by-platform", action=ACTIONS[what], problem=PROBLEMS[why])


@then(parsers.parse("{what} est refusé sur le poste ou par la plateforme : {why}"))
@then(parsers.parse("{what} est refusée sur le poste ou par la plateforme : {why}"))
def _by_either(case: Case, what: str, why: str) -> None:
    case.then("refused-by-software", action=ACTIONS[what], problems=REASONS[why])


@then(parsers.parse("la ligne {line:d} est {state}"))
def _line(case: Case, line: int, state: str) -> None:
    case.then("lines-left-as-expected", states={str(line): STATES[state]})


@then(parsers.parse("la plateforme décide {cnss} MAD pour la CNSS et {patient} MAD pour le patient"))
def _shares(case: Case, cnss: str, patient: str) -> None:
    shares = {"cnss_share": cnss.replace(",", "."), "patient_share": patient.replace(",", ".")}
    case.then("shares-equal", action="issue", **shares)
