"""Problem details (RFC 9457) from one catalogue, `fixtures/problems.yaml`.

`raise Problem("section-held", detail="…", current_state="…")` anywhere below a route; the kit renders
it. `detail` is French, for a person. OAuth errors (`oauth="invalid_grant"`) keep OAuth's own shape.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

import yaml

MEDIA_TYPE = "application/problem+json"
LANGUAGES = ("fr", "ar", "en")


@dataclass(frozen=True)
class Entry:
    """One line of the catalogue."""

    slug: str
    status: int
    title: Mapping[str, str]
    remedy: Mapping[str, str] = field(default_factory=dict)
    retry: Mapping[str, Any] = field(default_factory=lambda: {"policy": "never"})
    fidelity: str = "deduced"


@cache
def catalogue() -> Mapping[str, Entry]:
    """Slug → entry. Raises RuntimeError naming the slug for an entry that cannot be read."""
    text = resources.files("fixtures").joinpath("problems.yaml").read_text(encoding="utf-8")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    raw = yaml.load(text, Loader=loader)  # noqa: S506 - a safe loader, the C one when present
    entries = raw.get("problems", raw)
    try:
        return {slug: Entry(slug=slug, **_known(value)) for slug, value in entries.items()}
    except (KeyError, TypeError) as error:
        raise RuntimeError(f"fixtures/problems.yaml: {error}") from None


def _known(value: Mapping[str, Any]) -> dict[str, Any]:
    return {k: value[k] for k in ("status", "title", "remedy", "retry", "fidelity") if k in value}


class Problem(Exception):
    """A refusal: a slug of the catalogue, a French detail, and members a program can act on.

    `errors`: ``[{"pointer": "/sections/0", "code": "…", "detail": "…"}]``. `retry` overrides members
    of the catalogue's policy (``{"after_s": 30}``). `keep`: what the unit of work wrote before this
    refusal stays (a wrong attempt is counted); otherwise it is undone. Other keywords become members of the body.
    """

    def __init__(
        self,
        slug: str,
        detail: str | None = None,
        *,
        errors: Sequence[Mapping[str, str]] = (),
        current_state: str | None = None,
        allowed_transitions: Iterable[str] | None = None,
        retry: Mapping[str, Any] | None = None,
        rule: str | None = None,
        headers: Mapping[str, str] | None = None,
        oauth: str | None = None,
        keep: bool = False,
        **members: Any,
    ) -> None:
        super().__init__(slug if detail is None else f"{slug}: {detail}")
        self.slug, self.detail, self.errors = slug, detail, errors
        self.current_state, self.rule, self.oauth = current_state, rule, oauth
        self.keep = keep
        self.allowed_transitions = allowed_transitions
        self.retry, self.headers, self.members = retry, dict(headers or {}), members

    @property
    def entry(self) -> Entry:
        """The catalogue's line; an unknown slug is our own fault, hence internal-error."""
        entries = catalogue()
        return entries.get(self.slug) or entries["internal-error"]

    @property
    def status(self) -> int:
        return self.entry.status


def pointed(slug: str, pointer: str, detail: str, code: str | None = None, **members: Any) -> Problem:
    """A refusal with one fault, at that place of the request; `code`: the fault's own, the slug by default."""
    return Problem(slug, detail, errors=[{"pointer": pointer, "code": code or slug, "detail": detail}], **members)


def invalid(pointer: str, code: str, detail: str) -> Problem:
    """invalid-payload with one fault, at that place of the request."""
    return pointed("invalid-payload", pointer, detail, code)


def language(accept: str | None) -> str:
    """First supported language of an Accept-Language header; French otherwise."""
    for part in (accept or "").split(","):
        tag = part.split(";")[0].strip().lower()[:2]
        if tag in LANGUAGES:
            return tag
    return "fr"


def render(
    problem: Problem, *, issuer: str, instance: str, trace_id: str, accept_language: str | None = None
) -> tuple[int, dict[str, str], bytes]:
    """(status, headers, body) of a problem on the wire."""
    entry, lang = problem.entry, language(accept_language)
    retry = {**entry.retry, **(problem.retry or {})}
    headers = {"content-type": MEDIA_TYPE, "content-language": lang, **problem.headers}
    if "after_s" in retry and problem.status in (423, 429, 503):
        headers.setdefault("retry-after", str(retry["after_s"]))
    if problem.oauth:
        headers |= {"content-type": "application/json", "cache-control": "no-store"}
        description = problem.detail or entry.title.get(lang, entry.slug)
        answer = {"error": problem.oauth, "error_description": description, "code": entry.slug}
        return entry.status, headers, _json(answer | {"trace_id": trace_id})
    body: dict[str, Any] = {
        "type": f"{issuer}/problems/{entry.slug}",
        "title": entry.title.get(lang) or entry.title.get("fr") or entry.slug,
        "status": entry.status,
        "detail": problem.detail or entry.title.get("fr") or entry.slug,
        "instance": instance,
        "code": entry.slug,
        "retry": retry,
        "trace_id": trace_id,
    }
    if problem.errors:
        body["errors"] = list(problem.errors)
    if problem.current_state is not None:
        body["current_state"] = problem.current_state
    if problem.allowed_transitions is not None:
        body["allowed_transitions"] = list(problem.allowed_transitions)
    if remedy := entry.remedy.get(lang) or entry.remedy.get("fr"):
        body["remedy"] = remedy
    if problem.rule:
        body["rule"] = problem.rule
    return entry.status, headers, _json({**problem.members, **body})


def _json(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
