"""The Schemathesis process: `python -m conformance.fuzz.engine run <schema> …`.

Adds three things to Schemathesis and calls its own command line: a token chosen by operation, real sheets
as examples of the path and header parameters (so that requests get past "unknown number"), and the findings
as a JSON file. Never imported by `fse`: the plugins cost seconds.
"""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import schemathesis
from schemathesis import cli

from conformance.fuzz.cast import Cast

CAST = Cast.read()
AGENT = "BancFSE-Fuzz/0.1 BancFSE/fuzz"
KEYS = itertools.count(1)
ROLES = {
    "fse:resolve": "pharmacy",
    "fse:execute": "pharmacy",
    "events:read": "software",
    "receipts:read": "software",
    "patient:read": "patient",
    "patient:reissue": "patient",
    "patient:contest": "patient",
    "agent:reissue": "agent",
    "indicators:read": "public-health",
}
"""Scope → who is granted it; the prescriber for the others."""
TURN = itertools.count()


def roles_for(operation: dict[str, Any]) -> list[str]:
    """Whose tokens open an operation, from the scopes it declares; several when it has several doors."""
    scopes = [scope for need in operation.get("security") or [] for given in need.values() for scope in given]
    return [ROLES.get(scope, "prescriber") for scope in scopes] or ["prescriber"]


@schemathesis.auth(refresh_interval=None)
class Tokens:
    def get(self, case: Any, context: Any) -> str:
        roles = roles_for(context.operation.definition.raw)
        return CAST.tokens[roles[next(TURN) % len(roles)]]

    def set(self, case: Any, data: str, context: Any) -> None:
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {data}"}


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """The mandatory User-Agent and a key of its own, unless the case plays with that very header.

    A refused agent would hide every other refusal; a key used twice would replay the first answer instead of judging.
    """
    data = case.meta.phase.data if case.meta is not None else None
    played = str(getattr(data, "parameter", "")).lower()
    if played != "user-agent":
        case.headers["User-Agent"] = AGENT
    if case.headers.get("Idempotency-Key") and played != "idempotency-key":
        case.headers["Idempotency-Key"] = f"fuzz-{next(KEYS)}"


@schemathesis.hook
def before_load_schema(context: Any, raw_schema: dict[str, Any]) -> None:
    """Give parameters and bodies values that exist in this world, as examples; the schema itself is not changed."""
    for path, methods in raw_schema["paths"].items():
        known = CAST.examples.get(path, {})
        for operation in (one for one in methods.values() if isinstance(one, dict)):
            for parameter in operation.get("parameters", []):
                if parameter["name"].lower() in known:
                    parameter.pop("examples", None)
                    parameter["example"] = known[parameter["name"].lower()]
            content = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if content and path in CAST.bodies:
                content.pop("examples", None)
                content["example"] = CAST.bodies[path]


@cli.handler()
class Findings(cli.EventHandler[Any]):
    """Writes cases, operations, findings and errors as one JSON file at the end."""

    def __init__(self, *args: Any, **params: Any) -> None:
        self.fatal: str | None = None
        self.errors: list[dict[str, str]] = []

    def handle_event(self, ctx: Any, event: Any) -> None:
        kind = type(event).__name__
        if kind == "FatalError":
            self.fatal = str(event.exception)
        elif kind == "NonFatalError":
            self.errors.append({"operation": str(event.label), "message": str(event.value)})

    def shutdown(self, ctx: Any) -> None:
        statistic = ctx.statistic
        found = [
            {
                "operation": label,
                "check": failure.title,
                "message": str(failure.message or ""),
                "status": group.response.status_code if group.response is not None else None,
                "curl": group.code_sample or "",
            }
            for label, groups in sorted(statistic.failures.items())
            for group in groups.values()
            for failure in group.failures
        ]
        document = {
            "cases": statistic.total_cases,
            "operations": sorted(statistic.tested_operations),
            "findings": found,
            "errors": self.errors,
            "fatal": self.fatal,
        }
        text = json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True)
        Path(CAST.findings).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    cli.schemathesis()
