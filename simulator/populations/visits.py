"""What happens at a counter: the paper is scanned, the section held, lines are executed or not, then what follows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from simulator.kit import clock
from simulator.kit.answer import Answer, Json
from simulator.kit.call import Actor
from simulator.populations.calendar import Calendar
from simulator.populations.cast import Cast
from simulator.populations.chance import Dice
from simulator.populations.deeds import Deeds
from simulator.populations.model import Population
from simulator.populations.paper import Paper
from simulator.populations.stage import Stage

_CLOSED = ("sheet-cancelled", "sheet-replaced", "sheet-expired", "nothing-open", "scan-rotated")
_STALE = ("precondition-failed", "lease-lost", "lease-required", "cancellation-requested", *_CLOSED)
_KEPT = ("execution-not-last", "section-held", "claim-settled", *_STALE)
_LATE = ("section-held", "over-remainder", "line-owed", "line-terminal", "already-recorded", *_CLOSED)
_IN_SESSIONS = ("physiotherapy", "nursing")
_ACTIVE = ("open", "partial", "owed")


class Visits:
    """The executors of one population at work. `said`: populations/NAME-care.yaml."""

    def __init__(
        self, people: Population, cast: Cast, stage: Stage, said: Mapping[str, Any], opening: Calendar
    ) -> None:
        self._people, self._cast, self._stage, self._said, self._opening = people, cast, stage, said, opening
        self._often = said["incidents"]
        self._deeds = Deeds(said)
        self._papers = 0

    def planned(self, at: datetime, paper: Paper, dice: Dice) -> None:
        """Plan the first visit of each section that somebody will execute."""
        for section in paper.sections:
            kind = section["type"]
            if kind == "prescriber" or not dice.chance(self._said["executed"][kind]["chance"]):
                continue
            after = self._said["executed"][kind]["after"]
            low, high, _ = after[dice.weighted([weight for _, _, weight in after])]
            actor = self._executor(kind, paper, dice)
            come = self._late if dice.chance(self._often["late"]) and kind not in _IN_SESSIONS else self._come
            wait = timedelta(minutes=dice.between(low, high))
            if paper.awaited(kind) and dice.chance(850):  # the answer of the CNSS comes first
                wait += timedelta(days=3)
            self._later(at + wait, come, paper, kind, actor, dice)

    def _later(self, at: datetime, scene: Any, paper: Paper, kind: str, actor: Actor, dice: Dice) -> None:
        """At the opening that follows."""
        self._stage.later(self._opening.open(kind, at, dice), lambda now: scene(now, paper, kind, actor, dice))

    def _executor(self, kind: str, paper: Paper, dice: Dice) -> Actor:
        """Where the family always goes, most of the time."""
        role = kind
        if kind == "nursing" and paper.motive["nursing"].get("midwife"):
            role = "midwife"
        elif dice.chance(self._said["executed"][kind]["clinic"]):
            role = "clinic"
        usual = Dice(self._people.seed, "usual", role, paper.patient.registration_number)
        who = (usual if dice.chance(800) else dice).pick(self._cast.of(role, paper.province))
        return self._cast.professional(who, delegate=dice.chance(500))

    def _come(self, at: datetime, paper: Paper, kind: str, actor: Actor, dice: Dice) -> None:
        """The paper on the counter: the section is read, then held; the visit is recorded a few minutes later."""
        held = self._hold(at, paper, kind, actor, dice)
        if held == "section-held":
            self._later(at + timedelta(hours=3), self._come, paper, kind, actor, dice)
        if isinstance(held, str):
            return
        minutes = timedelta(seconds=dice.between(100, 900))
        number = paper.number
        if dice.chance(self._often["left"]):
            self._stage.later(at + minutes, lambda now: self._release(now, number, kind, actor))
        elif dice.chance(self._often["paper"]):
            self._stage.later(at + minutes, lambda now: self._go_on_paper(now, number, kind, actor, held))
        else:
            self._stage.later(at + minutes, lambda now: self._execute(now, paper, number, kind, actor, held, dice))

    def _hold(self, at: datetime, paper: Paper, kind: str, actor: Actor, dice: Dice) -> Mapping[str, Any] | str:
        """What the resolution answers, or why it is refused."""
        stage, said = self._stage, {"section": kind} if actor.role == "clinic" else {}
        scan = {"scan": paper.scan, **said}
        if dice.chance(self._often["read_first"]):
            stage.do(at, actor, "resolve-care-sheet", scan, expected=("section-held", *_CLOSED))
        if dice.chance(self._often["typed"]):
            scan = {"number": paper.number, "backup_code": paper.code, **said}
            if dice.chance(self._often["mistyped"]):
                wrong = {**scan, "backup_code": _mistyped(paper.code)}
                stage.do(at, actor, "resolve-care-sheet", wrong, expected=("wrong-backup-code", "typing-throttled"))
        expected = ("section-held", "typing-throttled", "typing-locked", *_CLOSED)
        answer = stage.do(at, actor, "resolve-care-sheet", {**scan, "hold": True}, expected=expected)
        return answer if isinstance(answer, str) else answer.body

    def _execute(
        self, at: datetime, paper: Paper, number: str, kind: str, actor: Actor, held: Mapping[str, Any], dice: Dice
    ) -> None:
        lines = self._deeds.of(kind, held["section"]["lines"], dice, paper.patient, clock.day(at))
        path, headers = {"number": number, "type": kind}, _holding(held)
        body = {"performed_at": clock.to_text(at), "lines": lines}
        if not lines:
            self._release(at, number, kind, actor)
            return
        done = self._stage.do(at, actor, "execute-section", body, path=path, headers=headers, expected=_STALE)
        if isinstance(done, str):
            if done == "cancellation-requested":
                self._release(at, number, kind, actor)
            return
        states = {line["line"]: str(line["state"]) for line in done.body["lines"]}
        left = [line for line in held["section"]["lines"] if states.get(line["line"], str(line["state"])) in _ACTIVE]
        if left:
            self._release(at, number, kind, actor)
            self._follow(at, paper, kind, actor, set(states.values()), dice)
        self._correct(at, paper, kind, actor, done, body, dice)

    def _follow(self, at: datetime, paper: Paper, kind: str, actor: Actor, states: set[str], dice: Dice) -> None:
        """The patient comes back for what is left: sessions, what is owed, and half of the time the rest."""
        if kind in _IN_SESSIONS:
            hours = dice.between(44, 74) if kind == "physiotherapy" else dice.between(20, 28)
            missed = 48 if dice.chance(self._often["absent"]) else 0
            self._later(at + timedelta(hours=hours + missed), self._come, paper, kind, actor, dice)
        elif "owed" in states or dice.chance(500):
            self._later(at + timedelta(hours=dice.between(20, 100)), self._come, paper, kind, actor, dice)

    def _correct(
        self, at: datetime, paper: Paper, kind: str, actor: Actor, done: Answer, body: Json, dice: Dice
    ) -> None:
        wrong = dice.below(1000)
        if wrong < self._often["withdrawn"]:
            later = at + timedelta(minutes=dice.between(5, 120))
            self._stage.later(later, lambda now: self._withdraw(now, paper, kind, actor, done, dice))
        elif wrong < self._often["withdrawn"] + self._often["amended"]:
            later = at + timedelta(minutes=dice.between(5, 300))
            self._stage.later(later, lambda now: self._amend(now, actor, done, body))

    def _withdraw(self, at: datetime, paper: Paper, kind: str, actor: Actor, done: Answer, dice: Dice) -> None:
        headers, body = {"if-match": f'"{done.revision}"'}, {"reason": "Saisie sur la mauvaise feuille"}
        path = {"id": done.body["id"]}
        answer = self._stage.do(at, actor, "withdraw-execution", body, path=path, headers=headers, expected=_KEPT)
        if isinstance(answer, Answer) and dice.chance(500):
            self._later(at + timedelta(minutes=30), self._come, paper, kind, actor, dice)

    def _amend(self, at: datetime, actor: Actor, done: Answer, body: Json) -> None:
        """The price was wrong: a tenth less."""
        lines = [
            {**line, "charged": self._deeds.less(line["charged"])} if "charged" in line else line
            for line in body["lines"]
        ]
        lines = [{name: value for name, value in line.items() if name != "owed"} for line in lines]
        if any(line["outcome"] == "owed" for line in lines):
            return
        headers, path = {"if-match": f'"{done.revision}"'}, {"id": done.body["id"]}
        again = {**body, "lines": lines}
        self._stage.do(at, actor, "amend-execution", again, path=path, headers=headers, expected=_KEPT)

    def _release(self, at: datetime, number: str, kind: str, actor: Actor) -> None:
        self._stage.do(at, actor, "release-lease", path={"number": number, "type": kind}, expected=_CLOSED)

    def _go_on_paper(self, at: datetime, number: str, kind: str, actor: Actor, held: Mapping[str, Any]) -> None:
        self._papers += 1
        lines = [line["line"] for line in held["section"]["lines"] if str(line["state"]) in ("open", "partial")]
        reference = f"{self._people.name.upper()}-{at:%Y}-{self._papers:05d}"
        body = {"paper_reference": reference, "reason": "Panne longue", "lines": lines}
        path, headers = {"number": number, "type": kind}, _holding(held)
        if lines:
            self._stage.do(at, actor, "move-section-to-paper", body, path=path, headers=headers, expected=_STALE)

    def _late(self, at: datetime, paper: Paper, kind: str, actor: Actor, dice: Dice) -> None:
        """No network today: what was done is entered one to three days later, from the scan that was kept."""
        items, scan = self._deeds.items(kind, paper.asked(kind), dice), paper.scan
        body = {"scan": scan, "performed_at": clock.to_text(at), "items": items}
        body |= {"section": kind} if actor.role == "clinic" else {}
        later = at + timedelta(hours=dice.between(18, 60))

        def enter(now: datetime) -> None:
            self._stage.do(now, actor, "enter-late-execution", body, expected=_LATE)

        if items:
            self._stage.later(self._opening.open(kind, later, dice), enter)


def _holding(held: Mapping[str, Any]) -> dict[str, str]:
    return {"if-match": f'"{held["revision"]}"', "fse-lease": held["lease"]["id"]}


def _mistyped(code: str) -> str:
    """Two characters the wrong way round, or one for another."""
    swapped = code[1] + code[0] + code[2:]
    return swapped if swapped != code else ("1" if code[0] != "1" else "2") + code[1:]
