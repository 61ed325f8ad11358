"""What a route tells the OpenAPI document: `documented(...)`, read by `simulator.kit.openapi`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel

Fidelity = Literal["official", "deduced", "hypothesis"]


@dataclass(frozen=True)
class Documentation:
    """One operation."""

    body: type[BaseModel] | None
    answer: type[BaseModel] | None
    status: int
    problems: tuple[str, ...]
    fidelity: Fidelity
    source: str
    scope: str | None
    idempotent: bool
    headers: tuple[str, ...]
    query: Mapping[str, Any]
    media_type: str
    public: bool
    form: Mapping[str, Any] | None
    etag: bool | None = None
    location: bool = False
    examples: Mapping[str, Any] = field(default_factory=dict)

    @property
    def scopes(self) -> list[str]:
        """The scopes of which one is enough: several are written with spaces."""
        return (self.scope or "").split()


registry: dict[int, Documentation] = {}
MARK = "x-documentation"


def documented(
    *,
    body: type[BaseModel] | None = None,
    answer: type[BaseModel] | None = None,
    status: int = 200,
    problems: Sequence[str] = (),
    fidelity: Fidelity = "deduced",
    source: str = "",
    operation: str | None = None,
    summary: str | None = None,
    scope: str | None = None,
    idempotent: bool = False,
    headers: Sequence[str] = (),
    query: Mapping[str, Any] | None = None,
    media_type: str = "application/json",
    public: bool = False,
    form: Mapping[str, Any] | None = None,
    etag: bool | None = None,
    location: bool = False,
    examples: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Keywords for a router's decorator.

    `operation`: kebab-case id, also the journal's; the function's name otherwise. `headers`: request
    headers this operation demands (``If-Match``, ``FSE-Lease``); Idempotency-Key when `idempotent`.
    `scope`: one is enough where several are named, separated by spaces. `query`: name → JSON Schema.
    `public`: no access token. `problems`: slugs beside those that every operation may answer. `etag`: whether
    a success carries one, as it does by default when its body has a revision. `location`: whether a success says where
    what it made is read. `examples`: name → request body.
    """
    number = len(registry)
    registry[number] = Documentation(
        body=body,
        answer=answer,
        status=status,
        problems=tuple(problems),
        fidelity=fidelity,
        source=source,
        scope=scope,
        idempotent=idempotent,
        headers=tuple(headers),
        query=dict(query or {}),
        media_type=media_type,
        public=public,
        form=form,
        etag=etag,
        location=location,
        examples=dict(examples or {}),
    )
    keywords: dict[str, Any] = {
        "status_code": status,
        "response_model": None,
        "openapi_extra": {MARK: number},
    }
    if operation is not None:
        keywords["operation_id"] = operation
    if summary is not None:
        keywords["summary"] = summary
    return keywords
