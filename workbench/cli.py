"""The commands that speak to a simulator that runs, through its bench API."""

from __future__ import annotations

import typer

from workbench import clock, explaining, factories, fault, journal, personas, tokens, webhooks, worlds


def register(app: typer.Typer) -> None:
    """Mount this room's commands."""
    for part in (clock, fault, journal, tokens, personas, factories, webhooks, worlds, explaining):
        part.register(app)
