"""What the people of the machine choose from: whom, where, what; and how both worlds are asked the same thing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from tests.simulator.lifecycle import watch
from tests.simulator.lifecycle.door import Door
from tests.simulator.lifecycle.naive import ACTIVE
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


class Choosing(RuleBasedStateMachine):
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
        """Who issued the sheet, mostly; or his replacement, whom he replaced, somebody else."""
        author = next(name for name, who in watch.PEOPLE.items() if who.get("inpe") == sheet["author"])
        return self.one(data, [author] * 6 + ["gp", "replacing", "replacement-ended", "specialist"])

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

    def _alive(self) -> list[str]:
        """Sheets on which something may still be done."""
        return [
            name
            for name, sheet in sorted(self.naive.sheets.items())
            if any(self.naive.active(sheet, section) for section in sheet["sections"].values())
        ]

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
