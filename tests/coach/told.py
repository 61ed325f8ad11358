"""Exchanges as the journal tells them, made by hand: what a test does not say is what a careful client does."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

START = datetime(2026, 11, 23, 9, tzinfo=UTC)
AGENT = "Soigneux/2.1 Editeur/essai"


def told(operation: str | None = "read-care-sheet", at: float = 0.0, **changes: Any) -> dict[str, Any]:
    """`at`: seconds after 9 h, real and world time. `changes`: members of the exchange, `sent` and `answer` as JSON."""
    said = {
        "method": "POST",
        "path": "/v1/care-sheets",
        "query": "",
        "headers": {},
        "sent": None,
        "form": None,
        "status": 200,
        "answer": None,
        "replied": {},
        "problem": None,
        "client": "essai",
        "inpe": "100000011",
        "ms": 5.0,
        "world": at,
        **changes,
    }
    body = said["form"] if said["form"] is not None else None if said["sent"] is None else json.dumps(said["sent"])
    answer = said["answer"] if isinstance(said["answer"], str) else json.dumps(said["answer"] or {})
    return {
        "real_time": (START + timedelta(seconds=at)).isoformat(),
        "world_time": (START + timedelta(seconds=said["world"])).isoformat(),
        "duration_ms": said["ms"],
        "client_id": said["client"],
        "inpe": said["inpe"],
        "operation": operation,
        "problem": said["problem"],
        "trace_id": "0" * 32,
        "request": {
            "method": said["method"],
            "path": said["path"],
            "query": said["query"],
            "headers": {"user-agent": AGENT, **said["headers"]},
            "body": body,
        },
        "response": {"status": said["status"], "headers": said["replied"], "body": answer},
        **{name: said[name] for name in ("fault", "granted") if said.get(name)},
    }


def numbered(*exchanges: dict[str, Any], start: int = 1) -> list[dict[str, Any]]:
    return [{"seq": start + rank, **each} for rank, each in enumerate(exchanges)]


def refused(slug: str, status: int, policy: str = "never", **members: Any) -> dict[str, Any]:
    """What an exchange says when the platform refuses it so."""
    answer = {"code": slug, "retry": {"policy": policy}, **members}
    return {"status": status, "problem": slug, "answer": answer}
