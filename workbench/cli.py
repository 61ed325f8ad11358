"""The commands that speak to a simulator that runs, through its bench API."""

from __future__ import annotations

import typer

from workbench import clock, fault, journal


def register(app: typer.Typer) -> None:
    """Mount this room's commands."""
    for part in (clock, fault, journal):
        part.register(app)
