"""The machine: people who act at random on a few sheets, the simulator and the naive book asked the same things.

Actions come from the simulator's tables (`ACTIONS`, `LEASE_ACTIONS`: a transition without an action fails a test);
expected answers and states come from the book alone.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from simulator.care_sheets.states import Transition
from simulator.resolutions.model import Action
from tests.simulator.lifecycle import watch
from tests.simulator.lifecycle.choosing import EXECUTORS, Choosing
from tests.simulator.lifecycle.naive import day

SHAPES = (
    ("prescriber", "pharmacy"), ("pharmacy",), ("pharmacy", "biology"), ("pharmacy", "physiotherapy"),
    ("physiotherapy",), ("biology", "nursing"), ("prescriber",),
)  # fmt: skip
MOVES = (60, 60, 1800, 1800, 3600, 7200, 7200, 90_000, 200_000, 8 * 86_400, 45 * 86_400, 92 * 86_400)
WEIGHTS = {
    "visit": 9, "cancel": 3, "withdraw": 3, "amend": 3, "enter_late": 3, "tend_lease": 3, "hand_over": 3,
    "think_again": 2, "fall_back_to_paper": 2, "resolve": 2, "time_passes": 3, "say_it_again": 2,
    "issue": 1, "read": 1, "replace": 1, "reissue": 1,
}  # fmt: skip
WEIGHTED = tuple(name for name, weight in WEIGHTS.items() for _ in range(weight))
ACTIONS = {
    Transition.EXECUTE: "visit",
    Transition.OWE: "visit",
    Transition.GIVE_BACK: "visit",
    Transition.DECLINE: "visit",
    Transition.MOVE_TO_PAPER: "fall_back_to_paper",
    Transition.CANCEL: "cancel",
    Transition.REPLACE: "replace",
    Transition.WITHDRAW: "withdraw",
    Transition.EXPIRE: "time_passes",
}
LEASE_ACTIONS = {
    Action.READ: "resolve",
    Action.HOLD: "resolve",
    Action.EXTEND: "tend_lease",
    Action.RELEASE: "tend_lease",
    Action.EXECUTE: "visit",
    Action.AMEND: "amend",
    Action.LATE: "enter_late",
    Action.CANCEL: "cancel",
    Action.REPLACE: "replace",
}


class Lifecycle(Choosing):
    """What they do; one rule, so that each action keeps its weight."""

    @initialize(data=st.data())
    def first_sheet(self, data: st.DataObject) -> None:
        self.issue(data)
        self.sound = True

    @rule(data=st.data())
    def somebody_acts(self, data: st.DataObject) -> None:
        """One action; a new sheet when it needs one: an action on nothing would teach nothing."""
        name = self.one(data, WEIGHTED)
        needs = {"withdraw": self.naive.executions, "amend": self.naive.executions, "say_it_again": self.sent}
        if not self._alive() or not needs.get(name, True):
            name = "issue"
        self.sound = False
        try:
            getattr(self, name)(data)
        except AssertionError as divergence:
            told = [f"{n}. {watch.shown(asked)}" for n, asked in enumerate(self.story, start=1)]
            raise AssertionError("\n".join((str(divergence), "what had been asked:", *told))) from None
        self.sound = True

    def issue(self, data: st.DataObject) -> None:
        actor = self.one(data, ("gp", "gp", "specialist"))
        patient = self.one(data, (("100000001", 0), ("100000002", 0), ("100000001", 2)))
        shape = self.one(data, SHAPES)
        self.ask(actor=actor, op="issue", patient=patient, sections=self.some_sections(data, shape),
                 day=day(self.naive.now).isoformat())  # fmt: skip

    def read(self, data: st.DataObject) -> None:
        actor = self.one(data, ("gp", "replacing", "specialist", "pharmacy", "pharmacy-b", "biology", "clinic",
                                "patient:salaried", "patient:tns"))  # fmt: skip
        self.ask(actor=actor, op="read", sheet=self.a_sheet(data))

    def resolve(self, data: st.DataObject) -> None:
        sheet, kind, actor = self._somewhere(data)
        last = self.naive.sheets[sheet]["rotation"]
        typed = {"typed": self.one(data, (last, last, -1, 0))}
        proof = self.one(data, ({"scan": last}, {"scan": last}, {"scan": 0}, typed))
        named = self.one(data, (None, kind))
        self.ask(actor=actor, op="resolve", sheet=sheet, section=named,
                 hold=self.one(data, (True, False)), **proof)  # fmt: skip

    def tend_lease(self, data: st.DataObject) -> None:
        sheet, kind, actor = self._at_a_lease(data)
        self.ask(actor=actor, op=self.one(data, ("extend", "release", "read_lease")), sheet=sheet, section=kind)

    def hand_over(self, data: st.DataObject) -> None:
        """The holder lets go, another comes and acts at once; the first one may still believe that he holds."""
        held = self._held()
        if not held:
            return self._come(data)
        name, kind, holder = self.one(data, held)
        section = self.naive.sheets[name]["sections"][kind]
        other = next(actor for actor in EXECUTORS[kind] if actor != holder)
        self.ask(actor=holder, op="release", sheet=name, section=kind)
        rotation = self.naive.sheets[name]["rotation"]
        self.ask(actor=other, op="resolve", sheet=name, section=kind, hold=True, scan=rotation)
        if self.one(data, (False, False, True)):
            self.ask(actor=holder, op=self.one(data, ("release", "extend", "read_lease")), sheet=name, section=kind)
        elif section["lease"]:
            actor, lines = self.one(data, (other, other, holder)), self._deeds(data, section)
            lease, revision = section["lease"]["name"], section["revision"]
            self.ask(actor=actor, op="execute", sheet=name, section=kind, match=revision, lines=lines, lease=lease,
                     performed_at=self.naive.now)  # fmt: skip
        return None

    def think_again(self, data: st.DataObject) -> None:
        """A holder acts, on what he owes if he owes anything, and takes it back at once."""
        held = self._held() or [self._at_a_lease(data)]
        owing = [at for at in held if any(line["state"] == "owed" for line in self._lines(at))]
        name, kind, holder = self.one(data, owing or held)
        section = self.naive.sheets[name]["sections"].get(kind)
        if section is None or not section["lease"]:
            return
        done = self.ask(actor=holder, op="execute", sheet=name, section=kind, match=section["revision"],
                        lines=self._deeds(data, section), lease=section["lease"]["name"],
                        performed_at=self.naive.now)  # fmt: skip
        if done["slug"] is None:
            self.ask(actor=holder, op="withdraw", execution=done["execution"], match=section["revision"])

    def _lines(self, at: tuple[str, str, str]) -> list[dict[str, Any]]:
        return list(self.naive.sheets[at[0]]["sections"].get(at[1], {"lines": {}})["lines"].values())

    def visit(self, data: st.DataObject) -> None:
        asked = self._holder(data)
        sheet = self.naive.sheets[asked["sheet"]]
        lines = self._deeds(data, sheet["sections"].get(asked["section"]))
        self.ask(op="execute", performed_at=self.naive.now, salt=self.one(data, (0, 0, 1)), lines=lines, **asked)

    def cancel(self, data: st.DataObject) -> None:
        held = [name for name, _, _ in self._held()]
        name = self.one(data, held) if held and self.one(data, (True, False)) else self.a_sheet(data)
        sheet = self.naive.sheets[name]
        actor = self.an_author(data, sheet)
        kinds = [kind for kind in sheet["sections"] if kind != "prescriber"]
        section = self.one(data, [None, *kinds, *kinds])
        numbers = sorted(sheet["sections"][section]["lines"]) if section else []
        lines = self.one(data, [None, numbers[:1], numbers[1:] or None]) if section else None
        self.ask(actor=actor, op="cancel", sheet=name, match=self.a_match(data, sheet["revision"]), section=section,
                 lines=lines)  # fmt: skip
        for there, kind, holder in self._held():
            if there == name and self.naive.pending(sheet) and self.one(data, (False, True)):
                self.ask(actor=holder, op="resolve", sheet=name, section=kind, hold=self.one(data, (False, True)),
                         scan=sheet["rotation"])  # fmt: skip

    def replace(self, data: st.DataObject) -> None:
        name = self.a_sheet(data)
        sheet = self.naive.sheets[name]
        sections = self.some_sections(data, self.one(data, (("pharmacy",), ("biology", "nursing"))))
        self.ask(actor=self.an_author(data, sheet), op="replace", sheet=name,
                 match=self.a_match(data, sheet["revision"]), sections=sections)  # fmt: skip

    def reissue(self, data: st.DataObject) -> None:
        name = self.a_sheet(data)
        actor = self.one(data, ("gp", "patient:salaried", "patient:tns", "agent", "specialist", "pharmacy"))
        match = self.a_match(data, self.naive.sheets[name]["revision"])
        self.ask(actor=actor, op="reissue", sheet=name, match=match)

    def withdraw(self, data: st.DataObject) -> None:
        self.ask(op="withdraw", **self._after(data))

    def amend(self, data: st.DataObject) -> None:
        asked = self._after(data)
        execution = self.naive.executions[asked["execution"]]
        section = self.naive.sheets[execution["sheet"]]["sections"][execution["section"]]
        numbers = sorted(execution["before"]) or [1]
        deeds = [self._deed(data, n, {**section["lines"][n], "done": Decimal(0)}) for n in numbers]
        self.ask(op="amend", performed_at=self.naive.now, lines=deeds, **asked)

    def enter_late(self, data: st.DataObject) -> None:
        name, kind, actor = self._somewhere(data)
        sheet = self.naive.sheets[name]
        section = sheet["sections"].get(kind, {"lines": {}})
        codes = [line["code"] for line in section["lines"].values()] or ["6118999000018"]
        codes = self.one(data, [codes, codes[:1], codes[:1] * 2, ["6118999000056" if codes[0].isdigit() else "B-PSA"]])
        ago = self.one(data, (0, 3600, 86_400, 6 * 86_400, 9 * 86_400))
        performed = max(self.naive.now - timedelta(seconds=ago), sheet["issued"])
        items = [{"code": code, "quantity": Decimal(self.one(data, (1, 1, 2, 4)))} for code in codes]
        done = [x for x in self.naive.executions.values() if (x["sheet"], x["section"]) == (name, kind) and x["said"]]
        if done and self.one(data, (False, False, True)):
            again = self.one(data, done)
            performed, items = again["performed"], [{"code": c, "quantity": q} for c, q in again["said"].items()]
        scan = self.one(data, (sheet["rotation"], sheet["rotation"], 0))
        self.ask(actor=actor, op="late_entry", sheet=name, section=self.one(data, (None, kind)), scan=scan,
                 performed_at=performed, items=items)  # fmt: skip

    def fall_back_to_paper(self, data: st.DataObject) -> None:
        asked = self._holder(data)
        section = self.naive.sheets[asked["sheet"]]["sections"].get(asked["section"])
        numbers = sorted(section["lines"]) if section else [1]
        lines = self.one(data, [numbers[:1], numbers, [7]])
        reference = f"PAP-{self.one(data, (self.serial + 1, self.serial + 1, 1))}"
        self.ask(op="paper", reference=reference, lines=lines, **asked)

    def say_it_again(self, data: st.DataObject) -> None:
        """The same request with the same key, to the byte; or the same key with another body."""
        request = dict(self.one(data, self.sent[-6:]))
        if self.one(data, (False, False, True)) and request["op"] not in ("late_entry", "paper"):
            request["salt"] += 1
        self.ask(**request)

    def time_passes(self, data: st.DataObject) -> None:
        seconds = self.one(data, MOVES)
        self.story.append({"op": "time", "seconds": seconds})
        self.world.advance(seconds)
        self.naive.now += timedelta(seconds=seconds)
        self.naive.let_time_pass()
        self.watch.stands(None)

    def teardown(self) -> None:
        if self.sound:
            self.watch.audit()
