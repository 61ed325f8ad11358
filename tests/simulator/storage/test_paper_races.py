"""Paper against digital, FSE_RACE_ROUNDS rounds (200): of one line, exactly one thing may ever be paid."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterator
from typing import Any

import pytest

import fixtures
from simulator.beneficiaries.service import rights_on
from tests.simulator.storage.scene import DELIVERED, MEDICINE, NOW, ROUNDS, Answer, Counter, Race, Scene, scene

OPEN = [one for one in fixtures.beneficiaries() if rights_on(one, fixtures.SUITE_DATE).open]
LISTED = list(
    {(one.dci, one.dosage, one.form): one.ean13 for one in fixtures.medicines() if one.base and one.rate}.values()
)
"""One product of each group: two of one group look like the same care."""


class Care:
    """A patient and a product that no other round has: two rounds never look like the same care."""

    def __init__(self, number: int) -> None:
        assert number < len(OPEN) * len(LISTED)
        who = OPEN[number % len(OPEN)]
        self.patient = {"registration_number": who.registration_number, "dependant_rank": who.dependant_rank}
        self.ean13 = LISTED[number // len(OPEN)]
        self.boxes = {"ean13": self.ean13, "quantity": "2", "charged": "84.60"}
        self.reference = f"COURSE-{number:04}"

    def issue(self, gp: Counter) -> dict[str, Any]:
        body = {
            "date_of_care": NOW[:10],
            "beneficiary": self.patient,
            "sections": [{"type": "pharmacy", "lines": [{**MEDICINE, "ean13": self.ean13}]}],
        }
        answer = gp.post("/v1/care-sheets", body, Idempotency_Key=gp.key())
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def transcribe(self, counter: Counter) -> dict[str, Any]:
        """The prescription that `issue` makes, from its paper."""
        body = {
            "paper_reference": self.reference,
            "prescriber": "100000011",
            "prescribed_on": NOW[:10],
            "beneficiary": self.patient,
            "sections": [{"type": "pharmacy", "lines": [{**MEDICINE, "ean13": self.ean13}]}],
        }
        answer = counter.post("/v1/paper-prescriptions", body, Idempotency_Key=counter.key())
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def execute(self, counter: Counter, held: dict[str, Any]) -> Answer:
        path = f"/v1/care-sheets/{held['number']}/sections/pharmacy/executions"
        body = {"performed_at": NOW, "lines": [{**DELIVERED, "ean13": self.ean13}]}
        return counter.post(path, body, Idempotency_Key=counter.key(), **held_by(held))

    def fall_back(self, counter: Counter, held: dict[str, Any]) -> Answer:
        path = f"/v1/care-sheets/{held['number']}/sections/pharmacy/paper-fallback"
        body = {"paper_reference": self.reference, "reason": "Panne", "lines": [1]}
        return counter.post(path, body, Idempotency_Key=counter.key(), **held_by(held))

    def enter_late(self, counter: Counter, sheet: dict[str, Any]) -> Answer:
        body = {"scan": sheet["qr"]["payload"], "performed_at": NOW, "items": [{**self.boxes, "lot": "L1"}]}
        return counter.post("/v1/late-executions", body, Idempotency_Key=counter.key())

    def claim(
        self, counter: Counter, sheet: dict[str, Any] | None = None, rank: str = "", quantity: str = "2"
    ) -> Answer:
        """On paper; of the line of the sheet, when one is given. `rank`: tells its reference from the others."""
        boxes = {**self.boxes, "quantity": quantity}
        body: dict[str, Any] = {
            "paper_reference": self.reference + rank,
            "beneficiary": self.patient,
            "section": "pharmacy",
            "date_of_care": NOW[:10],
            "lines": [boxes if sheet is None else {**boxes, "line": 1}],
        }
        if sheet is not None:
            body["care_sheet"] = {"number": sheet["number"]}
        return counter.post("/v1/paper-claims", body, Idempotency_Key=counter.key())


def held_by(held: dict[str, Any]) -> dict[str, str]:
    return {"If_Match": f'"{held["revision"]}"', "FSE_Lease": str(held["lease"]["id"])}


def told(answer: Answer) -> str:
    return f"{answer.status_code} {'' if answer.is_success else answer.json()['code']}".strip()


def payable(answer: Answer) -> int:
    """Lines of the claim that it answers which may be paid without anybody deciding on a duplicate first."""
    lines = answer.json().get("claim", {}).get("lines", ()) if answer.is_success else ()
    return sum(line.get("hold", {}).get("kind") != "duplicate" and "reason" not in line for line in lines)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with scene(tmp_path_factory.mktemp("paper-races")) as opened:
        yield opened


def test_one_line_between_paper_and_digital(place: Scene) -> None:
    """Fallback, paper claim of that very paper, execution and late entry of one line, all at once."""
    counters = [place.counter("pharmacy", server) for server in range(4)]
    gp, race, seen = place.counter("gp"), Race(4), Tally[str]()
    for number in range(ROUNDS):
        care = Care(number)
        sheet = care.issue(gp)
        held = counters[0].hold(sheet).json()
        moved, claimed, executed, late = race.run(
            lambda c=care, h=held: c.fall_back(counters[0], h),
            lambda c=care, s=sheet: c.claim(counters[1], s),
            lambda c=care, h=held: c.execute(counters[2], h),
            lambda c=care, s=sheet: c.enter_late(counters[3], s),
        )
        answers = [told(answer) for answer in (moved, claimed, executed, late)]
        assert payable(claimed) + payable(executed) + payable(late) == 1, answers
        assert [told(executed), told(late), told(claimed)].count("201") == 1, answers
        assert told(claimed) == "201" or not moved.is_success, "what fell back is claimed by its own paper"
        seen.update(f"{name} {answer}" for name, answer in zip("fpel", answers, strict=True))
    race.close()
    assert not [slug for slug in seen if " 5" in slug], seen
    assert seen["p 201"] and seen["e 201"] + seen["l 201"], seen


@pytest.mark.parametrize(("rank", "where"), [(1, "pharmacy"), (2, "pharmacy-b")])
def test_a_paper_that_names_no_sheet_against_an_execution(place: Scene, rank: int, where: str) -> None:
    """Nothing refuses either of them: the second one is held, whichever it is, of the same pharmacy or another one."""
    one, other, gp = place.counter("pharmacy"), place.counter(where, 1), place.counter("gp")
    race = Race(2)
    for number in range(rank * ROUNDS, (rank + 1) * ROUNDS):
        care = Care(number)
        held = one.hold(care.issue(gp)).json()
        answers = race.run(lambda c=care, h=held: c.execute(one, h), lambda c=care: c.claim(other))
        assert [told(answer) for answer in answers] == ["201", "201"]
        assert sorted(payable(answer) for answer in answers) == [0, 1], answers[1].json()
    race.close()


def test_a_sheet_against_its_transcription(place: Scene) -> None:
    """The same prescription, executed in one pharmacy as it was issued, in another as it was transcribed."""
    one, other, gp = place.counter("pharmacy"), place.counter("pharmacy-b", 1), place.counter("gp")
    race = Race(2)
    for number in range(3 * ROUNDS, 4 * ROUNDS):
        care = Care(number)
        issued, copied = one.hold(care.issue(gp)).json(), other.hold(care.transcribe(other)).json()
        answers = race.run(lambda c=care, h=issued: c.execute(one, h), lambda c=care, h=copied: c.execute(other, h))
        assert [told(answer) for answer in answers] == ["201", "201"]
        assert sorted(payable(answer) for answer in answers) == [0, 1], answers[1].json()
    race.close()


def test_what_remains_of_a_line_on_paper_between_two_papers_and_an_execution(place: Scene) -> None:
    """Two boxes, one on a first paper: of two papers that ask for the other, one has it; an execution never."""
    one, other, third, gp = (place.counter(who, n) for n, who in enumerate(["pharmacy", "pharmacy", "pharmacy", "gp"]))
    race = Race(3)
    for number in range(4 * ROUNDS, 5 * ROUNDS):
        care = Care(number)
        sheet = care.issue(gp)
        held = one.hold(sheet).json()
        assert told(care.claim(one, sheet, "-A", "1")) == "201"
        answers = race.run(
            lambda c=care, s=sheet: c.claim(one, s, "-B", "1"),
            lambda c=care, s=sheet: c.claim(other, s, "-C", "1"),
            lambda c=care, h=held: c.execute(third, h),
        )
        assert sorted(told(answer) for answer in answers[:2]) == ["201", "409 line-terminal"]
        assert not answers[2].is_success
        assert sum(payable(answer) for answer in answers) == 1
    race.close()
