"""The advisory locks of a transaction: the whole database, then the world.

A unit that writes to a world shares the database and holds the world alone; one that reads shares both; one that
writes to the whole database holds it alone; one that reads from it, in one statement, takes none. One that reads
another world beside its own shares that one: of two worlds everybody takes the same first.
"""

from __future__ import annotations

import hashlib

from simulator.kit.storage.work import Unit

_ALONE, _SHARED = "", "_shared"


class Held:
    """What a transaction holds; `schema` tells apart the databases of one server."""

    def __init__(self, schema: str) -> None:
        self._schema = schema
        self._modes: dict[int, str] = {}

    def taking(self, unit: Unit) -> str:
        """The statement that waits for what the unit lacks; empty when it lacks nothing."""
        wanted = [f"pg_advisory_xact_lock{mode}({key})" for key, mode in self._lacking(unit).items()]
        return f"SELECT {', '.join(wanted)}" if wanted else ""

    def trying(self, unit: Unit) -> str:
        """The statement that takes it only where nobody else has it: ``held`` true or false."""
        wanted = [f"pg_try_advisory_xact_lock{mode}({key})" for key, mode in self._lacking(unit).items()]
        return f"SELECT {' AND '.join(wanted)} AS held" if wanted else ""

    def add(self, unit: Unit) -> None:
        """It was taken."""
        self._modes |= self._lacking(unit)

    def _lacking(self, unit: Unit) -> dict[int, str]:
        needed = _needed(self._schema, unit)
        return {key: mode for key, mode in needed.items() if self._modes.get(key) not in (mode, _ALONE)}


def exclusive(schema: str) -> str:
    """The statement that keeps every other process out."""
    return f"SELECT pg_advisory_xact_lock({_key(schema, '')})"


def needs_none(unit: Unit) -> bool:
    return unit.kind == "read" and not unit.world


def _needed(schema: str, unit: Unit) -> dict[int, str]:
    """Key → mode, in the order in which they are taken."""
    if needs_none(unit):
        return {}
    if not unit.world:
        return {_key(schema, ""): _ALONE}
    worlds = {_key(schema, unit.world): _SHARED if unit.kind == "read" else _ALONE}
    if unit.beside:
        worlds.setdefault(_key(schema, unit.beside), _SHARED)
        worlds = dict(sorted(worlds.items()))
    return {_key(schema, ""): _SHARED, **worlds}


def _key(schema: str, world: str) -> int:
    """64 bits, signed."""
    text = f"{schema}\0{world}".encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big", signed=True)
