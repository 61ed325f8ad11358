"""What the template shows, ready to print: dataclasses of finished texts, so that the template only lays
out. Every text may be hostile; the template escapes all of it. Anchors are made here, from safe characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from reports import words


@dataclass(frozen=True, slots=True)
class Mark:
    """A verdict as word + symbol + colour group (`passed|warning|broken|open|aside`)."""

    word: str
    group: str


@dataclass(frozen=True, slots=True)
class Link:
    """Text, and the anchor it leads to in this page (empty: no link)."""

    text: str
    anchor: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a description list."""

    name: str
    value: str
    code: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """One segment of the bar of cases: position and width in thousandths."""

    group: str
    word: str
    count: int
    x: int
    width: int


@dataclass(frozen=True, slots=True)
class BasisRow:
    """One row of the totals by basis; `counts` follow `words.GROUPS`."""

    name: str
    total: str
    counts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RequirementView:
    anchor: str
    id: str
    keyword: str
    strength: str
    sentence: str
    fidelity: str
    fidelity_class: str
    source: str
    not_tested: str
    waived: str
    mark: Mark
    cases: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class FamilyView:
    name: str
    tally: str
    requirements: tuple[RequirementView, ...]


@dataclass(frozen=True, slots=True)
class CheckView:
    mark: Mark
    check: str
    keyword: str
    strength: str
    basis: str
    requirement: Link
    expected: str
    received: str
    cause: str
    next: str
    waived: str
    references: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Fold:
    """A folded text: `left_out` characters are not shown, the evidence has them."""

    title: str
    text: str
    left_out: str = ""


@dataclass(frozen=True, slots=True)
class Exchange:
    anchor: str
    id: str
    method: str
    path: str
    status: str
    group: str
    about: str
    folds: tuple[Fold, ...]


@dataclass(frozen=True, slots=True)
class Message:
    level: str
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    path: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A document or image: `image` and `link` are data URIs made here, or empty."""

    title: str
    about: str
    image: str
    link: str
    name: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Episode:
    """One action asked of the software and all that was seen in its course (or, untitled, outside any)."""

    anchor: str
    id: str
    title: str
    status: str
    group: str
    about: str
    messages: tuple[Message, ...]
    folds: tuple[Fold, ...]
    exchanges: tuple[Exchange, ...]
    changes: tuple[Change, ...]
    unchanged: bool
    states: tuple[Fold, ...]


@dataclass(frozen=True, slots=True)
class StepView:
    keyword: str
    text: str
    duration: str


@dataclass(frozen=True, slots=True)
class CaseView:
    anchor: str
    case: str
    title: str
    feature: str
    mark: Mark
    waived: bool
    open: bool
    duration: str
    about: str
    twin: Link | None
    differs: str
    notes: tuple[str, ...]
    requirements: tuple[Link, ...]
    steps: tuple[StepView, ...]
    findings: tuple[CheckView, ...]
    passed: tuple[CheckView, ...]
    episodes: tuple[Episode, ...]
    pictures: tuple[Picture, ...]
    facts: tuple[Fact, ...]
    folds: tuple[Fold, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """The whole report."""

    title: str
    verdict: str
    group: str
    sentence: str
    consequence: str
    identity: tuple[Fact, ...]
    provenance: tuple[Fact, ...]
    digests: tuple[Fact, ...]
    bars: tuple[Bar, ...]
    cases_total: str
    groups: tuple[str, ...]
    basis: tuple[BasisRow, ...]
    waivers: tuple[tuple[Fact, ...], ...]
    defects: tuple[str, ...]
    altered: tuple[str, ...]
    warning: str
    first: tuple[RequirementView, ...]
    first_left_out: str
    families: tuple[FamilyView, ...]
    filters: tuple[Bar, ...]
    cases: tuple[CaseView, ...]


@dataclass
class Anchors:
    """Anchors of one page: stable, readable, unique, of `[A-Za-z0-9-]` only."""

    _given: dict[tuple[str, str], str] = field(default_factory=dict)
    _used: set[str] = field(default_factory=set)

    def of(self, kind: str, name: str) -> str:
        """The anchor of a thing; the same for the same thing."""
        if (kind, name) not in self._given:
            base = f"{kind}-{re.sub('[^A-Za-z0-9]+', '-', name).strip('-')[:60]}"
            anchor, turn = base, 2
            while anchor in self._used:
                anchor, turn = f"{base}-{turn}", turn + 1
            self._used.add(anchor)
            self._given[kind, name] = anchor
        return self._given[kind, name]


def mark(verdict: str) -> Mark:
    """Word and colour group of a verdict."""
    return Mark(words.word(verdict), words.group(verdict))


def facts(pairs: Iterable[tuple[str, str]], code: bool = False) -> tuple[Fact, ...]:
    """Description lines whose value is known."""
    return tuple(Fact(name, value, code) for name, value in pairs if value)
