"""The steps that bring a sheet to a state: each is an operation, played as its people would call it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic_core import from_json

from simulator.approvals import covering
from simulator.approvals import service as approvals
from simulator.care_sheets import printing
from simulator.care_sheets import store as sheets
from simulator.care_sheets.model import Sheet
from simulator.claims import store as claims
from simulator.factories import medicines
from simulator.factories.model import OWN, declined
from simulator.factories.wanted import Wanted, actor, executor, unreachable
from simulator.kit import clock
from simulator.kit.answer import Answer, Json
from simulator.kit.call import Actor
from simulator.kit.money import money_text, quantity_text
from simulator.kit.storage import Tx
from simulator.nomenclature import store as nomenclature
from simulator.reviews import decisions
from simulator.worlds.acting import Acting

_WHY = "Fabriqué par le banc"
_ONE = Decimal(1)


@dataclass
class Held:
    """A section in the hands of its executor: what the scan answered, then what was done of it."""

    who: Actor
    seen: Json
    lines: list[Json] = field(default_factory=list)
    execution: str | None = None
    claim: Json | None = None
    revision: int = 0


class Workshop:
    """One sheet being made in one transaction, at one instant; `number`: the first, when it is replaced."""

    def __init__(self, acting: Acting, tx: Tx, wanted: Wanted, at: datetime) -> None:
        self._acting, self._tx, self._wanted, self._world = acting, tx, wanted, acting.world
        self._now = at
        self._author = actor(wanted.author, wanted.client)
        self._issued: Json = {}
        self._asked: list[str] = []
        self.held: dict[str, Held] = {}

    @property
    def number(self) -> str:
        return str(self._issued["number"])

    def play(self) -> None:
        """Every step. Raises Problem: of an operation that refuses, or state-unreachable."""
        steps: Mapping[str, Callable[[], None]] = {
            "issue": self._issue,
            "hold": self._hold,
            "execute": lambda: self._visit(self._whole),
            "part": self._part,
            "owe": self._owe,
            "decline": lambda: self._visit(self._declined),
            "cancel": lambda: self._about("cancel-care-sheet"),
            "replace": lambda: self._about("replace-care-sheet", sections=self._others),
            "reissue": lambda: self._about("reissue-care-sheet"),
            "paper": self._paper,
            "withdraw": self._withdraw,
            "amend": self._amend,
            "ask-approval": self._ask_approval,
            "contest": self._contest,
            "grant": lambda: self._decide("granted"),
            "refuse": lambda: self._decide("refused"),
        }
        for step in self._wanted.state.steps:
            steps[step]()

    @property
    def _others(self) -> list[dict[str, Any]]:
        """The sections that somebody else than the author executes. Raises Problem state-unreachable without any."""
        found = [one for one in self._wanted.sections if one.get("type") != OWN]
        if not found:
            raise unreachable("Rien n'est demandé à un exécutant : donner une section autre que « prescriber ».")
        return found

    def _do(self, who: Actor, operation: str, body: Json, headers: Json | None = None, **path: str) -> Json:
        done = self._acting.act(self._now, who, operation, body, path=path, headers=headers)
        assert isinstance(done, Answer)
        return dict(from_json(done.encoded())) | {"revision": done.revision or done.body.get("revision")}

    def _issue(self) -> None:
        number, rank = self._wanted.patient.says["registration_number"], self._wanted.patient.says["dependant_rank"]
        body = {
            "date_of_care": clock.day(self._now).isoformat(),
            "beneficiary": {"registration_number": number, "dependant_rank": rank},
            "rights_acknowledged": self._wanted.rights_acknowledged,
            "sections": self._wanted.sections,
        }
        self._issued = self._do(self._author, "issue-care-sheet", body)

    def sheet(self) -> Sheet:
        """The sheet as it stands now."""
        found = sheets.find(self._tx, self._world.id, self.number, self._now)
        assert found is not None
        return found

    def _about(self, operation: str, **body: Any) -> None:
        """The author does something of the whole sheet."""
        seen = {"if-match": f'"{self.sheet().revision}"'}
        self._do(self._author, operation, {"reason": _WHY, **body}, seen, number=self.number)

    def _hold(self) -> None:
        scan = printing.scan_payload(self._world, self.sheet())
        for section in self._others:
            who = actor(executor(self._world, section["type"]), self._wanted.client)
            asked = {"scan": scan, "hold": True, "section": section["type"]}
            seen = self._do(who, "resolve-care-sheet", asked)
            self.held[section["type"]] = Held(who, seen, revision=seen["revision"])

    def _visit(self, deed: Callable[[str, Json], Json | None]) -> None:
        for kind, held in self.held.items():
            lines = [found for line in held.seen["section"]["lines"] if (found := deed(kind, line))]
            if not lines:
                raise unreachable(f"Section « {kind} » : aucune ligne ne peut être faite en partie ; en prescrire 2.")
            seen = {"if-match": f'"{held.revision}"', "fse-lease": held.seen["lease"]["id"]}
            body = {"performed_at": clock.to_text(self._now), "lines": lines}
            done = self._do(held.who, "execute-section", body, seen, number=self.number, type=kind)
            held.lines, held.execution, held.claim = lines, done["id"], done.get("claim")
            held.revision = done["revision"]

    def _whole(self, kind: str, line: Json, quantity: Decimal | None = None) -> Json | None:
        if (why := declined().get(line.get("ean13", ""))) is not None:
            return {"line": line["line"], "outcome": "not_executed", "reason": why}
        if not (many := Decimal(line["remaining"]) if quantity is None else quantity):
            return None
        done = {"line": line["line"], "outcome": "executed", "quantity": quantity_text(many)}
        named = {"ean13": line["ean13"], "lot": "BANC-1"} if "ean13" in line else {}
        return {**done, **named, "charged": self._charged(line, many), **_session(kind, line)}

    def _charged(self, line: Json, many: Decimal) -> str:
        if (said := self._wanted.state.charged) is not None:
            return said
        if "ean13" in line:
            listed = nomenclature.find_listed(self._tx, self._world.nomenclature, line["ean13"])
            return money_text((medicines.price(listed.ppv, listed.base) if listed else medicines.UNPRICED) * many)
        from simulator.populations import prescriptions  # loaded with the first sheet that is made

        return money_text((prescriptions.prices().get(line.get("act_code", "")) or medicines.UNPRICED) * many)

    def _part(self) -> None:
        def half(kind: str, line: Json) -> Json | None:
            return self._whole(kind, line, Decimal(line["remaining"]) // 2)

        self._visit(half)
        self._release()

    def _release(self) -> None:
        for kind, held in self.held.items():
            seen = {"fse-lease": held.seen["lease"]["id"]}
            if self.sheet().sections[kind].lease is not None:
                self._do(held.who, "release-lease", {}, seen, number=self.number, type=kind)

    def _owe(self) -> None:
        def some(kind: str, line: Json) -> Json | None:
            if Decimal(line["remaining"]) <= _ONE:
                return {"line": line["line"], "outcome": "owed"}
            found = self._whole(kind, line, Decimal(line["remaining"]) // 2)
            return found and {**found, **({"owed": True} if found["outcome"] == "executed" else {})}

        self._visit(some)
        self._release()

    def _declined(self, kind: str, line: Json) -> Json:
        why = declined().get(line.get("ean13", ""), "patient-refused")
        return {"line": line["line"], "outcome": "not_executed", "reason": why}

    def _paper(self) -> None:
        for kind, held in self.held.items():
            lines = [line["line"] for line in held.seen["section"]["lines"]]
            body = {"paper_reference": f"BANC-{self.number[-8:]}-{kind[:3].upper()}", "reason": _WHY, "lines": lines}
            seen = {"if-match": f'"{held.revision}"', "fse-lease": held.seen["lease"]["id"]}
            self._do(held.who, "move-section-to-paper", body, seen, number=self.number, type=kind)

    def _withdraw(self) -> None:
        for held in self.held.values():
            seen = {"if-match": f'"{held.revision}"'}
            self._do(held.who, "withdraw-execution", {"reason": _WHY}, seen, id=str(held.execution))

    def _amend(self) -> None:
        for held in self.held.values():
            body = {"performed_at": clock.to_text(self._now), "lines": held.lines}
            self._do(held.who, "amend-execution", body, {"if-match": f'"{held.revision}"'}, id=str(held.execution))

    def _ask_approval(self) -> None:
        for section in self._others:
            for rank, line in enumerate(section["lines"], 1):
                if covering.needed(self._world.nomenclature, line.get("act_code", "")):
                    about = {"number": self.number, "section": section["type"], "line": rank}
                    body = {**about, "quantity": line["quantity"], "motive": _WHY}
                    self._asked.append(str(self._do(self._author, "request-prior-approval", body)["id"]))
        if not self._asked:
            raise unreachable("Aucun acte de cette feuille n'est soumis à accord préalable.")

    def _contest(self) -> None:
        for held in self.held.values():
            if held.claim is None:
                raise unreachable("Rien n'a été remboursable : il n'y a rien à contester.")
            lines = [{"execution": held.execution, "line": one["line"]} for one in held.claim["lines"]]
            self._do(held.who, "contest-claim", {"lines": lines, "reason": _WHY}, id=held.claim["id"])

    def _decide(self, said: Any) -> None:
        """The CNSS decides what waits: it grants the approvals that were asked for; without any, it decides claims."""
        for approval in self._asked:
            approvals.grant(self._tx, self._world, approval, None)
        if self._asked:
            return
        for text in claims.of_sheet(self._tx, self._world.id, self.number):
            claim = claims.parse(text)
            if claim["section"] != OWN:
                decisions.decide(self._tx, self._world, claim["id"], said)


def _session(kind: str, line: Json) -> Json:
    if kind != "physiotherapy":
        return {}
    return {"session": int(Decimal(line["quantity"]) - Decimal(line["remaining"])) + 1}
