"""The machine: people who act at random on a few sheets, the simulator and the naive book asked the same things.

Actions come from the simulator's tables (`ACTIONS`, `LEASE_ACTIONS`: a transition without an action fails a test);
expected answers and states come from the book alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.simulator.lifecycle import watch
from tests.simulator.lifecycle.door import Door
from tests.simulator.lifecycle.naive import ACTIVE, SECTIONS, day
from tests.simulator.lifecycle.naive_acts import Naive
from tests.simulator.lifecycle.naive_common import WITH_KEY
from tests.simulator.lifecycle.wire import Wire

T = TypeVar("T")
START = watch.instant("2026-11-23T09:00:00Z")
MOST_SHEETS = 5
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
MOVES = (60, 60, 1800, 1800, 3600, 7200, 7200, 90_000, 200_000, 8 * 86_400, 45 * 86_400)
ACTIONS = {
    "execute": "visit", "owe": "visit", "give_back": "visit", "decline": "visit", "cancel": "cancel",
    "replace": "replace", "expire": "time_passes", "move_to_paper": "fall_back_to_paper", "withdraw": "withdraw",
}  # fmt: skip
LEASE_ACTIONS = {
    "read": "resolve", "hold": "resolve", "extend": "tend_lease", "release": "tend_lease", "execute": "visit",
    "cancel": "cancel", "amend": "amend", "late": "enter_late", "replace": "replace",
}  # fmt: skip


class Lifecycle(RuleBasedStateMachine):
    """One world per run. `door`: set by the test that starts the machine."""

    door: ClassVar[Door]
    seen: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.world = self.door.world(now="2026-11-23T09:00:00Z")
        self.naive, self.wire = Naive(START), Wire(self.world)
        self.watch = watch.Watch(self.world, self.naive, self.wire)
        self.serial = 0
        self.sent: list[dict[str, Any]] = []
        self.first: dict[Any, bytes] = {}

    # -- asking both ---------------------------------------------------------------------------------

    def ask(self, **request: Any) -> dict[str, Any]:
        """Ask the book and the simulator; compare the answers, then what stands."""
        request.setdefault("client", "essai")
        if request["op"] in WITH_KEY and "key" not in request:
            self.serial += 1
            request |= {"key": f"cle-{self.serial}", "salt": request.get("salt", 0)}
            self.sent.append(request)
        before = self.watch.mark()
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
        self.watch.states(before, request)
        return expected

    def one(self, data: st.DataObject, among: Sequence[T]) -> T:
        return data.draw(st.sampled_from(among))

    def a_sheet(self, data: st.DataObject) -> str:
        return self.one(data, sorted(self.naive.sheets))

    def a_section(self, data: st.DataObject, sheet: str) -> str:
        """A section for executors; rarely one that the sheet has not."""
        kinds = [kind for kind in self.naive.sheets[sheet]["sections"] if kind != "prescriber"]
        return self.one(data, kinds * 3 + ["pharmacy"])

    def an_executor(self, data: st.DataObject, kind: str) -> str:
        return self.one(data, [*EXECUTORS[kind] * 4, "pharmacy-b"])

    def a_match(self, data: st.DataObject, revision: int) -> int | None:
        return self.one(data, [revision] * 12 + [revision - 1, None])

    def some_sections(self, data: st.DataObject, shape: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
        def line(kind: str, code: str) -> dict[str, Any]:
            ordered = self.one(data, (1,) if kind == "prescriber" else (3, 2, 1))
            return {
                "ordered": Decimal(ordered),
                "code": code,
                "swap": kind == "pharmacy" and self.one(data, (False, True)),
            }

        return {kind: [line(kind, code) for code in CODES[kind][: self.one(data, (2, 1))]] for kind in shape}

    # -- actions -------------------------------------------------------------------------------------

    @initialize(data=st.data())
    def first_sheet(self, data: st.DataObject) -> None:
        self.issue(data)

    @precondition(lambda self: len(self.naive.sheets) < MOST_SHEETS)
    @rule(data=st.data())
    def issue(self, data: st.DataObject) -> None:
        actor = self.one(data, ("gp", "gp", "specialist"))
        patient = self.one(data, (("100000001", 0), ("100000002", 0), ("100000001", 2)))
        shape = self.one(data, SHAPES)
        self.ask(actor=actor, op="issue", patient=patient, sections=self.some_sections(data, shape),
                 day=day(self.naive.now).isoformat())  # fmt: skip

    @rule(data=st.data())
    def read(self, data: st.DataObject) -> None:
        actor = self.one(data, ("gp", "replacing", "specialist", "pharmacy", "pharmacy-b", "biology", "clinic",
                                "patient:salaried", "patient:tns"))  # fmt: skip
        self.ask(actor=actor, op="read", sheet=self.a_sheet(data))

    @rule(data=st.data())
    def resolve(self, data: st.DataObject) -> None:
        sheet = self.a_sheet(data)
        kind = self.a_section(data, sheet)
        last = self.naive.sheets[sheet]["rotation"]
        typed = {"typed": self.one(data, (last, last, -1, 0))}
        proof = self.one(data, ({"scan": last}, {"scan": last}, {"scan": 0}, typed))
        named = self.one(data, (None, kind))
        self.ask(actor=self.an_executor(data, kind), op="resolve", sheet=sheet, section=named,
                 hold=self.one(data, (True, True, False)), **proof)  # fmt: skip

    @rule(data=st.data())
    def tend_lease(self, data: st.DataObject) -> None:
        sheet, kind, actor = self._at_a_lease(data)
        self.ask(actor=actor, op=self.one(data, ("extend", "release", "read_lease")), sheet=sheet, section=kind)

    def _at_a_lease(self, data: st.DataObject) -> tuple[str, str, str]:
        """A held section and its holder, mostly; else any section and any executor."""
        held = [
            (name, kind, actor)
            for name, sheet in sorted(self.naive.sheets.items())
            for kind, section in sheet["sections"].items()
            for actor in EXECUTORS.get(kind, ())
            if section["lease"] and section["lease"]["place"] == watch.PEOPLE[actor]["place"]
        ]
        if held and self.one(data, (True,) * 7 + (False,)):
            return self.one(data, held)
        sheet = self.a_sheet(data)
        kind = self.a_section(data, sheet)
        return sheet, kind, self.an_executor(data, kind)

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

    @rule(data=st.data())
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

    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        name = self.a_sheet(data)
        sheet = self.naive.sheets[name]
        actor = self.one(data, ("gp", "gp", "replacing", "specialist", "replacement-ended"))
        section = self.one(data, [None, *sheet["sections"]])
        numbers = sorted(sheet["sections"][section]["lines"]) if section else []
        lines = self.one(data, [None, numbers[:1], numbers[1:] or None]) if section else None
        self.ask(actor=actor, op="cancel", sheet=name, match=self.a_match(data, sheet["revision"]), section=section,
                 lines=lines)  # fmt: skip

    @rule(data=st.data())
    def replace(self, data: st.DataObject) -> None:
        name = self.a_sheet(data)
        sheet = self.naive.sheets[name]
        sections = self.some_sections(data, self.one(data, (("pharmacy",), ("biology", "nursing"))))
        self.ask(actor=self.one(data, ("gp", "gp", "replacing", "specialist")), op="replace", sheet=name,
                 match=self.a_match(data, sheet["revision"]), sections=sections)  # fmt: skip

    @rule(data=st.data())
    def reissue(self, data: st.DataObject) -> None:
        name = self.a_sheet(data)
        actor = self.one(data, ("gp", "patient:salaried", "patient:tns", "agent", "specialist", "pharmacy"))
        match = self.a_match(data, self.naive.sheets[name]["revision"])
        self.ask(actor=actor, op="reissue", sheet=name, match=match)

    @precondition(lambda self: self.naive.executions)
    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        self.ask(op="withdraw", **self._after(data))

    @precondition(lambda self: self.naive.executions)
    @rule(data=st.data())
    def amend(self, data: st.DataObject) -> None:
        asked = self._after(data)
        execution = self.naive.executions[asked["execution"]]
        section = self.naive.sheets[execution["sheet"]]["sections"][execution["section"]]
        numbers = sorted(execution["before"])
        deeds = [self._deed(data, n, {**section["lines"][n], "done": Decimal(0)}) for n in numbers]
        self.ask(op="amend", performed_at=self.naive.now, lines=deeds, **asked)

    def _after(self, data: st.DataObject) -> dict[str, Any]:
        """An execution, mostly the last of its kind, and who recorded it (or a colleague elsewhere)."""
        names = sorted(self.naive.executions, key=lambda name: int(name[1:]))
        name = self.one(data, [names[-1], names[-1], *names[-3:]])
        execution = self.naive.executions[name]
        section = self.naive.sheets[execution["sheet"]]["sections"][execution["section"]]
        there = [a for a in EXECUTORS[execution["section"]] if watch.PEOPLE[a]["place"] == execution["place"]]
        return {
            "actor": self.one(data, there * 6 + ["pharmacy-b"]), "execution": name,
            "match": self.a_match(data, section["revision"]),
        }  # fmt: skip

    @rule(data=st.data())
    def enter_late(self, data: st.DataObject) -> None:
        name = self.a_sheet(data)
        sheet, kind = self.naive.sheets[name], self.a_section(data, name)
        section = sheet["sections"].get(kind, {"lines": {}})
        codes = [line["code"] for line in section["lines"].values()] or ["6118999000018"]
        codes = self.one(data, [codes, codes[:1], ["6118999000056" if codes[0].isdigit() else "B-PSA"]])
        ago = self.one(data, (0, 3600, 86_400, 6 * 86_400, 9 * 86_400))
        performed = max(self.naive.now - timedelta(seconds=ago), sheet["issued"])
        items = [{"code": code, "quantity": Decimal(self.one(data, (1, 1, 2, 4)))} for code in codes]
        self.ask(actor=self.an_executor(data, kind), op="late_entry", sheet=name, section=self.one(data, (None, kind)),
                 scan=self.one(data, [sheet["rotation"]] * 5 + [0]), performed_at=performed, items=items)  # fmt: skip

    @rule(data=st.data())
    def fall_back_to_paper(self, data: st.DataObject) -> None:
        asked = self._holder(data)
        section = self.naive.sheets[asked["sheet"]]["sections"].get(asked["section"])
        numbers = sorted(section["lines"]) if section else [1]
        lines = self.one(data, [numbers[:1], numbers, [7]])
        reference = f"PAP-{self.one(data, (self.serial + 1, self.serial + 1, 1))}"
        self.ask(op="paper", reference=reference, lines=lines, **asked)

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def say_it_again(self, data: st.DataObject) -> None:
        """The same request with the same key, to the byte; or the same key with another body."""
        request = dict(self.one(data, self.sent[-6:]))
        if self.one(data, (False, False, True)) and request["op"] not in ("late_entry", "paper"):
            request["salt"] += 1
        self.ask(**request)

    @rule(seconds=st.sampled_from(MOVES))
    def time_passes(self, seconds: int) -> None:
        self.world.advance(seconds)
        self.naive.now += timedelta(seconds=seconds)
        self.naive.let_time_pass()
        self.watch.everything()

    @invariant()
    def what_was_ordered_bounds_what_was_done(self) -> None:
        self.watch.quantities()

    def teardown(self) -> None:
        self.watch.audit()


def actions(names: Callable[[], Any]) -> set[str]:
    return {str(name.value) for name in names()}


assert set(SECTIONS) == {"pharmacy", "biology", "physiotherapy", "nursing", "clinic"}
