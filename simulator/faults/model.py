"""A fault of a world: what goes wrong, on which calls, how often. Pure; what is random comes from the world's seed."""

from __future__ import annotations

import hashlib
import hmac
from decimal import Decimal
from typing import Any

from msgspec import Struct, structs

from simulator.faults.kinds import KINDS, Kind

OPTIONS = ("status", "seconds", "bytes", "retry_after_s", "member", "key", "version")


class Fault(Struct, frozen=True, omit_defaults=True):
    """`operations`, `client`: the calls that it is about, all by default; `events`: for a webhook, types of events.

    Of these it lets `after` pass, then happens at the `nth`, at one of `every` so many, or with `probability`, at each
    by default, and `count` times at most. Other members: see the options of its kind.
    """

    kind: str
    id: str = ""
    operations: tuple[str, ...] = ()
    client: str | None = None
    events: tuple[str, ...] = ()
    after: int = 0
    nth: int | None = None
    every: int | None = None
    probability: Decimal | None = None
    count: int | None = None
    status: int | None = None
    seconds: int | None = None
    bytes: int | None = None
    retry_after_s: int | None = None
    member: str | None = None
    key: str | None = None
    version: str | None = None

    @property
    def of(self) -> Kind:
        return KINDS[self.kind]

    def option(self, name: str) -> Any:
        """What is said of it, or what its kind says by default."""
        value = getattr(self, name)
        return self.of.options[name].default if value is None else value

    def concerns(self, client: str, name: str) -> bool:
        """Is it about this call of that software; `name`: of the operation, or the type of the event."""
        named = self.events if self.of.webhook else self.operations
        return (not named or name in named) and self.client in (None, client)

    def happens(self, seed: str, rank: int, times: int) -> bool:
        """At the `rank`-th call (from 1) that it concerns, having happened `times` before."""
        met = rank - self.after
        if met < 1 or (self.count is not None and times >= self.count):
            return False
        if self.nth is not None:
            return met == self.nth
        if self.every is not None and met % self.every:
            return False
        return self.probability is None or chance(seed, self.id, rank) < self.probability


def chance(seed: str, fault: str, rank: int) -> Decimal:
    """From 0 to 1 (excluded): only the seed of the world, the fault and the rank of the call decide."""
    return Decimal(int.from_bytes(drawn(seed, fault, rank)[:6])) / (1 << 48)


def drawn(seed: str, fault: str, rank: int) -> bytes:
    """32 bytes for this call."""
    return hmac.new(seed.encode(), f"fault|{fault}|{rank}".encode(), hashlib.sha256).digest()


def completed(fault: Fault) -> Fault:
    """With how often it happens, where its kind says so."""
    if fault.count is None and fault.of.at_most is not None:
        return structs.replace(fault, count=fault.of.at_most)
    return fault


def faults(fault: Fault) -> list[dict[str, str]]:
    """What does not hold together in its definition, each at its place, in French."""
    known = fault.of.options
    found: list[tuple[str, str]] = []
    for name in OPTIONS:
        value = getattr(fault, name)
        if value is not None and name not in known:
            said = ", ".join(known) or "aucun"
            found.append((name, f"« {name} » ne se dit pas d'une panne {fault.kind} (réglages : {said})."))
        elif value is not None and not known[name].admits(value):
            found.append((name, f"Attendu : {known[name].expected}."))
        elif value is None and name in known and known[name].required:
            found.append((name, f"Une panne {fault.kind} demande « {name} » : {known[name].expected}."))
    if fault.nth is not None and (fault.every is not None or fault.probability is not None):
        found.append(("nth", "« nth » ne va ni avec « every », ni avec « probability »."))
    if fault.probability is not None and not fault.probability:
        found.append(("probability", "Une panne de probabilité nulle n'arrive jamais."))
    if fault.events and not fault.of.webhook:
        found.append(("events", "« events » va avec les pannes de webhooks ; dire « operations »."))
    if fault.operations and fault.of.webhook:
        found.append(("operations", "Une panne de webhooks se dit par « events » : les types d'événements."))
    return [{"pointer": f"/{name}", "code": "fault-definition", "detail": detail} for name, detail in found]
