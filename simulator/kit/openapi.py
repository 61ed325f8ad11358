"""The OpenAPI document of the FSE API, from the rooms' routes.

Shapes, parameters, refusals and fidelity; the words, the examples and the sources of field groups are laid over it by
`simulator.reference.document`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from simulator.kit import problems
from simulator.kit.answer import CSV
from simulator.kit.route import Route
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
PROBLEM: dict[str, Any] = {
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
        **{
            name: {"type": "string"}
            for name in ("valid_until", "execution", "care_setting", "province", "phase", "opens_on")
        },
        "trace_id": {"type": "string"},
    },
}
_OAUTH_ERROR: dict[str, Any] = {
    "type": "object",
    "required": ["error", "error_description", "code"],
    "properties": {name: {"type": "string"} for name in ("error", "error_description", "code")},
}


def build(routes: Iterable[Route], *, info: Mapping[str, Any], base: str, world: str) -> dict[str, Any]:
    """The document; its server is `base` with the world as a variable."""
    shown = [route for route in routes if route.documented]
    references, schemas = _schemas(shown)
    paths: dict[str, dict[str, Any]] = {}
    for route in shown:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, references)
    return {
        "openapi": "3.1.0",
        "info": dict(info),
        "servers": [{"url": f"{base}/w/{{world}}", "variables": {"world": {"default": world}}}],
        "paths": paths,
        "components": {
            "schemas": {**schemas, "Problem": PROBLEM, "OAuthError": _OAUTH_ERROR},
            "securitySchemes": {"bearer": _security(f"{base}/w/{world}", shown)},
            "headers": {name: {"schema": schema} for name, schema in _REPLIES.items()},
        },
    }


def _security(issuer: str, entries: Iterable[Route]) -> dict[str, Any]:
    """Access tokens of `/oauth2/token` with the scopes that some operation asks for."""
    scopes = {scope: "" for entry in entries for scope in entry.scopes.values()}
    flow = {"tokenUrl": f"{issuer}/oauth2/token", "scopes": dict(sorted(scopes.items()))}
    return {"type": "oauth2", "flows": {"clientCredentials": flow}}


def _schemas(entries: Iterable[Route]) -> tuple[dict[Any, Any], dict[str, Any]]:
    wanted: dict[tuple[type[BaseModel], Any], None] = {}
    for entry in entries:
        if entry.body:
            wanted[entry.body, "validation"] = None
        if entry.answer:
            wanted[entry.answer, "serialization"] = None
    references, definitions = models_json_schema(list(wanted), ref_template=_REF)
    return references, definitions.get("$defs", {})


def _operation(entry: Route, references: Mapping[Any, Any]) -> dict[str, Any]:
    scopes = dict.fromkeys(entry.scopes.values())
    operation: dict[str, Any] = {
        "tags": [entry.tag],
        "summary": entry.summary,
        "operationId": entry.operation,
        "responses": _responses(entry, references),
        "x-fidelity": entry.fidelity,
        "x-source": entry.source,
        "security": [{"bearer": [scope]} for scope in scopes],
        "parameters": list(_parameters(entry)),
    }
    if entry.body:
        content = {"application/json": {"schema": references[entry.body, "validation"]}}
        operation["requestBody"] = {"required": True, "content": content}
    elif entry.form:
        form = {"application/x-www-form-urlencoded": {"schema": dict(entry.form)}}
        operation["requestBody"] = {"required": True, "content": form}
    return operation


def _parameters(entry: Route) -> Iterable[dict[str, Any]]:
    for name in entry.pattern.groupindex:
        schema = PARAMETERS.get(name, {"type": "string"})
        yield {"name": name, "in": "path", "required": True, "schema": schema}
    for name, schema in entry.query.items():
        yield {"name": name, "in": "query", "required": False, "schema": schema}
    agent = [] if entry.path.startswith(ANONYMOUS) else ["User-Agent"]
    wanted = [*agent, *(["Idempotency-Key"] if entry.idempotent else []), *entry.headers]
    for name in wanted:
        schema = HEADERS.get(name, {"type": "string"})
        yield {"name": name, "in": "header", "required": True, "schema": schema}
    if entry.cacheable:
        schema = {"type": "string", "examples": ['"2"']}
        yield {"name": "If-None-Match", "in": "header", "required": False, "schema": schema}
    if versioned(entry.path):
        schema = {"type": "string", "enum": list(SERVED)}
        yield {"name": "FSE-Version", "in": "header", "required": False, "schema": schema}


def _slugs(entry: Route) -> list[str]:
    found = [slug for slug in COMMON if slug != "missing-user-agent" or not entry.path.startswith(ANONYMOUS)]
    if entry.query:
        found += ["invalid-payload"]
    if "If-Match" in entry.headers:
        found += ["precondition-required", "precondition-failed"]
    found += entry.problems
    if entry.scopes:
        found += ["unauthenticated", "token-expired", "insufficient-scope", "role-not-allowed"]
        found += ["professional-suspended", "token-revoked", "client-suspended", "rate-limited"]
    if versioned(entry.path):
        found += ["missing-version", "unsupported-version"]
    if entry.body or entry.form:
        found += ["request-timeout"]
    found += ["storage-unavailable"]
    if entry.body:
        found += ["invalid-json", "invalid-payload", "unsupported-media-type", "payload-too-large"]
    if entry.form:
        found += ["payload-too-large"]
    if entry.idempotent:
        found += ["missing-idempotency-key", "idempotency-key-reused", "idempotency-in-flight"]
    return list(dict.fromkeys(found))


def _responses(entry: Route, references: Mapping[Any, Any]) -> dict[str, Any]:
    success: dict[str, Any] = {"description": "Succès"}
    if entry.answer:
        schema = references[entry.answer, "serialization"]
        success["content"] = {entry.media_type: {"schema": schema}}
        if entry.tabular:
            success["content"][CSV] = {"schema": {"type": "string"}}
    elif entry.media_type != "application/json":
        binary = {"type": "string", "format": "binary"}
        success["content"] = {entry.media_type: {"schema": binary}}
    catalogue = problems.catalogue()
    by_status: dict[int, list[problems.Entry]] = {}
    for slug in _slugs(entry):
        if slug in catalogue:
            by_status.setdefault(catalogue[slug].status, []).append(catalogue[slug])
    if replies := _replies(entry):
        success["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in replies}
    answers: dict[str, Any] = {str(entry.status): success}
    if entry.cacheable:
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


def _replies(entry: Route) -> list[str]:
    """Headers that a success carries, or may carry."""
    fields = entry.answer.model_fields if entry.answer else {}
    tagged = entry.cacheable or ("revision" in fields if entry.etag is None else entry.etag)
    found = ["ETag"] if tagged else []
    found += ["Location"] if entry.location else []
    found += ["Idempotent-Replayed"] if entry.idempotent else []
    found += [] if not entry.scopes else ["RateLimit", "RateLimit-Policy"]
    return found + (["FSE-Warning"] if versioned(entry.path) else [])
