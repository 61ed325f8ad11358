"""What becomes of the webhooks of a software; what it does with a forged one, when the bench was told to send some."""

from __future__ import annotations

from collections.abc import Iterator

from coach.rules.words import DELIVERIES
from coach.traffic import Found, Traffic

_FAILED = 3
_NOT_SENT = "delayed"
"""What the record of an attempt says that a fault of the bench kept back: its receiver saw nothing."""
FORGERIES = {
    "unsigned": "sans signature",
    "wrong-key": "signé d'une autre clé",
    "altered": "modifié après signature",
    "stale": "signé, mais daté d'il y a une heure",
}


def signature_ignored(seen: Traffic) -> Iterator[Found]:
    """A receiver that answers 2xx to a webhook that the platform cannot have sent."""
    for probe in seen.probes:
        taken = [FORGERIES.get(a["forgery"], a["forgery"]) for a in probe["attempts"] if a["verdict"] == "accepted"]
        if taken:
            yield Found(f"Accepté (2xx) : {' ; '.join(taken)}.", about=str(probe["subscription"]))


def webhook_unanswered(seen: Traffic) -> Iterator[Found]:
    """Three attempts in a row that the receiver did not answer in time with 2xx."""
    failed: dict[str, list[str]] = {}
    for delivery in seen.deliveries:
        run = failed.setdefault(str(delivery["subscription"]), [])
        for attempt in delivery["attempts"]:
            status = attempt.get("status")
            if attempt.get("error") == _NOT_SENT:
                continue
            if isinstance(status, int) and 200 <= status < 300:
                run.clear()
            else:
                error = str(attempt.get("error") or status)
                run.append(DELIVERIES.get(error, error))
    for subscription, run in failed.items():
        if len(run) >= _FAILED:
            yield Found(f"{len(run)} essais de suite sans réponse 2xx ({', '.join(run[-3:])}).", about=subscription)
