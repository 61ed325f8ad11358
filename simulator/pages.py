"""The documentation page of a server: plain HTML made from the OpenAPI document, no network needed."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from simulator.kit import problems

_HEAD = """<!doctype html><html lang="fr"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>FSE — simulateur non officiel</title><style>
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a}
code{background:#f2f2f2;padding:.1em .3em}table{border-collapse:collapse;width:100%}
td,th{border-bottom:1px solid #ddd;padding:.3rem .5rem;text-align:left;vertical-align:top}</style>
<h1>FSE : simulateur de référence, non officiel</h1>
<p>Document complet pour les machines : <a href="/openapi.json">/openapi.json</a>.
Les chemins s'ajoutent à l'adresse d'un monde : <code>{server}</code>.</p>"""


def documentation(document: Mapping[str, Any]) -> str:
    """The page: every operation, then every problem of the catalogue."""
    rows = "".join(
        _operation(method, path, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
    )
    entries = "".join(
        f'<tr id="{e.slug}"><td><code>{e.slug}</code><td>{e.status}<td>{escape(e.title["fr"])}'
        f"<td>{escape(e.remedy.get('fr', ''))}"
        for e in problems.catalogue().values()
    )
    return (
        _HEAD.replace("{server}", escape(document["servers"][0]["url"]))
        + "<h2>Opérations</h2><table><tr><th>Méthode<th>Chemin<th>Opération<th>Habilitation"
        + f"<th>Fidélité{rows}</table><h2>Problèmes</h2>"
        + f"<table><tr><th>Code<th>Statut<th>Titre<th>Que faire{entries}</table>"
    )


def _operation(method: str, path: str, operation: Mapping[str, Any]) -> str:
    scopes = [scope for entry in operation.get("security", []) for scope in entry.get("bearer", [])]
    return (
        f"<tr><td>{method.upper()}<td><code>{escape(path)}</code>"
        f"<td>{escape(operation.get('operationId', ''))}<td>{escape(', '.join(scopes))}"
        f"<td>{escape(operation.get('x-fidelity', ''))}"
    )
