"""What a patient is told of a refused attempt: only that somebody was refused access, in words for him.

`REFUSALS` holds every slug of the catalogue: the reason, as it stands between brackets in a sentence ({whom} is
« lui », or « vous » for the reader's own attempts), or None. None: nobody was kept away from the patient's data. A
software erred, or an act could not be recorded.
"""

from __future__ import annotations

from collections.abc import Mapping

_TOLD: Mapping[str, str] = {
    # who asks
    "unauthenticated": "sans s'être identifié",
    "token-revoked": "la session avait été fermée",
    "insufficient-scope": "le logiciel n'y était pas autorisé",
    "role-not-allowed": "cela s'adresse à un autre métier",
    "professional-suspended": "l'exercice de ce professionnel est suspendu",
    "client-suspended": "l'accès de ce logiciel est suspendu",
    "replacement-not-in-force": "le remplacement n'était pas en cours ce jour-là",
    "not-found": "rien ne {whom} en est ouvert",
    # the paper in hand
    "wrong-backup-code": "son code était faux",
    "typing-locked": "trop de codes faux ont été tapés pour cette feuille",
    "typing-throttled": "trop de codes faux ont été tapés par ce professionnel",
    "forged-scan": "le QR présenté était un faux",
    "unknown-key": "le QR présenté n'était pas signé par la plateforme",
    "revoked-key": "la signature du QR présenté ne vaut plus",
    "scan-rotated": "le QR présenté a été remplacé par un plus récent",
    # the sheet
    "sheet-expired": "la feuille a passé sa date de validité",
    "sheet-cancelled": "la feuille a été annulée",
    "sheet-replaced": "la feuille a été remplacée par une autre",
    "no-section-for-role": "la feuille ne demande rien à ce métier",
    "section-held": "un autre établissement tenait cette section",
    "nothing-open": "il n'y reste rien à faire",
}
_NOT_TOLD = (
    # the request is badly made, or comes at a bad moment
    *("invalid-json", "invalid-payload", "missing-idempotency-key", "idempotency-key-reused", "idempotency-in-flight"),
    *("missing-user-agent", "method-not-allowed", "payload-too-large", "unsupported-media-type"),
    *("precondition-failed", "precondition-required", "missing-version", "unsupported-version"),
    *("internal-error", "rate-limited", "request-timeout", "storage-unavailable"),
    # the software has to ask for another token, and does
    *("token-expired", "invalid-client", "invalid-assertion", "unsupported-grant-type", "invalid-token-request"),
    *("invalid-scope",),
    # nobody's data: a slip of the hand, a specimen, somebody who does not exist
    *("unknown-beneficiary", "unknown-number", "wrong-check-digit", "unreadable-scan", "wrong-environment"),
    # an act that could not be recorded, by somebody who had access
    *("rights-closed", "unknown-code", "cannot-cancel", "cannot-replace", "cancellation-requested"),
    *("lease-required", "lease-lost", "section-to-choose", "over-remainder", "line-unknown", "line-terminal"),
    *("substitution-not-allowed", "line-not-owed", "line-owed", "wrong-session", "execution-not-last"),
    *("not-deployed-yet",),
    *("execution-withdrawn", "claim-settled", "late-entry-too-old", "already-recorded", "paper-reference-used"),
    *("document-not-asked", "nothing-to-decide"),
    *("already-contested", "not-contestable", "contestation-too-late"),
    *("approval-not-needed", "approval-live", "approval-closed"),
    # about a software or the bench, not about a patient
    *("webhook-url-refused", "too-many-subscriptions", "subscription-disabled", "world-not-found"),
    *("host-not-allowed", "bench-token-required", "clock-never-back", "world-exists", "unknown-nomenclature"),
    *("snapshot-exists", "too-many-snapshots", "nothing-due"),
    *("clock-must-advance", "state-unreachable"),
)
REFUSALS: Mapping[str, str | None] = {**_TOLD, **dict.fromkeys(_NOT_TOLD)}
TOLD = tuple(sorted(_TOLD))
"""Slugs of the refusals that a patient finds in his list of accesses."""


def reason(slug: str, *, me: bool) -> str:
    """Why it was refused. Raises KeyError for a slug that is not told."""
    return _TOLD[slug].format(whom="vous" if me else "lui")
