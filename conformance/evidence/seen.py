"""What a check may look at: the stored observations it was given, and the stored files they name.

`Seen` is read-only. A check that needs an observation which is not there lets `Absent` pass: the engine
turns it into *blocked* or *inconclusive*; a check never guesses.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from conformance.evidence.model import Observation
from conformance.evidence.operations import operation


class Absent(Exception):
    """The observation that a check needs was never made; the text says which, in French."""


@dataclass(frozen=True)
class Exchange:
    """One exchange between the software and the platform, as the platform's journal recorded it."""

    observation: Observation

    @property
    def id(self) -> str:
        return self.observation.id

    @property
    def request(self) -> Mapping[str, Any]:
        return self.observation.data["request"]  # type: ignore[no-any-return]

    @property
    def response(self) -> Mapping[str, Any]:
        return self.observation.data["response"]  # type: ignore[no-any-return]

    @cached_property
    def operation(self) -> str:
        return operation(self.request["method"], self.request["path"])

    @property
    def status(self) -> int:
        return int(self.response["status"])

    @property
    def accepted(self) -> bool:
        return 200 <= self.status < 300

    @property
    def problem(self) -> str | None:
        """The slug of the refusal, from the answer's own body."""
        body = self.answer
        return str(body["code"]) if self.status >= 400 and "code" in body else None

    @property
    def sent(self) -> dict[str, Any]:
        """The JSON body sent, or an empty object."""
        return _object(self.request.get("body"))

    @property
    def answer(self) -> dict[str, Any]:
        """The JSON body received, or an empty object."""
        return _object(self.response.get("body"))

    def header(self, name: str) -> str | None:
        """A request header, or None."""
        value = self.request["headers"].get(name.lower())
        return None if value is None else str(value)

    def __str__(self) -> str:
        problem = f" {self.problem}" if self.problem else ""
        return f"{self.request['method']} {self.request['path']} → {self.status}{problem}"


def _object(text: Any) -> dict[str, Any]:
    if not isinstance(text, str) or not text:
        return {}
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


@dataclass(frozen=True)
class Action:
    """One action asked of the software through its driver, with the outcome it declared."""

    observation: Observation

    @property
    def id(self) -> str:
        return self.observation.id

    @property
    def name(self) -> str:
        return str(self.observation.data["action"])

    @property
    def input(self) -> dict[str, Any]:
        return dict(self.observation.data["input"])

    @property
    def outcome(self) -> dict[str, Any]:
        return dict(self.observation.data["outcome"])

    @property
    def status(self) -> str:
        return str(self.outcome.get("status"))

    @property
    def said(self) -> str:
        """The status in a French word, for findings."""
        words = {"completed": "fait", "refused": "refusé", "queued": "en attente", "failed": "en panne"}
        return words.get(self.status, self.status)

    @property
    def data(self) -> dict[str, Any]:
        return dict(self.outcome.get("data") or {})

    @property
    def messages(self) -> list[str]:
        return [str(message.get("text", "")) for message in self.outcome.get("messages", [])]

    @property
    def document(self) -> str | None:
        """Name of the stored file of the document shown, or None."""
        document = self.outcome.get("document") or {}
        return document.get("file")


class Seen:
    """The observations a check was given, with the few questions checks ask of them."""

    def __init__(self, observations: Sequence[Observation], files: Path) -> None:
        self.observations = tuple(observations)
        self._files = files

    def action(self, name: str, nth: int = -1) -> Action:
        """The n-th action of that name (the last by default); `Absent` if it never took place."""
        found = [o for o in self.observations if o.kind == "driver" and o.data.get("action") == name]
        try:
            return Action(found[nth])
        except IndexError:
            raise Absent(f"l'action « {name} » n'a pas eu lieu") from None

    def actions(self) -> list[Action]:
        """Every action asked of the software in this case, in order."""
        return [Action(o) for o in self.observations if o.kind == "driver"]

    def exchanges(self, name: str | None = None, during: Action | None = None) -> list[Exchange]:
        """The software's exchanges, in order; of one operation, in the course of one action."""
        return [
            exchange
            for exchange in (Exchange(o) for o in self.observations if o.kind == "http")
            if exchange.observation.label == "software"
            and (during is None or exchange.observation.during == during.id)
            and (name is None or exchange.operation == name)
        ]

    def accepted(self, name: str, during: Action | None = None) -> Exchange:
        """The last accepted exchange of an operation; `Absent` if there is none."""
        found = [exchange for exchange in self.exchanges(name, during) if exchange.accepted]
        if not found:
            raise Absent(f"aucun échange « {name} » accepté n'a été vu sur le réseau")
        return found[-1]

    def state(self, label: str, during: Action) -> dict[str, Any]:
        """The platform's state of the sheets, `before` or `after` an action: number → sheet."""
        for o in self.observations:
            if o.kind == "state" and o.label == label and o.during == during.id:
                return {sheet["number"]: sheet for sheet in o.data["care_sheets"]}
        raise Absent(f"l'état « {label} » n'a pas été relevé")

    @property
    def stimuli(self) -> dict[str, Any]:
        """What the case did to the software, in the case's own symbolic words."""
        for o in reversed(self.observations):
            if o.kind == "stimulus":
                return dict(o.data)
        return {}

    def world(self) -> dict[str, Any]:
        """The world's set-up: issuer, instant, published keys."""
        for o in self.observations:
            if o.kind == "world":
                return dict(o.data)
        raise Absent("le monde de ce cas n'a pas été décrit")

    def file(self, name: str | None) -> bytes:
        """A stored document or image; `Absent` when the software showed none."""
        if name is None:
            raise Absent("le logiciel n'a montré aucun document")
        path = (self._files / name).resolve()
        if not path.is_relative_to(self._files.resolve()) or not path.is_file():
            raise Absent(f"le fichier « {name} » n'est pas dans les preuves")
        return path.read_bytes()
