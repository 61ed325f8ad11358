"""The page of problems: every slug of the catalogue, and who may answer it."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from simulator.kit import problems
from simulator.reference import words
from simulator.reference.blocks import Block, Bullets, Heading, Page, Table, Text
from simulator.reference.document import operations
from simulator.reference.words import said


def page(document: Mapping[str, Any]) -> Page:
    """`problemes`."""
    entries = sorted(problems.catalogue().values(), key=lambda e: (e.status, e.slug))
    rows = [
        (f"[`{e.slug}`](#{e.slug})", str(e.status), e.title["fr"], f"`{e.retry['policy']}`", f"`{e.fidelity}`")
        for e in entries
    ]
    blocks: list[Block] = [
        Text(
            "Un refus est un document RFC 9457 (`application/problem+json`) : `code` est l'un des motifs ci-dessous, "
            "`detail` est pour une personne, `retry.policy` pour un programme. Le titre suit `Accept-Language` "
            "(fr, ar, en). À l'adresse du jeton, l'erreur garde la forme d'OAuth et porte aussi `code`."
        ),
        Text(
            "Une erreur de protocole et un refus de payer ne se mêlent jamais : un dossier rejeté est une réponse 200. "
            "404 couvre l'inconnu et ce qui n'est pas à vous ; un état se refuse par 409, jamais par 403."
        ),
        Heading(2, "Nouvel essai"),
        Table(("`retry.policy`", "Ce qu'un logiciel doit faire"), [(f"`{k}`", v) for k, v in words.RETRY.items()]),
        Heading(2, "Liste"),
        Table(("Motif", "Statut", "Titre", "Nouvel essai", "Fidélité"), rows),
        Heading(2, "Détail"),
    ]
    by_slug = _answered_by(document)
    for entry in entries:
        blocks += _detail(entry, by_slug.get(entry.slug, []))
    return Page("problemes", "Les problèmes", blocks)


def _detail(entry: problems.Entry, answered_by: list[str]) -> list[Block]:
    retry = {**entry.retry}
    policy = f"`{retry.pop('policy')}`"
    more = ", ".join(f"`{name}` = {value}" for name, value in retry.items())
    where = ", ".join(f"[`{name}`](api.md#{name})" for name in answered_by)
    return [
        Heading(3, entry.slug),
        Bullets(
            [
                f"**{entry.status} {HTTPStatus(entry.status).phrase}** · fidélité `{entry.fidelity}`",
                f"fr : {entry.title['fr']}",
                f"ar : {entry.title.get('ar', '—')}",
                f"en : {entry.title.get('en', '—')}",
                f"Que faire : {entry.remedy.get('fr', '—')}",
                f"Nouvel essai : {policy}, {said(words.RETRY, entry.retry['policy'])}{f' ({more})' if more else ''}",
                f"Répondu par : {where or 'le banc et les adresses hors contrat'}",
            ]
        ),
    ]


def _answered_by(document: Mapping[str, Any]) -> dict[str, list[str]]:
    """Slug → operations that may answer it."""
    found: dict[str, list[str]] = {}
    for operation in operations(document):
        for answer in operation["responses"].values():
            for slug in answer.get("x-problems", ()):
                found.setdefault(slug, []).append(operation["operationId"])
    return found
