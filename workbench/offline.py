"""A command of another room, about a database or a file, in whose place stands one that asks the simulator that runs.

The new one hands over to it (`Offline`) when a database or a file is named.
"""

from __future__ import annotations

from collections.abc import Callable

import typer

Offline = Callable[..., None]


def over(group: typer.Typer, name: str, make: Callable[[Offline | None], Offline]) -> None:
    """Mount in that place what `make` makes of the command that was there, or of None when there was none."""
    mounted = next((one for one in group.registered_commands if one.name == name), None)
    if mounted is None:
        group.command(name)(make(None))
    else:
        mounted.callback = make(mounted.callback)
