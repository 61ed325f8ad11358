"""The documentation of a server: the pages of `docs/reference` as HTML, no network, no script."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from simulator.reference import api, bench, happenings, refusals, rules, states, toolbox
from simulator.reference.blocks import Page

_HEAD = """<!doctype html><html lang="fr"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>{title} — FSE, simulateur non officiel</title><style>
body{font:16px/1.5 system-ui,sans-serif;max-width:76rem;margin:1.5rem auto;padding:0 1rem;color:#1a1a1a}
code{background:#f2f2f2;padding:.1em .3em;overflow-wrap:break-word}figure{margin:1rem 0;overflow-x:auto}
table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #ddd;padding:.3rem .5rem;text-align:left;
vertical-align:top}pre{background:#f2f2f2;padding:.5rem;overflow-x:auto}h3{border-top:1px solid #ddd;padding-top:1rem}
details{margin:.6rem 0}nav a{margin-right:1.2rem}</style>
<nav>{links}<a href="/openapi.json">openapi.json</a></nav>
<p>Simulateur de référence, <b>non officiel</b>. Adresse d'un monde : <code>{server}</code></p>"""

_LABELS = {
    "api": "API",
    "etats": "États",
    "problemes": "Problèmes",
    "evenements": "Événements",
    "regles": "Règles",
    "banc": "Banc",
    "jetons": "Jetons",
    "fabriques": "Fabriques",
    "personas": "Personas",
}


def documentation(document: Mapping[str, Any], name: str = "api") -> str | None:
    """The page of that name, one of `_LABELS`; None for another name."""
    makers: Mapping[str, Callable[[], Page]] = {
        "api": lambda: api.page(document),
        "etats": states.page,
        "problemes": lambda: refusals.page(document),
        "evenements": lambda: happenings.page(document),
        "regles": rules.page,
        "banc": bench.page,
        "jetons": toolbox.tokens,
        "fabriques": toolbox.factories,
        "personas": toolbox.personas,
    }
    if name not in makers:
        return None
    page = makers[name]()
    links = "".join(f'<a href="/docs/{other}">{label}</a>' for other, label in _LABELS.items())
    server = escape(document["servers"][0]["url"])
    return _HEAD.replace("{title}", page.title).replace("{links}", links).replace("{server}", server) + page.html()
