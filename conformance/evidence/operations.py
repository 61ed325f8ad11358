"""Which operation of the FSE API an exchange was: from its method and path, never from the server's word."""

from __future__ import annotations

import re

_NUMBER = r"[^/]+"
TABLE: tuple[tuple[str, str, str], ...] = (
    ("token", "POST", r"/oauth2/token"),
    ("keys", "GET", r"/\.well-known/fse-keys\.json"),
    ("discovery", "GET", r"/\.well-known/oauth-authorization-server"),
    ("jwks", "GET", r"/jwks\.json"),
    ("check-rights", "POST", r"/v1/rights-checks"),
    ("estimate", "POST", r"/v1/care-sheets/estimates"),
    ("issue", "POST", r"/v1/care-sheets"),
    ("read-document", "GET", rf"/v1/care-sheets/{_NUMBER}/(document\.pdf|qr\.svg|qr\.png)"),
    ("cancel", "POST", rf"/v1/care-sheets/{_NUMBER}/cancellation"),
    ("execute", "POST", rf"/v1/care-sheets/{_NUMBER}/sections/[^/]+/executions"),
    ("lease", "PUT|GET|DELETE", rf"/v1/care-sheets/{_NUMBER}/sections/[^/]+/lease"),
    ("read-sheet", "GET", rf"/v1/care-sheets/{_NUMBER}"),
    ("resolve", "POST", r"/v1/resolutions"),
    ("list-claims", "GET", r"/v1/claims"),
    ("read-claim", "GET", rf"/v1/claims/{_NUMBER}"),
    ("nomenclature", "GET", r"/v1/nomenclature/.+"),
    ("health", "GET", r"/v1/(health|version)"),
)
_COMPILED = tuple((name, re.compile(f"(?:{methods}) {path}/?")) for name, methods, path in TABLE)


def operation(method: str, path: str) -> str:
    """The operation's name, or `other`. `path` is below the world, without query."""
    line = f"{method} {path}"
    for name, pattern in _COMPILED:
        if pattern.fullmatch(line):
            return name
    return "other"
