"""What the rules read: the exchanges of one software in one world, its webhooks, and what probes of them met."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from coach.exchange import UNKNOWN, Exchange


@dataclass(frozen=True)
class Traffic:
    """`exchanges` in order; `deliveries` and `probes` as the bench shows them; `now`: world time, seconds."""

    client: str
    exchanges: Sequence[Exchange]
    deliveries: Sequence[Mapping[str, Any]] = ()
    probes: Sequence[Mapping[str, Any]] = ()
    now: float = 0.0

    def of(self, *operations: str) -> Iterator[Exchange]:
        return (each for each in self.exchanges if each.operation in operations)

    @cached_property
    def secrets(self) -> frozenset[str]:
        return frozenset().union(*(each.secrets for each in self.exchanges))


@dataclass(frozen=True)
class Found:
    """What a rule has found: the exchange that caused it, those before it that explain it, the case in French.

    `about`: what it is about where no exchange is at fault (a subscription). `detail` may quote what a client sent.
    """

    detail: str
    cause: Exchange | None = None
    earlier: tuple[Exchange, ...] = ()
    about: str = ""


def by_client(
    exchanges: Iterable[Exchange],
    deliveries: Iterable[Mapping[str, Any]] = (),
    probes: Iterable[Mapping[str, Any]] = (),
    now: float = 0.0,
) -> list[Traffic]:
    """The traffic of each software, by name; `now` is at least the world time of the last exchange."""
    seen: dict[str, tuple[list[Exchange], list[Mapping[str, Any]], list[Mapping[str, Any]]]] = {}
    for exchange in exchanges:
        seen.setdefault(exchange.client, ([], [], []))[0].append(exchange)
        now = max(now, exchange.world_at)
    for delivery in deliveries:
        seen.setdefault(str(delivery.get("client_id") or UNKNOWN), ([], [], []))[1].append(delivery)
    for probe in probes:
        seen.setdefault(str(probe.get("client_id") or UNKNOWN), ([], [], []))[2].append(probe)
    return [Traffic(client, *seen[client], now) for client in sorted(seen)]
