"""The documentation page of a server: plain HTML made from the OpenAPI document, no network, no script."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from typing import Any

from simulator.kit import problems
from simulator.samples import sample

_HEAD = """<!doctype html><html lang="fr"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>FSE — simulateur non officiel</title><style>
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a}
code{background:#f2f2f2;padding:.1em .3em}table{border-collapse:collapse;width:100%}
td,th{border-bottom:1px solid #ddd;padding:.3rem .5rem;text-align:left;vertical-align:top}
pre{background:#f2f2f2;padding:.5rem;overflow-x:auto}section{border-top:1px solid #ddd}</style>
<h1>FSE : simulateur de référence, non officiel</h1>
<p>Document complet pour les machines : <a href="/openapi.json">/openapi.json</a>.
Les chemins s'ajoutent à l'adresse d'un monde : <code>{server}</code>.</p>"""


def documentation(document: Mapping[str, Any]) -> str:
    """The page: every operation in a table, then each with its headers and examples, then every problem."""
    operations = [
        (method, path, operation) for path, item in document["paths"].items() for method, operation in item.items()
    ]
    schemas = document["components"]["schemas"]
    rows = "".join(_row(*each) for each in operations)
    sections = "".join(_section(*each, schemas) for each in operations)
    entries = "".join(
        f'<tr id="{e.slug}"><td><code>{e.slug}</code><td>{e.status}<td>{escape(e.title["fr"])}'
        f"<td>{escape(e.remedy.get('fr', ''))}"
        for e in problems.catalogue().values()
    )
    return (
        _HEAD.replace("{server}", escape(document["servers"][0]["url"]))
        + "<h2>Opérations</h2><table><tr><th>Méthode<th>Chemin<th>Opération<th>Habilitation"
        + f"<th>Fidélité{rows}</table><h2>Détail</h2>{sections}<h2 id='problemes'>Problèmes</h2>"
        + f"<table><tr><th>Code<th>Statut<th>Titre<th>Que faire{entries}</table>"
    )


def _row(method: str, path: str, operation: Mapping[str, Any]) -> str:
    scopes = [scope for entry in operation.get("security", []) for scope in entry.get("bearer", [])]
    name = escape(operation.get("operationId", ""))
    return (
        f"<tr><td>{method.upper()}<td><code>{escape(path)}</code>"
        f'<td><a href="#op-{name}">{name}</a><td>{escape(", ".join(scopes))}'
        f"<td>{escape(operation.get('x-fidelity', ''))}"
    )


def _section(method: str, path: str, operation: Mapping[str, Any], schemas: Mapping[str, Any]) -> str:
    headers = [
        f"{p['name']}: {sample(p['schema'], schemas)}"
        for p in operation.get("parameters", [])
        if p["in"] == "header" and p.get("required")
    ]
    if operation.get("security"):
        headers.insert(0, "Authorization: Bearer …")
    body = operation.get("requestBody", {}).get("content", {})
    headers += [f"Content-Type: {media}" for media in body]
    status = min(operation["responses"])
    answer = operation["responses"][status].get("content", {})
    name = escape(operation.get("operationId", ""))
    return (
        f'<section id="op-{name}"><h3>{name}</h3><p>{escape(operation.get("summary", ""))}'
        f"<p><code>{method.upper()} {escape(path)}</code>"
        + _folded("En-têtes obligatoires", "\n".join(headers))
        + "".join(_example("la requête", media, shape, schemas) for media, shape in body.items())
        + "".join(_example(f"la réponse {status}", media, shape, schemas) for media, shape in answer.items())
        + "</section>"
    )


def _example(of: str, media: str, content: Mapping[str, Any], schemas: Mapping[str, Any]) -> str:
    """The example that the room wrote; else the shape, with every member that there can be, and it says so."""
    schema = content.get("schema", {})
    named = next(iter(content.get("examples", {}).values()), None)
    value = named["value"] if named else sample(schema, schemas)
    written = named or schemas.get(str(schema.get("$ref", "")).rpartition("/")[2], {}).get("examples")
    title = f"Exemple de {of}" if written else f"Forme de {of} : chaque membre possible, valeurs sans lien entre elles"
    if media.endswith("json"):
        return _folded(title, json.dumps(value, ensure_ascii=False, indent=2))
    if isinstance(value, Mapping):  # a form
        return _folded(title, "\n".join(f"{key}={each}" for key, each in value.items()))
    return f"<p>Réponse : <code>{escape(media)}</code>"


def _folded(title: str, text: str) -> str:
    return f"<details><summary>{escape(title)}</summary><pre>{escape(text)}</pre></details>" if text else ""
