"""The OpenAPI document of the FSE API, from the routes' `documented(...)` marks.

Shapes, parameters, refusals and fidelity; the words, the examples and the sources of field groups are laid over it by
`simulator.reference.document`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from simulator.kit import problems
from simulator.kit.documentation import MARK, Documentation, registry
from simulator.kit.versions import SERVED, versioned

_REF = "#/components/schemas/{model}"
COMMON = ("missing-user-agent", "not-found", "method-not-allowed", "internal-error")
ANONYMOUS = ("/.well-known/", "/jwks.json", "/problems/")
RETRIED = (423, 429, 503)
PARAMETERS: Mapping[str, dict[str, Any]] = {
    "number": {"type": "string", "pattern": "^[0-9]{16}$", "examples": ["2604817390552494"]},
    "type": {
        "type": "string",
        "enum": ["prescriber", "pharmacy", "biology", "imaging", "physiotherapy", "dental", "nursing", "devices"],
    },
    "id": {"type": "string", "pattern": "^[a-z]{3}-[A-Za-z0-9]{1,40}$"},
    "slug": {"type": "string", "pattern": "^[a-z-]{1,60}$"},
}
HEADERS: Mapping[str, dict[str, Any]] = {
    "User-Agent": {
        "type": "string",
        "pattern": "^[!-.0-~]+/[!-~]+ [!-.0-~]+/[!-.0-~]+$",
        "examples": ["MonLogiciel/1.0 MonEntreprise/demo"],
    },
    "Idempotency-Key": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]{1,255}$"},
    "If-Match": {"type": "string", "pattern": '^"[0-9]{1,9}"$', "examples": ['"1"']},
    "FSE-Lease": {"type": "string", "pattern": "^[!-~]{1,100}$"},
}
_REPLIES: Mapping[str, dict[str, Any]] = {
    "ETag": {"type": "string", "pattern": '^"[^"]{1,100}"$', "examples": ['"2"']},
    "Location": {"type": "string", "format": "uri-reference"},
    "Idempotent-Replayed": {"type": "string", "enum": ["true"]},
    "RateLimit": {"type": "string", "examples": ['"default";r=59999;t=60']},
    "RateLimit-Policy": {"type": "string", "examples": ['"default";q=60000;w=60']},
    "Retry-After": {"type": "string", "pattern": "^[0-9]+$", "examples": ["60"]},
    "FSE-Warning": {"type": "string", "examples": ["missing-version; becomes-error-on=2027-07-01"]},
}
"""Headers of answers, beside those of HTTP itself."""
_PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457 problem details.",
    "required": ["type", "title", "status", "detail", "instance", "code", "retry", "trace_id"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "code": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "detail"],
                "properties": {name: {"type": "string"} for name in ("pointer", "code", "detail")},
            },
        },
        "current_state": {"type": "string"},
        "allowed_transitions": {"type": "array", "items": {"type": "string"}},
        "retry": {
            "type": "object",
            "required": ["policy"],
            "properties": {
                "policy": {"type": "string", "enum": ["never", "same-key", "after", "after-refresh"]},
                "after_s": {"type": "integer", "description": "Seconds to wait before the next try."},
                "max": {"type": "integer", "description": "How many times to try again."},
            },
        },
        "remedy": {"type": "string"},
        "rule": {"type": "string"},
        **{name: {"type": "array", "items": {"type": "string"}} for name in ("sections", "supported", "allowed_roles")},
        "valid_until": {"type": "string"},
        "trace_id": {"type": "string"},
    },
}
_OAUTH_ERROR: dict[str, Any] = {
    "type": "object",
    "required": ["error", "error_description", "code"],
    "properties": {name: {"type": "string"} for name in ("error", "error_description", "code")},
}


def build(app: FastAPI, *, base: str, world: str) -> dict[str, Any]:
    """The document; its server is `base` with the world as a variable."""
    document = get_openapi(
        title="FSE API (simulateur non officiel)",
        version="1",
        description="Simulateur de référence de la feuille de soins électronique. Non officiel.",
        routes=app.routes,
        servers=[{"url": f"{base}/w/{{world}}", "variables": {"world": {"default": world}}}],
    )
    marked = [
        (path, method, operation, registry[operation.pop(MARK)])
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if MARK in operation
    ]
    references, schemas = _schemas(entry for *_, entry in marked)
    components = document.setdefault("components", {})
    components["schemas"] = {**schemas, "Problem": _PROBLEM, "OAuthError": _OAUTH_ERROR}
    components["securitySchemes"] = {"bearer": _security(f"{base}/w/{world}", (entry for *_, entry in marked))}
    components["headers"] = {name: {"schema": schema} for name, schema in _REPLIES.items()}
    for path, _, operation, entry in marked:
        _describe(operation, entry, path, references)
    return document


def _security(issuer: str, entries: Iterable[Documentation]) -> dict[str, Any]:
    """Access tokens of `/oauth2/token` with the scopes that some operation asks for."""
    scopes = {scope: "" for entry in entries for scope in entry.scopes}
    flow = {"tokenUrl": f"{issuer}/oauth2/token", "scopes": dict(sorted(scopes.items()))}
    return {"type": "oauth2", "flows": {"clientCredentials": flow}}


def _schemas(entries: Iterable[Documentation]) -> tuple[dict[Any, Any], dict[str, Any]]:
    wanted: dict[tuple[type[BaseModel], Any], None] = {}
    for entry in entries:
        if entry.body:
            wanted[entry.body, "validation"] = None
        if entry.answer:
            wanted[entry.answer, "serialization"] = None
    references, definitions = models_json_schema(list(wanted), ref_template=_REF)
    return references, definitions.get("$defs", {})


def _describe(operation: dict[str, Any], entry: Documentation, path: str, references: Mapping[Any, Any]) -> None:
    operation["x-fidelity"] = entry.fidelity
    operation["x-source"] = entry.source
    operation["security"] = [] if entry.public else [{"bearer": [scope]} for scope in entry.scopes] or [{"bearer": []}]
    operation["parameters"] = list(_parameters(entry, path))
    if entry.body:
        content: dict[str, Any] = {"schema": references[entry.body, "validation"]}
        if entry.examples:
            content["examples"] = {name: {"value": v} for name, v in entry.examples.items()}
        operation["requestBody"] = {"required": True, "content": {"application/json": content}}
    elif entry.form:
        form = {"application/x-www-form-urlencoded": {"schema": dict(entry.form)}}
        operation["requestBody"] = {"required": True, "content": form}
    operation["responses"] = _responses(entry, path, references)


def _parameters(entry: Documentation, path: str) -> Iterable[dict[str, Any]]:
    for name in re.findall(r"{(\w+)}", path):
        schema = PARAMETERS.get(name, {"type": "string"})
        yield {"name": name, "in": "path", "required": True, "schema": schema}
    for name, schema in entry.query.items():
        yield {"name": name, "in": "query", "required": False, "schema": schema}
    agent = [] if path.startswith(ANONYMOUS) else ["User-Agent"]
    wanted = [*agent, *(["Idempotency-Key"] if entry.idempotent else []), *entry.headers]
    for name in wanted:
        schema = HEADERS.get(name, {"type": "string"})
        yield {"name": name, "in": "header", "required": True, "schema": schema}
    if _cached(entry):
        schema = {"type": "string", "examples": ['"2"']}
        yield {"name": "If-None-Match", "in": "header", "required": False, "schema": schema}
    if versioned(path):
        schema = {"type": "string", "enum": list(SERVED)}
        yield {"name": "FSE-Version", "in": "header", "required": False, "schema": schema}


def _slugs(entry: Documentation, path: str) -> list[str]:
    found = [slug for slug in COMMON if slug != "missing-user-agent" or not path.startswith(ANONYMOUS)]
    found += entry.problems
    if not entry.public:
        found += ["unauthenticated", "token-expired", "insufficient-scope", "role-not-allowed"]
        found += ["professional-suspended", "token-revoked", "client-suspended", "rate-limited"]
    if versioned(path):
        found += ["missing-version", "unsupported-version"]
    if entry.body or entry.form:
        found += ["request-timeout"]
    found += ["storage-unavailable"]
    if entry.body:
        found += ["invalid-json", "invalid-payload", "unsupported-media-type", "payload-too-large"]
    if entry.form:
        found += ["payload-too-large"]
    if entry.query:
        found += ["invalid-payload"]
    if entry.idempotent:
        found += ["missing-idempotency-key", "idempotency-key-reused", "idempotency-in-flight"]
    if "If-Match" in entry.headers:
        found += ["precondition-required", "precondition-failed"]
    return list(dict.fromkeys(found))


def _responses(entry: Documentation, path: str, references: Mapping[Any, Any]) -> dict[str, Any]:
    success: dict[str, Any] = {"description": "Succès"}
    if entry.answer:
        schema = references[entry.answer, "serialization"]
        success["content"] = {entry.media_type: {"schema": schema}}
    elif entry.media_type != "application/json":
        binary = {"type": "string", "format": "binary"}
        success["content"] = {entry.media_type: {"schema": binary}}
    catalogue = problems.catalogue()
    by_status: dict[int, list[problems.Entry]] = {}
    for slug in _slugs(entry, path):
        if slug in catalogue:
            by_status.setdefault(catalogue[slug].status, []).append(catalogue[slug])
    if replies := _replies(entry, path):
        success["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in replies}
    answers: dict[str, Any] = {str(entry.status): success}
    if _cached(entry):
        answers["304"] = {"description": "Inchangé depuis l'ETag donné dans If-None-Match"}
    for status, entries in sorted(by_status.items()):
        content = {"application/problem+json": {"schema": {"$ref": _REF.format(model="Problem")}}}
        if entry.form:
            content["application/json"] = {"schema": {"$ref": _REF.format(model="OAuthError")}}
        answers[str(status)] = {
            "description": " · ".join(f"{e.slug} : {e.title['fr']}" for e in entries),
            "content": content,
            "x-problems": [e.slug for e in entries],
        }
        if status in RETRIED:
            answers[str(status)]["headers"] = {"Retry-After": {"$ref": "#/components/headers/Retry-After"}}
    return answers


def _cached(entry: Documentation) -> bool:
    """Whether a reader may ask only for what changed: lists that say their version, never a sheet."""
    return entry.etag is True and entry.body is None


def _replies(entry: Documentation, path: str) -> list[str]:
    """Headers that a success carries, or may carry."""
    fields = entry.answer.model_fields if entry.answer else {}
    tagged = "revision" in fields if entry.etag is None else entry.etag
    found = ["ETag"] if tagged else []
    found += ["Location"] if entry.location else []
    found += ["Idempotent-Replayed"] if entry.idempotent else []
    found += [] if entry.public else ["RateLimit", "RateLimit-Policy"]
    return found + (["FSE-Warning"] if versioned(path) else [])
