"""Exchanges as an HTTP Archive (HAR 1.2), for the tools that read one. Pure."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

OWN = (
    "seq",
    "world_time",
    "client_id",
    "inpe",
    "delegate",
    "operation",
    "problem",
    "fault",
    "state_change",
    "trace_id",
)


def log(exchanges: Iterable[Mapping[str, Any]], issuer: str, version: str) -> dict[str, Any]:
    """The whole archive; `issuer` is the address of the world, `version` ``product/number``."""
    name, _, number = version.partition("/")
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": name, "version": number},
            "entries": [entry(each, issuer) for each in exchanges],
        }
    }


def entry(shown: Mapping[str, Any], issuer: str) -> dict[str, Any]:
    """One exchange as the bench shows it; what HAR has no name for starts with ``_``."""
    asked, given = shown["request"], shown["response"]
    duration = shown["duration_ms"]
    return {
        "startedDateTime": shown["real_time"],
        "time": duration,
        "request": {
            "method": asked["method"],
            "url": address(asked, issuer),
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": _pairs(asked["headers"].items()),
            "queryString": _pairs(parse_qsl(asked["query"], keep_blank_values=True)),
            **_posted(asked),
            "headersSize": -1,
            "bodySize": len(raw(asked)),
        },
        "response": {
            "status": given["status"],
            "statusText": _phrase(given["status"]),
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": _pairs(given["headers"].items()),
            "content": _content(given),
            "redirectURL": given["headers"].get("location", ""),
            "headersSize": -1,
            "bodySize": len(raw(given)),
        },
        "cache": {},
        "timings": {"send": 0, "wait": duration, "receive": 0},
        **{f"_{name}": shown[name] for name in OWN if name in shown},
    }


def address(asked: Mapping[str, Any], issuer: str) -> str:
    """The URL that was called, to the byte."""
    query = f"?{asked['query']}" if asked["query"] else ""
    return f"{issuer}{asked['path']}{query}"


def raw(side: Mapping[str, Any]) -> bytes:
    """The body of a request or of an answer."""
    if side["body"] is not None:
        return str(side["body"]).encode()
    return base64.b64decode(side.get("body_base64", ""))


def _posted(asked: Mapping[str, Any]) -> dict[str, Any]:
    if not raw(asked):
        return {}
    posted = {"mimeType": asked["headers"].get("content-type", ""), "text": asked["body"] or ""}
    if asked["body"] is None:  # HAR says nothing of a request that is no text
        posted |= {"comment": "base64", "_base64": asked["body_base64"]}
    return {"postData": posted}


def _content(given: Mapping[str, Any]) -> dict[str, Any]:
    content = {"size": len(raw(given)), "mimeType": given["headers"].get("content-type", "")}
    if "body_base64" in given:
        return {**content, "text": given["body_base64"], "encoding": "base64"}
    return content if given["body"] is None else {**content, "text": given["body"]}


def _pairs(items: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in items]


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
