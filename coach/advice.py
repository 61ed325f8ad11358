"""Advice: what the rules found in the traffic of a world, one piece for each rule and software, counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from client.http import USER_AGENT
from coach.exchange import Exchange
from coach.rules import RULES
from coach.rules.data import SEVERITIES, Rule, rules
from coach.traffic import Found, Traffic, by_client
from terminal.plain import plain

KEPT = 5
_TOLD = ("real_time", "world_time", "operation", "trace_id")
REMEMBERED = 5_000
SUITE = USER_AGENT.rpartition("/")[2]
"""The bench's own software: the suite sets its scenes with it, and it is nobody's to mend."""


@dataclass
class Advice:
    """One rule, one software. `places`: what made it, by exchange or subscription; `last`: the newest case."""

    rule: Rule
    client: str
    world: str
    count: int = 0
    detail: str = ""
    exchanges: list[Exchange] = field(default_factory=list)
    earlier: tuple[Exchange, ...] = ()
    about: list[str] = field(default_factory=list)
    _seen: dict[str, None] = field(default_factory=dict)

    def add(self, found: Found) -> bool:
        """Count a case; False when it was counted before."""
        what = found.about if found.cause is None else str(found.cause.seq)
        if what in self._seen:
            return False
        self._seen[what] = None
        if len(self._seen) > REMEMBERED:
            del self._seen[next(iter(self._seen))]
        self.count, self.detail = self.count + 1, found.detail
        if found.cause is not None:
            self.exchanges, self.earlier = [*self.exchanges, found.cause][-KEPT:], found.earlier
        elif found.about:
            self.about = [*self.about, found.about][-KEPT:]
        return True

    def as_json(self) -> dict[str, Any]:
        """For programs; `see` is the command that shows the exchange. No query, no body: they may hold secrets."""
        said = {name: getattr(self.rule, name) for name in ("severity", "title", "why", "change")}
        hidden = self.rule.id == "secret-in-address"
        return {
            "rule": self.rule.id,
            **said,
            "requirements": list(self.rule.requirements),
            "client_id": plain(self.client),
            "count": self.count,
            "detail": plain(self.detail),
            "exchanges": [self._shown(each, hidden) for each in self.exchanges],
            "earlier": [self._shown(each, hidden) for each in self.earlier],
            "subscriptions": list(self.about),
        }

    def _shown(self, each: Exchange, hidden: bool) -> dict[str, Any]:
        return {
            "seq": each.seq,
            **{name: plain(str(each.raw.get(name) or "")) for name in _TOLD},
            "request": plain(each.place(hidden=hidden)),
            "status": each.status,
            "see": f"fse journal curl {each.seq} --world {self.world}",
        }


class Coach:
    """Reads a world piece by piece and remembers what it advised. Bounded: the last exchanges, each case once."""

    def __init__(self, world: str, client: str = "") -> None:
        self.world, self.only = world, client
        self.exchanges: list[Exchange] = []
        self.advice: dict[tuple[str, str], Advice] = {}
        self.seen = 0

    def forget(self) -> None:
        """Begin again: the journal has."""
        self.exchanges, self.seen = [], 0
        self.advice.clear()

    @property
    def last(self) -> int:
        """Sequence number of the last exchange read."""
        return self.exchanges[-1].seq if self.exchanges else 0

    def read(
        self,
        exchanges: Iterable[Mapping[str, Any]],
        deliveries: Iterable[Mapping[str, Any]] = (),
        probes: Iterable[Mapping[str, Any]] = (),
        now: float = 0.0,
    ) -> list[Advice]:
        """Take what is new (the shapes of the bench), judge again; the advice that is new or counts more."""
        news = [Exchange(each) for each in exchanges]
        self.exchanges, self.seen = [*self.exchanges, *news][-REMEMBERED:], self.seen + len(news)
        changed = []
        theirs = [one for one in self.exchanges if one.agent != USER_AGENT or self.only == SUITE]
        for traffic in by_client(theirs, deliveries, probes, now):
            if traffic.client == self.only or (not self.only and traffic.client != SUITE):
                changed += self._judge(traffic)
        return in_order(changed)

    def _judge(self, traffic: Traffic) -> list[Advice]:
        changed = []
        for id, rule in RULES.items():
            key = id, traffic.client
            kept = self.advice.get(key) or Advice(rules()[id], traffic.client, self.world)
            if sum(kept.add(found) for found in rule(traffic)):
                self.advice[key] = kept
                changed.append(kept)
        return changed

    def all(self) -> list[Advice]:
        return in_order(self.advice.values())

    def faults(self) -> int:
        """How many pieces of advice are faults."""
        return sum(1 for each in self.advice.values() if each.rule.severity == "fault")


def in_order(advice: Iterable[Advice]) -> list[Advice]:
    """Faults first, then by software, the most frequent first."""
    return sorted(advice, key=lambda each: (SEVERITIES.index(each.rule.severity), each.client, -each.count))
