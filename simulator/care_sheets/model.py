"""A care sheet: its content, immutable once issued, and its sections, which live (see `states`, `status`).

Pure: a transition takes a `Sheet` and answers the next one; `store.save` alone writes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace as changed

from simulator.care_sheets.states import ACTIVE, Ask, Line, LineState, Role, Transition, move
from simulator.care_sheets.status import OWN_SECTION, SheetStatus, sheet_status
from simulator.kit import clock
from simulator.kit.keyed import mac
from simulator.kit.problems import Problem
from simulator.resolutions.model import Lease

FIRST_REVISION = 1
_TAG = re.compile('"[0-9]+"')
_BASE32 = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS = [first + second for first in _BASE32 for second in _BASE32]


class Section(Struct, frozen=True):
    """What one type of executor is asked. `lease`: the one that holds it now; `leases`: how many there were.

    `revision` changes when a line changes, never with a lease. `visitors`: establishments that have held it.
    `cancelling`: lines that the author asked to cancel while it was held. `executions`: their ids, oldest first.
    `clients`: softwares that have held or executed it, and hear of it.
    """

    type: str
    revision: int
    lines: tuple[Line, ...]
    lease: Lease | None = None
    leases: int = 0
    visitors: tuple[str, ...] = ()
    cancelling: frozenset[int] = frozenset()
    executions: tuple[str, ...] = ()
    clients: tuple[str, ...] = ()

    @property
    def active(self) -> bool:
        return any(line.state in ACTIVE for line in self.lines)

    @property
    def closing(self) -> bool:
        """The author asked to cancel something that may still be executed."""
        return bool(self.cancelling) and any(line.number in self.cancelling and line.active for line in self.lines)

    def open_to(self, establishment: str) -> bool:
        """Whether that establishment may still execute something here."""
        return any(line.open_to(establishment) for line in self.lines)

    def line(self, number: int) -> Line | None:
        for line in self.lines:
            if line.number == number:
                return line
        return None

    @property
    def status(self) -> SheetStatus:
        """What an executor is told: where his own section stands, nothing of the others."""
        return sheet_status(self.lines)

    def with_lines(self, moved: Iterable[Line]) -> Section:
        """The section with these lines in place of those of the same number."""
        by_number = {line.number: line for line in moved}
        if not by_number:
            return self
        return changed(self, lines=tuple([by_number.get(line.number, line) for line in self.lines]))

    def held_by(self, lease: Lease) -> Section:
        """Under this lease: the first of its holder, or the same one renewed."""
        first = self.lease is None
        return changed(self.visited_by(lease.establishment), lease=lease, leases=self.leases + first)

    def visited_by(self, establishment: str) -> Section:
        """Known to that establishment from now on: it has shown the paper."""
        if establishment in self.visitors:
            return self
        return changed(self, visitors=(*self.visitors, establishment))

    def freed(self) -> Section:
        """Without its lease: what was to be cancelled is cancelled, whatever was not executed meanwhile.

        The author's wish stays on what was executed: should that be taken back, the line is cancelled.
        """
        doomed = [line for line in self.lines if line.number in self.cancelling and line.active]
        cancelled = [move(line, Transition.CANCEL, Role.AUTHOR) for line in doomed]
        gone = {line.number for line in cancelled}
        return changed(self.with_lines(cancelled), lease=None, cancelling=self.cancelling - gone)

    def settled(self) -> Section:
        """After a visit or its correction: nothing is left to hold once nothing is active, nothing that nobody holds
        is left of what the author wanted cancelled.
        """
        if self.lease is None:
            return self.freed() if self.closing else self
        return self if self.active else self.freed()

    def as_of(self, now: datetime, past_validity: bool) -> Section:
        """As the clock leaves it: a lease that has ended, lines that have expired; read, never written.

        What a lease that ended cancelled is another revision, the very one that the next write will keep.
        """
        section = self
        if self.lease is not None and not self.lease.live(now):
            freed = self.freed()
            fallen = freed.lines != self.lines
            section = changed(freed, revision=self.revision + 1) if fallen else freed
        if not past_validity:
            return section
        late = Ask(past_validity=True)
        return changed(
            section,
            lines=tuple(
                move(line, Transition.EXPIRE, Role.CLOCK, late) if line.active else line for line in section.lines
            ),
        )

    def require_revision(self, if_match: str) -> None:
        """Raises Problem precondition-failed unless an If-Match header names this revision."""
        _require_match(if_match, self.revision, "La section")


class Sheet(Struct, frozen=True):
    """One sheet as read at an instant; its sections are as the clock leaves them then.

    `content` is the JSON written at issue: prescriber, beneficiary, care_setting, long_term_condition,
    warnings, and `sections`, a list of prescribed lines by type. `client`: the software that issued it.
    `stored`: its sections as they are written, before the clock.
    `past_validity`: the day of the reading comes after `valid_until`, the last day on which the sheet may be
    executed (days in Morocco).
    """

    number: str
    author: str
    establishment: str
    client: str
    beneficiary: tuple[str, int]
    issued_at: datetime
    date_of_care: date
    valid_until: date
    revision: int
    rotation: int
    replaced_by: str | None
    replaces: str | None
    content: Mapping[str, Any]
    sections: Mapping[str, Section]
    past_validity: bool = False
    stored: Mapping[str, Section] = field(default_factory=dict)

    @property
    def lines(self) -> list[Line]:
        return [line for section in self.sections.values() for line in section.lines]

    @property
    def status(self) -> SheetStatus:
        return sheet_status(self.lines, replaced=self.replaced_by is not None)

    @property
    def closing(self) -> bool:
        """A cancellation is asked of the holder of one of its sections."""
        return any(section.closing for section in self.sections.values())

    @property
    def asked(self) -> list[Section]:
        """The sections that others than the prescriber execute."""
        return [section for section in self.sections.values() if section.type != OWN_SECTION]

    def prescribed(self, kind: str) -> list[dict[str, Any]]:
        """The prescribed lines of a section, as they were written at issue."""
        (found,) = [one["lines"] for one in self.content["sections"] if one["type"] == kind]
        return list(found)

    def with_section(self, section: Section) -> Sheet:
        return changed(self, sections={**self.sections, section.type: section})

    def read_at(self, now: datetime) -> Sheet:
        """As the clock leaves it at `now`: a sheet judged on the day of a visit may have expired since."""
        if self.past_validity or clock.day(now) <= self.valid_until:
            return self
        sections = {kind: section.as_of(now, True) for kind, section in self.sections.items()}
        return changed(self, past_validity=True, sections=sections)

    def require_live(self, seen: Iterable[Section] | None = None) -> None:
        """Raises Problem sheet-cancelled, sheet-replaced or sheet-expired, in that order.

        `seen`: the sections that an executor may hear of; without it, the caller hears of the whole sheet.
        """
        status = self.status
        if status is SheetStatus.CANCELLED:
            raise Problem("sheet-cancelled", "Le prescripteur a annulé cette feuille.", current_state=status)
        if status is SheetStatus.REPLACED:
            raise Problem("sheet-replaced", "Une autre feuille remplace celle-ci.", current_state=status)
        if self.past_validity:
            raise self.expired(status if seen is None else sheet_status(line for one in seen for line in one.lines))

    def expired(self, state: SheetStatus) -> Problem:
        """The refusal of what comes after the last day of validity; `state`: of what the caller sees."""
        detail = f"Cette feuille était valable jusqu'au {self.valid_until:%d/%m/%Y}."
        return Problem("sheet-expired", detail, current_state=state, valid_until=self.valid_until.isoformat())

    def require_revision(self, if_match: str) -> None:
        """Raises Problem precondition-failed unless an If-Match header names this revision of the sheet."""
        _require_match(if_match, self.revision, "La feuille")


def unexpired(section: Section, stored: Section | None) -> Section:
    """The section as it is written: expiry is read from the clock, so its lines keep the state they had."""
    if stored is None or not any(line.state is LineState.EXPIRED for line in section.lines):
        return section
    before = {line.number: line for line in stored.lines}
    return section.with_lines(before[line.number] for line in section.lines if line.state is LineState.EXPIRED)


def require_if_match(headers: Mapping[str, str]) -> str:
    """The If-Match header (lower-case names). Raises Problem precondition-required."""
    value = headers.get("if-match", "")
    if not value.strip():
        raise Problem("precondition-required", "L'en-tête If-Match doit porter la révision lue.")
    return value


def _require_match(if_match: str, revision: int, what: str) -> None:
    """`*` would not say what was read: it is refused like a tag that is weak or not quoted."""
    wanted = f'"{revision}"'
    if if_match == wanted:
        return
    tags = [tag.strip() for tag in if_match.split(",")]
    if wanted in tags:
        return
    detail = f"{what} a changé depuis la révision annoncée dans If-Match."
    if not any(_TAG.fullmatch(tag) for tag in tags):
        detail = 'If-Match porte la révision lue, un nombre entre guillemets droits : "3" ; ni 3, ni W/"3", ni *.'
    raise Problem("precondition-failed", detail, headers={"etag": wanted})


def unknown_sheet() -> Problem:
    """Unknown or not yours: the two are told apart by nobody."""
    return Problem("not-found", "Aucune feuille de ce numéro ne vous est accessible.")


def derived_id(secret: bytes, prefix: str, *parts: str) -> str:
    """``prefix-`` and 16 lower-case letters and digits that only the secret and the parts decide."""
    text = "\0".join(("fse-id", prefix, *parts))
    bits = int.from_bytes(mac(secret, text.encode())[:10], "big")
    first = f"{prefix}-{_PAIRS[bits >> 70]}{_PAIRS[bits >> 60 & 1023]}{_PAIRS[bits >> 50 & 1023]}"
    second = f"{_PAIRS[bits >> 40 & 1023]}{_PAIRS[bits >> 30 & 1023]}{_PAIRS[bits >> 20 & 1023]}"
    return f"{first}{second}{_PAIRS[bits >> 10 & 1023]}{_PAIRS[bits & 1023]}"
