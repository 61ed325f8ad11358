"""What prescribers do: check rights, issue, and now and then cancel, replace, or have a lost paper made again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from fixtures.model import Beneficiary, Professional
from simulator.kit import clock
from simulator.kit.answer import Answer
from simulator.kit.call import Actor
from simulator.populations import prescriptions
from simulator.populations.calendar import Calendar
from simulator.populations.cast import Cast
from simulator.populations.chance import Dice
from simulator.populations.model import Population
from simulator.populations.paper import Paper
from simulator.populations.stage import Stage
from simulator.populations.visits import Visits

_TRIES = 6
_GONE = ("sheet-cancelled", "sheet-replaced", "sheet-expired", "cannot-cancel", "cannot-replace", "precondition-failed")
_WHY = ("Erreur de patient", "Traitement changé", "Doublon", "Le patient préfère attendre")


class Season(NamedTuple):
    """A day as the weights of the motives see it: its month, its week since the first day."""

    month: int
    week: int


class Surgeries:
    """The prescribers of one population at work. `said`: populations/NAME-care.yaml."""

    def __init__(
        self, people: Population, cast: Cast, stage: Stage, said: Mapping[str, Any], opening: Calendar
    ) -> None:
        self._people, self._cast, self._stage, self._said = people, cast, stage, said
        self._often = said["incidents"]
        self._visits = Visits(people, cast, stage, said, opening)
        self._chronic: dict[tuple[str, str], list[Beneficiary]] = {}

    def consultation(self, day: date, rank: int, season: Season, opening: Calendar) -> None:
        """Plan the issuance of one sheet of that day."""
        dice = Dice(self._people.seed, "sheet", day.isoformat(), rank)
        provinces = self._people.said["provinces"]
        province = provinces[dice.weighted([one["share"] for one in provinces])]["code"]
        motive = self._motive(province, season, dice)
        self._stage.later(opening.instant(day, dice), lambda at: self._issue(at, province, motive, dice))

    def _motive(self, province: str, season: Season, dice: Dice) -> Mapping[str, Any]:
        weights = []
        for motive in self._said["motives"]:
            weight = motive["weight"] * 1000
            if motive.get("winter"):
                weight = weight * self._said["winter"][season.month - 1] // 1000
            for wave in self._said["waves"]:
                here = wave["motive"] == motive["id"] and wave["province"] == province
                if here and wave["week"] <= season.week < wave["week"] + wave["weeks"]:
                    weight = weight * wave["factor"] // 1000
            weights.append(weight)
        found: Mapping[str, Any] = self._said["motives"][dice.weighted(weights)]
        return found

    def _issue(self, at: datetime, province: str, motive: Mapping[str, Any], dice: Dice) -> None:
        day = clock.day(at)
        patient = self._patient(province, motive, day, dice)
        speciality = list(motive["by"])[dice.weighted(list(motive["by"].values()))]
        author = dice.pick(self._cast.of("prescriber", province, speciality))
        actor, stage = self._cast.professional(author), self._stage
        who = {"registration_number": patient.registration_number, "dependant_rank": patient.dependant_rank}
        if dice.chance(self._often["rights_check"]):
            stage.do(at, actor, "check-rights", {"beneficiary": who, "date_of_care": day.isoformat()})
        held = [one.kind for one in patient.conditions_on(day) if one.label == motive.get("chronic")]
        asked = prescriptions.sections(self._said, motive, patient, author, day, dice)
        body = {
            "date_of_care": day.isoformat(),
            "beneficiary": who,
            "sections": asked,
            **({"long_term_condition": held[0]} if held else {}),
        }
        answer = stage.do(at, actor, "issue-care-sheet", body, expected=("rights-closed",))
        if isinstance(answer, str):  # the patient will see to his rights: he is prescribed for all the same
            answer = stage.do(at, actor, "issue-care-sheet", {**body, "rights_acknowledged": True})
        assert isinstance(answer, Answer)
        paper = Paper(patient, province, author, motive, asked)
        paper.printed(answer.body)
        self._approvals(at, paper, actor, dice)
        self._visits.planned(at, paper, dice)
        self._afterwards(at, paper, actor, dice)

    def _approvals(self, at: datetime, paper: Paper, actor: Actor, dice: Dice) -> None:
        """Ask for the prior approvals that the sheet needs; some are forgotten."""
        for section in paper.sections:
            for place, line in enumerate(section["lines"], 1):
                if line.get("act_code") in prescriptions.approved() and dice.chance(self._often["approval"]):
                    asked = {"number": paper.number, "section": section["type"], "line": place}
                    body = {**asked, "quantity": line["quantity"], "motive": "Prescription jointe"}
                    self._stage.do(at, actor, "request-prior-approval", body)

    def _patient(self, province: str, motive: Mapping[str, Any], day: date, dice: Dice) -> Beneficiary:
        """Somebody of that province whom the motive may bring: some of the chronic ones have come before."""
        chronic, (low, high) = motive.get("chronic"), motive.get("ages", (0, 120))
        known = self._chronic.setdefault((province, chronic), []) if chronic else []
        if known and dice.chance(300):
            return dice.pick(known)
        families, ranks = self._people.families, self._people.families.of_province[province]
        fitting: list[Beneficiary] = []
        for _ in range(_TRIES):
            members = families.members(dice.pick(ranks))
            found = [
                one
                for one in members
                if low <= one.age_on(day) <= high and motive.get("sex", one.sex) == one.sex and one.birth_date <= day
            ]
            ill = [one for one in found if any(c.label == chronic for c in one.conditions_on(day))]
            if ill or (found and not chronic):
                fitting = ill or found
                break
            fitting = fitting or found
        patient = dice.pick(fitting) if fitting else members[0]
        if chronic:
            known.append(patient)
        return patient

    def _afterwards(self, at: datetime, paper: Paper, actor: Actor, dice: Dice) -> None:
        soon = at + timedelta(minutes=dice.between(4, 50))
        if dice.chance(self._often["cancelled"]):
            self._stage.later(soon, lambda now: self._cancel(now, paper, actor, dice))
        elif dice.chance(self._often["replaced"]):
            self._stage.later(soon, lambda now: self._replace(now, paper, actor, dice))
        if dice.chance(self._often["reissued"]):
            later = at + timedelta(hours=dice.between(3, 60))
            self._stage.later(later, lambda now: self._reissue(now, paper, actor, dice))
        if dice.chance(self._often["patient_reads"]):
            patient = self._cast.patient(paper.patient)
            evening = at + timedelta(minutes=dice.between(60, 3000))
            self._stage.later(evening, lambda now: _look(self._stage, now, patient, paper))

    def _read(self, at: datetime, paper: Paper, actor: Actor) -> dict[str, str]:
        """The author looks at his sheet: what he then sends as If-Match."""
        answer = self._stage.do(at, actor, "read-care-sheet", path={"number": paper.number})
        assert isinstance(answer, Answer)
        return {"if-match": f'"{answer.revision}"'}

    def _cancel(self, at: datetime, paper: Paper, actor: Actor, dice: Dice) -> None:
        seen, body = self._read(at, paper, actor), {"reason": dice.pick(_WHY)}
        path = {"number": paper.number}
        self._stage.do(at, actor, "cancel-care-sheet", body, path=path, headers=seen, expected=_GONE)

    def _replace(self, at: datetime, paper: Paper, actor: Actor, dice: Dice) -> None:
        asked = [one for one in paper.sections if one["type"] != "prescriber"]
        if not asked:
            return
        body = {"reason": dice.pick(_WHY), "sections": asked}
        seen, path = self._read(at, paper, actor), {"number": paper.number}
        answer = self._stage.do(at, actor, "replace-care-sheet", body, path=path, headers=seen, expected=_GONE)
        if isinstance(answer, Answer):
            paper.printed(answer.body)

    def _reissue(self, at: datetime, paper: Paper, actor: Actor, dice: Dice) -> None:
        """By the author, by the patient himself, or at the counter of the CNSS."""
        who = dice.weighted([500, 300, 200])
        path = {"number": paper.number}
        agent: Professional = dice.pick(self._cast.of("agent", paper.province))
        bearer = (actor, self._cast.patient(paper.patient), self._cast.professional(agent))[who]
        seen = self._read(at, paper, bearer if who == 1 else actor)
        body = {"reason": "Ordonnance perdue"}
        answer = self._stage.do(at, bearer, "reissue-care-sheet", body, path=path, headers=seen, expected=_GONE)
        if isinstance(answer, Answer):
            paper.printed(answer.body)


def _look(stage: Stage, at: datetime, patient: Actor, paper: Paper) -> None:
    stage.do(at, patient, "list-my-care-sheets")
    stage.do(at, patient, "read-care-sheet", path={"number": paper.number})
