"""Which exchanges are asked for: pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from msgspec import Struct

STATUS = re.compile(r"[1-5](?:xx|[0-9]{2})")
ANY = "any"


class Wanted(Struct, frozen=True):
    """A filter: what is None does not count. `status`: ``422``, or ``4xx``. `problem`, `fault`: a name, or ``any``.

    `path` is the beginning of one, encoded or not; `since` and `until` are instants of the world as the journal writes
    them, both included. `number`: a sheet that the path, the state change or a body names.
    """

    operation: str | None = None
    client: str | None = None
    status: str | None = None
    problem: str | None = None
    fault: str | None = None
    number: str | None = None
    since: str | None = None
    until: str | None = None
    method: str | None = None
    path: str | None = None
    trace_id: str | None = None

    @property
    def everything(self) -> bool:
        return self == EVERYTHING

    def takes(self, head: Mapping[str, Any], request: bytes, response: bytes) -> bool:
        """Whether an exchange is wanted; `head` as the journal stores it."""
        sent = head["request"]
        return (
            self.operation in (None, head["operation"])
            and self.client in (None, head["client_id"])
            and self.method in (None, sent["method"])
            and self.trace_id in (None, head["trace_id"])
            and (self.path is None or _begins(self.path, sent["path"]))
            and (self.since is None or head["world_time"] >= self.since)
            and (self.until is None or head["world_time"] <= self.until)
            and (self.status is None or _status(self.status, head["response"]["status"]))
            and (self.problem is None or _named(self.problem, head["problem"]))
            and (self.fault is None or _named(self.fault, head.get("fault")))
            and (self.number is None or _about(self.number, head, request, response))
        )


EVERYTHING = Wanted()


def _status(wanted: str, status: int) -> bool:
    return str(status) == wanted or (wanted.endswith("xx") and str(status)[0] == wanted[0])


def _begins(wanted: str, path: str) -> bool:
    return path.startswith(wanted) or unquote(path).startswith(wanted)


def _named(wanted: str, found: Any) -> bool:
    if isinstance(found, Mapping):
        return wanted == ANY or wanted in found.values()
    return found is not None and wanted in (ANY, found)


def _about(number: str, head: Mapping[str, Any], request: bytes, response: bytes) -> bool:
    if number in unquote(head["request"]["path"]) or any(
        link["subject"] == number for link in head.get("state_change", ())
    ):
        return True
    text = number.encode()
    return any(text in body.replace(b" ", b"") for body in (request, response))
