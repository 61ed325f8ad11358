"""What the software keeps in memory, and what it answers: plain records, no behaviour.

Shapes: instants are aware UTC datetimes, amounts and quantities stay the strings received from the platform
(``"56.00"``, MAD) so that nothing is ever recomputed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Json = dict[str, Any]
Level = Literal["info", "warning", "error"]
Status = Literal["completed", "refused", "queued", "failed"]


@dataclass(frozen=True)
class Professional:
    """A professional of the practice or of the pharmacy, with the credential that signs for him."""

    inpe: str
    role: str
    name: str
    establishment: Json
    key_id: str
    private_jwk: Json = field(repr=False)
    speciality: str | None = None

    @classmethod
    def read(cls, entry: Json) -> Professional:
        """From one entry of ``configure.professionals``; KeyError when something needed is missing."""
        return cls(
            inpe=entry["inpe"],
            role=entry["role"],
            name=entry.get("name", ""),
            establishment=entry["establishment"],
            key_id=entry["kid"],
            private_jwk=entry["private_jwk"],
            speciality=entry.get("speciality"),
        )


@dataclass(frozen=True)
class Settings:
    """Where the platform is, who to trust, and under which name this software presents itself."""

    issuer: str
    trust_anchor: Json
    client_id: str
    client_key_id: str
    professionals: dict[str, Professional]


@dataclass(frozen=True)
class Token:
    """An access token: reused while both the world's clock and the real clock find it fresh."""

    value: str = field(repr=False)
    expires_at: datetime  # the world's time
    expires_monotonic: float  # seconds of this machine's monotonic clock


@dataclass
class KeptSheet:
    """A care sheet that this practice issued."""

    number: str
    professional: str
    payload: str = field(repr=False)
    backup_code: str = field(repr=False)
    content: Json = field(repr=False)


@dataclass
class OpenSection:
    """A section this pharmacy holds: what the scan answered, and the two proofs that writing needs."""

    number: str
    type: str
    etag: str
    lease: str | None
    lines: list[Json]


@dataclass(frozen=True)
class Message:
    """One sentence as the user saw it, in French."""

    level: Level
    text: str


@dataclass
class Outcome:
    """What one action came to: the shape the driver contract asks for."""

    status: Status = "completed"
    messages: list[Message] = field(default_factory=list)
    data: Json = field(default_factory=dict)
    document: Json | None = None

    def say(self, level: Level, text: str) -> Outcome:
        self.messages.append(Message(level, text))
        return self


class Refusal(Exception):
    """The action stops here because of a rule: ``sentence`` is French and made for the professional."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Unavailable(Exception):
    """The platform could not be reached or did not answer sense: ``sentence`` says what to do about it."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
