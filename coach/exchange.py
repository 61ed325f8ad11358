"""One exchange as the bench's journal tells it, and what rules ask of it. Nothing here trusts what a client sent."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, unquote

AGENT = re.compile(r"[^/\s]+/\S+ [^/]+/([^/\s]+)")
"""``Product/Version Editor/client_id``."""
UNKNOWN = "inconnu"
_SECRET = re.compile(
    r"redacted:sha256|psn:|FSE1:|eyJ[\w-]{10,}|\b(?:backup_?code|scan|access_token|client_secret|assertion)=", re.I
)
_NAMES = ("line", "ean13", "act_code", "label")
NOTHING = {"refused", "answer-replayed"}
"""Events of the audit trail of an exchange that changed nothing."""
_BACKUP = re.compile(r"[0-9A-Z]{9}", re.I)


@dataclass(frozen=True)
class Exchange:
    """`raw`: a member of ``exchanges`` in the journal. Times are seconds since 1970."""

    raw: Mapping[str, Any]

    @cached_property
    def seq(self) -> int:
        return int(self.raw["seq"])

    @cached_property
    def at(self) -> float:
        """Real time at which the request came in."""
        return instant(self.raw.get("real_time")) or 0.0

    @cached_property
    def ended(self) -> float:
        """Real time at which the answer left."""
        return self.at + float(self.raw.get("duration_ms") or 0) / 1000

    @cached_property
    def world_at(self) -> float:
        return instant(self.raw.get("world_time")) or 0.0

    @cached_property
    def operation(self) -> str:
        return str(self.raw.get("operation") or "")

    @cached_property
    def method(self) -> str:
        return str(self.raw["request"].get("method") or "")

    @cached_property
    def path(self) -> str:
        return unquote(str(self.raw["request"].get("path") or ""))

    @cached_property
    def query(self) -> str:
        return str(self.raw["request"].get("query") or "")

    @cached_property
    def asked(self) -> list[tuple[str, str]]:
        """The parameters of the query, decoded, in order."""
        return parse_qsl(self.query, keep_blank_values=True)

    @cached_property
    def status(self) -> int:
        return int(self.raw["response"].get("status") or 0)

    @cached_property
    def accepted(self) -> bool:
        return 200 <= self.status < 300

    @cached_property
    def problem(self) -> str:
        return str(self.raw.get("problem") or "")

    @cached_property
    def person(self) -> str:
        """The INPE of the one who acts; empty for a software alone and for a patient."""
        return str(self.raw.get("inpe") or "")

    @cached_property
    def agent(self) -> str:
        return self.header("user-agent")

    @cached_property
    def client(self) -> str:
        """The software: the one that proved itself, else the one that User-Agent names."""
        if proved := self.raw.get("client_id"):
            return str(proved)
        named = AGENT.fullmatch(self.agent)
        return named[1] if named else UNKNOWN

    def header(self, name: str) -> str:
        """Of the request; empty without it."""
        return str(self.raw["request"].get("headers", {}).get(name) or "")

    def replied(self, name: str) -> str:
        """A header of the answer; empty without it."""
        return str(self.raw["response"].get("headers", {}).get(name) or "")

    @cached_property
    def sent(self) -> dict[str, Any]:
        """The JSON object that was sent; empty for anything else."""
        return _object(self.raw["request"].get("body"))

    @cached_property
    def form(self) -> dict[str, str]:
        """The fields of the form that was sent."""
        return dict(parse_qsl(str(self.raw["request"].get("body") or "")))

    @cached_property
    def answer(self) -> dict[str, Any]:
        """The JSON object that was answered; empty for anything else."""
        return _object(self.raw["response"].get("body"))

    @cached_property
    def answered(self) -> str:
        """The body of the answer, as text."""
        return str(self.raw["response"].get("body") or self.raw["response"].get("body_base64") or "")

    @cached_property
    def act(self) -> tuple[str, str, str, str, str]:
        """Equal for two requests that say the same thing for the same person, whatever their keys and tokens."""
        sent = self.raw["request"].get("body") or self.raw["request"].get("body_base64") or ""
        body = json.dumps(self.sent, sort_keys=True) if self.sent else str(sent)
        return self.person, self.method, self.path, self.query, body

    @cached_property
    def policy(self) -> str:
        """What the refusal says of a retry: ``never``, ``same-key``, ``after``, ``after-refresh``; else empty."""
        retry = self.answer.get("retry")
        return str(retry.get("policy") or "") if isinstance(retry, dict) else ""

    @cached_property
    def retry_after(self) -> float:
        """Seconds that the answer asks to wait; 0 when it asks nothing."""
        asked = self.replied("retry-after")
        if asked.isascii() and asked.isdigit() and len(asked) < 10:
            return float(asked)
        until = instant(self.answer.get("held_until"))
        return max(0.0, until - self.world_at) if until else 0.0

    def waited(self, before: Exchange, seconds: float) -> bool:
        """Did it come that long after the answer of `before`, by the wall's clock or by the world's?"""
        return self.at - before.ended >= seconds or self.world_at - before.world_at >= seconds

    @cached_property
    def subject(self) -> str:
        """What the path is about: the number or id after the collection; empty without one."""
        parts = self.path.split("/")
        return parts[3] if len(parts) > 3 else ""

    @cached_property
    def changed(self) -> frozenset[str]:
        """The events that it wrote in the audit trail, answered or not: ``section-executed``, ``refused``…"""
        links = self.raw.get("state_change")
        return frozenset(str(link.get("event")) for link in links or () if isinstance(link, dict))

    @cached_property
    def recorded(self) -> bool:
        """Did it change something, answered or not?"""
        told = isinstance(self.raw.get("state_change"), list)
        return bool(self.changed - NOTHING) if told else self.accepted and self.method != "GET"

    @cached_property
    def fault(self) -> str:
        """The kind of the fault that the bench made there; empty without one."""
        told = self.raw.get("fault")
        return str(told.get("kind") or "") if isinstance(told, dict) else ""

    @cached_property
    def whom(self) -> tuple[str, str]:
        """The patient whom the body names, as (registration number, rank of the dependant); ("", "0") without one."""
        told = self.sent.get("beneficiary")
        said = told if isinstance(told, dict) else self.sent
        return squeezed(str(said.get("registration_number") or "")), str(said.get("dependant_rank") or 0)

    @cached_property
    def lines(self) -> frozenset[str]:
        """What the body asks for or does: its lines, by number where it has one, else by section and code."""
        sections = self.sent.get("sections")
        found = set()
        for section in sections if isinstance(sections, list) else [self.sent]:
            lines = section.get("lines") if isinstance(section, dict) else None
            for line in lines if isinstance(lines, list) else ():
                if isinstance(line, dict):
                    name = next((line[name] for name in _NAMES if line.get(name)), "")
                    found.add(f"{section.get('type', '')} {squeezed(str(name))}")
        return frozenset(found)

    @cached_property
    def section(self) -> str:
        """The type of the section that the path is about; empty without one."""
        return self.path.partition("/sections/")[2].partition("/")[0]

    @cached_property
    def secrets(self) -> frozenset[str]:
        """Backup codes that this exchange carried where they belong, in a body; without separators, upper case."""
        told = (self.sent.get("backup_code"), self.answer.get("backup_code"))
        plain = {squeezed(str(code)) for code in told if code}
        return frozenset(code for code in plain if _BACKUP.fullmatch(code))

    def tells_in_address(self, secrets: frozenset[str]) -> bool:
        """Does its path or its query carry a secret: a token, the text of a QR, one of these backup codes?"""
        address = unquote(f"{self.path}?{self.query}")
        return bool(_SECRET.search(address)) or any(code in squeezed(address) for code in secrets)

    def place(self, *, hidden: bool = False) -> str:
        """``GET /v1/…``, never with its query; `hidden`: the path too, but for its first two words."""
        path = "/".join([*self.path.split("/")[:3], "…"]) if hidden else self.path
        if _SECRET.search(unquote(path)):
            path = "/…"
        return f"{self.method} {path}"


def squeezed(text: str) -> str:
    """Without spaces and dashes, upper case."""
    return re.sub(r"[-\s]", "", text).upper()


def instant(text: Any) -> float | None:
    """Seconds since 1970 of an ISO instant; None for anything else."""
    try:
        return datetime.fromisoformat(text).timestamp()
    except (TypeError, ValueError):
        return None


def _object(text: Any) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (TypeError, ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
