"""The machine: people who act at random on a few sheets, the simulator and the naive book asked the same things.

Actions come from the simulator's tables (`ACTIONS`, `LEASE_ACTIONS`: a transition without an action fails a test);
expected answers and states come from the book alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from simulator.care_sheets.states import Transition
from simulator.resolutions.model import Action
from tests.simulator.lifecycle import watch
from tests.simulator.lifecycle.door import Door
from tests.simulator.lifecycle.naive import ACTIVE, day
from tests.simulator.lifecycle.naive_acts import Naive
from tests.simulator.lifecycle.naive_common import WITH_KEY
from tests.simulator.lifecycle.wire import Wire

T = TypeVar("T")
EXECUTORS = {
    "pharmacy": ("pharmacy", "pharmacy-b"),
    "biology": ("biology", "clinic"),
    "physiotherapy": ("physiotherapy", "clinic"),
    "nursing": ("nursing", "clinic"),
}
CODES = {
    "prescriber": ("C",),
    "pharmacy": ("6118999000018", "6118999000025", "6118999000032"),
    "biology": ("B-NFS", "B-GLY"),
    "physiotherapy": ("AMM-REEDUC",),
    "nursing": ("AMI-INJ", "AMI-PANS"),
}
SHAPES = (
    ("prescriber", "pharmacy"), ("pharmacy",), ("pharmacy", "biology"), ("pharmacy", "physiotherapy"),
    ("physiotherapy",), ("biology", "nursing"), ("prescriber",),
)  # fmt: skip
MOVES = (60, 60, 1800, 1800, 3600, 7200, 7200, 90_000, 200_000, 8 * 86_400, 45 * 86_400, 92 * 86_400)
WEIGHTS = {
    "visit": 9, "cancel": 3, "withdraw": 3, "amend": 3, "enter_late": 3, "tend_lease": 3, "hand_over": 3,
    "fall_back_to_paper": 2, "resolve": 2, "time_passes": 3, "say_it_again": 2, "issue": 1, "read": 1, "replace": 1,
    "reissue": 1,
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


class Lifecycle(RuleBasedStateMachine):
    """One world per run. `door`: set by the test that starts the machine."""

    door: ClassVar[Door]
    seen: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.world = self.door.world(now="2026-11-23T09:00:00Z")
        self.naive, self.wire = Naive(watch.START), Wire(self.world)
        self.watch = watch.Watch(self.world, self.naive, self.wire)
        self.serial, self.sound = 0, False
        self.sent: list[dict[str, Any]] = []
        self.story: list[dict[str, Any]] = []
        self.first: dict[Any, bytes] = {}

    # -- asking both ---------------------------------------------------------------------------------

    def ask(self, **request: Any) -> dict[str, Any]:
        """Ask the book and the simulator; compare the answers, then what stands."""
        self.story.append(request)
        request.setdefault("client", "essai")
        if request["op"] in WITH_KEY and "key" not in request:
            self.serial += 1
            request |= {"key": f"cle-{self.serial}", "salt": request.get("salt", 0)}
            self.sent.append(request)
        before = {name: self.naive.view(name) for name in self.naive.sheets}
        expected = self.naive.ask(request)
        reply = self.wire.send(request)
        self.seen[f"{request['op']} {expected['slug'] or expected['status']}"] += 1
        self.watch.answer(request, expected, reply)
        scope = (request["client"], request["actor"], request["op"], request.get("key"))
        if expected.get("replayed"):
            assert reply.headers.get("idempotent-replayed") == "true", watch.told(request, reply)
            assert reply.body == self.first[scope], "a replay is the first answer, byte for byte"
        elif expected["slug"] is None:
            self.first[scope] = reply.body
            self.watch.bind(request, expected, reply)
        self.watch.stands(before)
        return expected

    def one(self, data: st.DataObject, among: Sequence[T]) -> T:
        return data.draw(st.sampled_from(among))

    def a_sheet(self, data: st.DataObject) -> str:
        """One that lives, mostly."""
        alive = self._alive()
        return self.one(data, alive * 6 + sorted(self.naive.sheets)[-6:])

    def a_section(self, data: st.DataObject, sheet: str) -> str:
        """A section for executors; rarely one that the sheet has not."""
        kinds = [kind for kind in self.naive.sheets[sheet]["sections"] if kind != "prescriber"]
        return self.one(data, kinds * 3 + ["pharmacy"])

    def an_executor(self, data: st.DataObject, kind: str) -> str:
        return self.one(data, [*EXECUTORS[kind] * 4, "pharmacy-b"])

    def an_author(self, data: st.DataObject, sheet: dict[str, Any]) -> str:
        """Who issued the sheet, mostly; or his replacement, one whose replacement is over, somebody else."""
        author = next(name for name, who in watch.PEOPLE.items() if who.get("inpe") == sheet["author"])
        return self.one(data, [author] * 6 + ["replacing", "replacement-ended", "specialist"])

    def a_match(self, data: st.DataObject, revision: int) -> int | None:
        return self.one(data, [revision] * 12 + [revision - 1, None])

    def some_sections(self, data: st.DataObject, shape: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
        def line(kind: str, code: str) -> dict[str, Any]:
            ordered = self.one(data, (1,) if kind == "prescriber" else (3, 4, 2, 1))
            return {
                "ordered": Decimal(ordered),
                "code": code,
                "swap": kind == "pharmacy" and self.one(data, (False, True)),
            }

        def codes(kind: str) -> Sequence[str]:
            """One code or two; sometimes the same one twice."""
            found = CODES[kind]
            return self.one(data, (found[:2], found[:2], found[:1], found[:1] * 2))

        return {kind: [line(kind, code) for code in codes(kind)] for kind in shape}

    # -- actions -------------------------------------------------------------------------------------

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

    def _alive(self) -> list[str]:
        """Sheets on which something may still be done."""
        return [
            name
            for name, sheet in sorted(self.naive.sheets.items())
            if any(self.naive.active(sheet, section) for section in sheet["sections"].values())
        ]

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
                 hold=self.one(data, (True, True, False)), **proof)  # fmt: skip

    def tend_lease(self, data: st.DataObject) -> None:
        sheet, kind, actor = self._at_a_lease(data)
        self.ask(actor=actor, op=self.one(data, ("extend", "release", "read_lease")), sheet=sheet, section=kind)

    def _somewhere(self, data: st.DataObject) -> tuple[str, str, str]:
        """A section and an executor; often one that is held, by him or by a colleague of his."""
        held = self._held()
        if held and self.one(data, (True, False)):
            sheet, kind, holder = self.one(data, held)
            return sheet, kind, self.one(data, (holder, *EXECUTORS[kind]))
        sheet = self.a_sheet(data)
        kind = self.a_section(data, sheet)
        return sheet, kind, self.an_executor(data, kind)

    def _at_a_lease(self, data: st.DataObject) -> tuple[str, str, str]:
        """A held section and its holder, mostly (somebody comes and takes one when none is); else anywhere, anybody."""
        if self.one(data, (False,) * 4 + (True,)):
            return self._somewhere(data)
        if not self._held():
            self._come(data)
        held = self._held()
        return self.one(data, held) if held else (self.a_sheet(data), "pharmacy", "pharmacy")

    def _held(self) -> list[tuple[str, str, str]]:
        """Sheet, section and holder of every live lease."""
        return [
            (name, kind, actor)
            for name, sheet in sorted(self.naive.sheets.items())
            for kind, section in sheet["sections"].items()
            for actor in EXECUTORS.get(kind, ())
            if section["lease"] and section["lease"]["place"] == watch.PEOPLE[actor]["place"]
        ]

    def _come(self, data: st.DataObject) -> None:
        """Somebody takes a section where something may be done, if there is one."""
        free = [
            (name, kind)
            for name, sheet in sorted(self.naive.sheets.items())
            for kind, section in sheet["sections"].items()
            if kind != "prescriber" and self.naive.active(sheet, section) and not section["lease"]
        ]
        if free:
            name, kind = self.one(data, free)
            rotation = self.naive.sheets[name]["rotation"]
            self.ask(
                actor=self.one(data, EXECUTORS[kind]), op="resolve", sheet=name, section=kind, hold=True, scan=rotation
            )

    def _holder(self, data: st.DataObject) -> dict[str, Any]:
        """Who, where, and the headers of a holder; sometimes another's lease or an old revision."""
        sheet, kind, actor = self._at_a_lease(data)
        section = self.naive.sheets[sheet]["sections"].get(kind)
        lease = section["lease"]["name"] if section and section["lease"] else "L0"
        return {
            "actor": actor, "client": self.one(data, ("essai", "essai", "essai-2")), "sheet": sheet, "section": kind,
            "match": self.a_match(data, section["revision"] if section else 1),
            "lease": self.one(data, [lease] * 14 + ["L0", None]),
        }  # fmt: skip

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
        if section["lease"]:
            actor = self.one(data, (other, other, holder))
            lines = self._deeds(data, section)
            self.ask(actor=actor, op="execute", sheet=name, section=kind, match=section["revision"], lines=lines,
                     lease=section["lease"]["name"], performed_at=self.naive.now)  # fmt: skip
        return None

    def visit(self, data: st.DataObject) -> None:
        asked = self._holder(data)
        sheet = self.naive.sheets[asked["sheet"]]
        lines = self._deeds(data, sheet["sections"].get(asked["section"]))
        self.ask(op="execute", performed_at=self.naive.now, salt=self.one(data, (0, 0, 1)), lines=lines, **asked)

    def _deeds(self, data: st.DataObject, section: dict[str, Any] | None) -> list[dict[str, Any]]:
        """What is done with some lines: sensible most of the time."""
        if section is None:
            return [{"line": 1, "outcome": "owed"}]
        numbers = [n for n, line in section["lines"].items() if line["state"] in ACTIVE] or [1]
        if len(numbers) > 1:
            numbers = self.one(data, [numbers, numbers[:1], numbers[1:]])
        numbers = self.one(data, [numbers] * 14 + [[1], [7]])
        return [self._deed(data, number, section["lines"].get(number)) for number in numbers]

    def _deed(self, data: st.DataObject, number: int, line: dict[str, Any] | None) -> dict[str, Any]:
        kinds = ["all", "all", "one", "one", "one owed", "owed", "not_executed", "more", "other product", "given_back"]
        standing = line["state"] if line else "open"
        kinds += {"owed": ["given_back"] * 4 + ["not_executed"], "partial": ["owed", "one owed", "not_executed"]}.get(
            standing, []
        )
        kind = self.one(data, kinds)
        if kind in ("owed", "not_executed", "given_back"):
            return {"line": number, "outcome": kind}
        code = line["code"] if line else "6118999000018"
        left = line["ordered"] - line["done"] if line else Decimal(1)
        quantity = {"all": max(left, Decimal(1)), "more": left + 1}.get(kind, Decimal(1))
        deed: dict[str, Any] = {"line": number, "outcome": "executed", "quantity": quantity, "code": code}
        if kind == "one owed":
            deed["owed"] = True
        if kind == "other product":
            deed["code"] = "6118999000049" if code.isdigit() else "B-CREA" if code != "B-CREA" else "B-UREE"
            deed["agreed"] = code.isdigit() and self.one(data, (False, True))
        if line and code == "AMM-REEDUC" and self.one(data, (True, False)):
            deed["session"] = int(line["done"]) + self.one(data, (1, 1, 1, 2))
        return deed

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

    def _after(self, data: st.DataObject) -> dict[str, Any]:
        """An execution, mostly the last of its kind, and who recorded it (or a colleague elsewhere)."""
        standing = [name for name, x in self.naive.executions.items() if not x["withdrawn"]]
        name = self.one(data, [*standing[-2:] * 3, *standing[-6:], *list(self.naive.executions)[-2:]])
        execution = self.naive.executions[name]
        section = self.naive.sheets[execution["sheet"]]["sections"][execution["section"]]
        there = [a for a in EXECUTORS[execution["section"]] if watch.PEOPLE[a]["place"] == execution["place"]]
        return {
            "actor": self.one(data, there * 6 + ["pharmacy-b"]), "execution": name,
            "match": self.a_match(data, section["revision"]),
        }  # fmt: skip

    def enter_late(self, data: st.DataObject) -> None:
        name, kind, actor = self._somewhere(data)
        sheet = self.naive.sheets[name]
        section = sheet["sections"].get(kind, {"lines": {}})
        codes = [line["code"] for line in section["lines"].values()] or ["6118999000018"]
        codes = self.one(data, [codes, codes[:1], codes[:1] * 2, ["6118999000056" if codes[0].isdigit() else "B-PSA"]])
        ago = self.one(data, (0, 3600, 86_400, 6 * 86_400, 9 * 86_400))
        performed = max(self.naive.now - timedelta(seconds=ago), sheet["issued"])
        items = [{"code": code, "quantity": Decimal(self.one(data, (1, 1, 2, 4)))} for code in codes]
        self.ask(actor=actor, op="late_entry", sheet=name, section=self.one(data, (None, kind)),
                 scan=self.one(data, [sheet["rotation"]] * 5 + [0]), performed_at=performed, items=items)  # fmt: skip

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
