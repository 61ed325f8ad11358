"""HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/) as a JSON Schema: what is required, and of which type.

Members of one's own start with ``_``; any other that the format does not name is refused.
"""

from __future__ import annotations

from typing import Any

TEXT: dict[str, Any] = {"type": "string"}
NUMBER: dict[str, Any] = {"type": "number", "minimum": -1}
INSTANT = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"}


def _object(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "type": "object",
        "required": sorted(required),
        "properties": {**required, **(optional or {}), "comment": TEXT},
        "patternProperties": {"^_": {}},
        "additionalProperties": False,
    }


def _list(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


PAIR = _object({"name": TEXT, "value": TEXT})
COOKIE = _object({"name": TEXT, "value": TEXT}, {"path": TEXT, "domain": TEXT, "expires": TEXT})
POSTED = _object({"mimeType": TEXT, "text": TEXT}, {"params": _list(_object({"name": TEXT}, {"value": TEXT}))})
CONTENT = _object({"size": NUMBER, "mimeType": TEXT}, {"text": TEXT, "encoding": {"const": "base64"}})
COMMON = {
    "httpVersion": TEXT,
    "cookies": _list(COOKIE),
    "headers": _list(PAIR),
    "headersSize": NUMBER,
    "bodySize": NUMBER,
}
REQUEST = _object(
    {"method": TEXT, "url": {"type": "string", "pattern": "^https?://[^ ]+$"}, "queryString": _list(PAIR), **COMMON},
    {"postData": POSTED},
)
RESPONSE = _object(
    {"status": {"type": "integer"}, "statusText": TEXT, "content": CONTENT, "redirectURL": TEXT, **COMMON}
)
TIMINGS = _object(
    {"send": NUMBER, "wait": NUMBER, "receive": NUMBER}, {"dns": NUMBER, "connect": NUMBER, "ssl": NUMBER}
)
ENTRY = _object(
    {
        "startedDateTime": INSTANT,
        "time": {"type": "number", "minimum": 0},
        "request": REQUEST,
        "response": RESPONSE,
        "cache": _object({}),
        "timings": TIMINGS,
    },
    {"pageref": TEXT, "serverIPAddress": TEXT, "connection": TEXT},
)
LOG = _object(
    {"version": {"const": "1.2"}, "creator": _object({"name": TEXT, "version": TEXT}), "entries": _list(ENTRY)}
)
SCHEMA = {**_object({"log": LOG}), "$schema": "https://json-schema.org/draft/2020-12/schema"}
