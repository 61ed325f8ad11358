"""The practice: rights first, then issuance in one call."""

from __future__ import annotations

from . import texts
from .answer import Answer
from .codes import grouped
from .issued import IssuedSheets
from .messages import shown
from .records import Json, KeptSheet, Outcome, Professional, Refusal


class Prescribing(IssuedSheets):
    """What the prescriber does."""

    def show_rights(self, given: Json) -> Outcome:
        """Show whether the beneficiary's rights are open on the date of care."""
        rights = self.check_rights(self.professional(given["professional"]), given)
        name = _name_of(rights.get("beneficiary"))
        outcome = Outcome(data={"open": rights.get("open") is True, "regime": rights.get("regime")})
        if rights.get("open") is True:
            outcome.say("info", f"Droits ouverts{name}.")
        else:
            outcome.say("warning", f"Droits fermés{name} à la date des soins.")
        outcome.messages += self.warnings_to_show(rights)
        return outcome

    def check_rights(self, person: Professional, given: Json) -> Json:
        """The platform's answer about rights; Refusal when the beneficiary is unknown."""
        question = {"beneficiary": given["beneficiary"], "date_of_care": given["date_of_care"]}
        answer = self.call(person, "POST", "/v1/rights-checks", body=question)
        self.stop_if_refused(answer)
        return answer.json()

    def issue(self, given: Json) -> Outcome:
        """Check the rights, then issue the sheet in one call."""
        person = self.professional(given["professional"])
        if person.role != "prescriber":
            raise Refusal(texts.NOT_YOURS_TO_ISSUE)
        rights = self.rights_before_issue(person, given)
        self.stop_if_closed(rights, given)
        sheet = self.compose_sheet(given, acknowledged=rights.get("open") is not True)
        answer = self.send_issue(person, sheet)
        if not answer.ok:
            raise Refusal(f"{self.outcome_of_problem(answer)} {self.lines_in_question(answer, sheet)}".strip())
        return self.show_issued(person, rights, answer)

    def rights_before_issue(self, person: Professional, given: Json) -> Json:
        """The rights on the date of care, asked anew before each issuance."""
        return self.check_rights(person, given)

    def stop_if_closed(self, rights: Json, given: Json) -> None:
        """Closed rights stop the issuance, unless the prescriber says he knows."""
        if rights.get("open") is not True and not given.get("acknowledge_closed_rights"):
            raise Refusal(texts.CONFIRM_CLOSED_RIGHTS)

    def compose_sheet(self, given: Json, *, acknowledged: bool) -> Json:
        """The care sheet as the prescriber wrote it: nothing added, nothing left out."""
        sections = [
            {"type": kind, "lines": given[field]}
            for kind, field in (("prescriber", "acts"), ("pharmacy", "medicines"))
            if given.get(field)
        ]
        return {
            "date_of_care": given["date_of_care"],
            "beneficiary": given["beneficiary"],
            "care_setting": "ambulatory",
            "rights_acknowledged": acknowledged,
            "sections": sections,
        }

    def send_issue(self, person: Professional, sheet: Json) -> Answer:
        """One sheet, one call, one key; if the answer was lost, the same sheet sent again keeps its key."""
        return self.write_once(person, "/v1/care-sheets", sheet, {})

    def lines_in_question(self, answer: Answer, sheet: Json) -> str:
        """Which lines the platform's pointers name, in words."""
        what = "absent de la nomenclature en vigueur" if answer.code == "unknown-code" else "à vérifier"
        errors = (answer.body or {}).get("errors")
        pointers = [str(error.get("pointer")) for error in errors or [] if isinstance(error, dict)]
        lines = [line for pointer in pointers if (line := _line_at(pointer, sheet))]
        return " ".join(f"{line} : {what}." for line in dict.fromkeys(lines))

    def show_issued(self, person: Professional, rights: Json, answer: Answer) -> Outcome:
        """Keep the sheet, and show its number and what the platform decided for the prescriber's own acts."""
        kept = self.keep(person.inpe, answer)
        sheet = answer.json()
        outcome = Outcome(data={"number": self.number_to_show(kept)})
        outcome.say("info", f"Feuille de soins émise sous le numéro {grouped(outcome.data['number'])}.")
        self.show_estimate(outcome, next(iter(sheet.get("claims") or []), None))
        for source in (rights, sheet):
            outcome.messages += [new for new in self.warnings_to_show(source) if new not in outcome.messages]
        return outcome

    def number_to_show(self, kept: KeptSheet) -> str:
        """The platform's number: a software never makes one."""
        return kept.number


def _name_of(beneficiary: object) -> str:
    if not isinstance(beneficiary, dict):
        return ""
    return f" pour {shown(beneficiary.get('given_name', ''))} {shown(beneficiary.get('family_name', ''))}"


def _line_at(pointer: str, sheet: Json) -> str | None:
    """``Médicament de la ligne 2 (6118…)`` for ``/sections/1/lines/1/ean13``; None if not about a line."""
    parts = pointer.strip("#/").split("/")
    if len(parts) < 4 or parts[0] != "sections" or parts[2] != "lines":
        return None
    try:
        section = sheet["sections"][int(parts[1])]
        line = section["lines"][int(parts[3])]
    except (ValueError, IndexError):
        return None
    kind = "Acte" if section["type"] == "prescriber" else "Médicament"
    code = line.get("act_code") or line.get("ean13")
    return f"{kind} de la ligne {int(parts[3]) + 1}" + (f" ({shown(code, 30)})" if code else "")
