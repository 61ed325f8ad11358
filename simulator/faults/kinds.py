"""Every kind of fault: its moment, what may be said of it, its sentence. A table, read by the bench and its page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

Moment = Literal["before-authentication", "before-commit", "after-commit", "answer", "webhook"]
KindName = Literal[
    "before-authentication",
    "before-commit",
    "after-commit",
    "mid-body",
    "slow-drip",
    "connection-reset",
    "rate-limit-storm",
    "server-errors",
    "html",
    "unknown-field",
    "unknown-value",
    "clock-skew",
    "key-rotation",
    "nomenclature-change",
    "webhook-duplicate",
    "webhook-reorder",
    "webhook-delay",
    "webhook-drop",
]
NAMES: tuple[str, ...] = get_args(KindName)


@dataclass(frozen=True)
class Option:
    """A member of a fault that its kind knows: a number from `low` to `high`, one of `choices`, or a text."""

    sense: str
    default: int | str | None = None
    low: int = 0
    high: int = 0
    choices: tuple[int | str, ...] = ()
    required: bool = False

    @property
    def expected(self) -> str:
        """What is admitted, for a person."""
        if self.choices:
            return "une valeur parmi : " + ", ".join(map(str, self.choices))
        return f"un entier de {self.low} à {self.high}" if self.high else "un texte"

    def admits(self, value: int | str) -> bool:
        if self.choices:
            return value in self.choices
        return not self.high or (isinstance(value, int) and self.low <= value <= self.high)


@dataclass(frozen=True)
class Kind:
    """`at_most`: how often it happens when nothing is said; None: as often as it is met."""

    moment: Moment
    sense: str
    options: Mapping[str, Option] = field(default_factory=dict)
    at_most: int | None = None

    @property
    def webhook(self) -> bool:
        return self.moment == "webhook"


STATUSES = (500, 502, 503, 504)
STATUS = Option("Le statut répondu ; absent, la connexion est coupée sans réponse.", choices=STATUSES)
MEMBER = Option(
    "Le membre dont le texte est remplacé, à toute profondeur ; sans lui, la réponse est épargnée, et ne compte pas.",
    "status",
)

KINDS: Mapping[str, Kind] = {
    "before-authentication": Kind(
        "before-authentication", "Coupé avant que l'appel soit examiné : rien n'est fait.", {"status": STATUS}
    ),
    "before-commit": Kind(
        "before-commit", "Fait, puis défait : coupé juste avant d'enregistrer, rien ne l'est.", {"status": STATUS}
    ),
    "after-commit": Kind(
        "after-commit",
        "Enregistré, mais coupé avant la réponse : renvoyer avec la même clé d'idempotence.",
        {"status": STATUS},
    ),
    "mid-body": Kind(
        "answer",
        "La réponse est coupée au milieu de son corps ; content-length annonce le tout.",
        {"bytes": Option("Combien d'octets du corps partent ; absent, la moitié.", low=1, high=1_000_000)},
    ),
    "slow-drip": Kind(
        "answer",
        "La réponse goutte, par petits morceaux.",
        {"seconds": Option("Sa durée, en secondes réelles.", 5, 1, 60)},
    ),
    "connection-reset": Kind("before-authentication", "La connexion est réinitialisée (RST) : rien n'est fait."),
    "rate-limit-storm": Kind(
        "before-authentication",
        "429 rate-limited, avec Retry-After, RateLimit et RateLimit-Policy : rien n'est fait.",
        {"retry_after_s": Option("Ce que dit Retry-After, en secondes.", 30, 1, 3600)},
    ),
    "server-errors": Kind(
        "before-authentication",
        "500, 502, 503 ou 504, tiré à chaque appel : rien n'est fait.",
        {"status": Option("Toujours ce statut.", choices=STATUSES)},
    ),
    "html": Kind(
        "before-authentication",
        "Une page HTML au lieu de JSON, comme celle d'un mandataire ou d'un portail : rien n'est fait.",
        {"status": Option("Son statut.", 200, choices=(200, 502, 503))},
    ),
    "unknown-field": Kind("answer", "Chaque objet de la réponse a un membre de plus, inconnu du contrat."),
    "unknown-value": Kind(
        "answer", "Un texte de la réponse prend une valeur que le contrat ne connaît pas.", {"member": MEMBER}
    ),
    "clock-skew": Kind(
        "answer",
        "L'horloge du serveur dérive : l'en-tête Date, et l'heure dite par /v1/health. Rien d'enregistré n'est décalé.",
        {"seconds": Option("Le décalage, en secondes : négatif, en retard.", low=-86_400, high=86_400, required=True)},
    ),
    "key-rotation": Kind(
        "before-authentication",
        "Une clé de la plateforme tourne juste avant l'appel, qui est servi.",
        {"key": Option("Laquelle.", "token", choices=("token", "qr"))},
        at_most=1,
    ),
    "nomenclature-change": Kind(
        "before-authentication",
        "Une autre liste de médicaments entre en vigueur juste avant l'appel, qui est servi.",
        {"version": Option("Laquelle, parmi celles de ce serveur.", required=True)},
        at_most=1,
    ),
    "webhook-duplicate": Kind("webhook", "Le webhook part deux fois."),
    "webhook-reorder": Kind("webhook", "Le webhook laisse passer les suivants : il part une seconde du monde après."),
    "webhook-delay": Kind(
        "webhook",
        "Le webhook part plus tard.",
        {"seconds": Option("De combien, en secondes du monde.", 60, 1, 604_800)},
    ),
    "webhook-drop": Kind("webhook", "Le webhook est perdu : la plateforme le croit reçu, le fil le dit toujours."),
}
