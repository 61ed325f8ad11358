"""The counter delivers: all lines of the visit in one call, then the claim as the platform decided it."""

from __future__ import annotations

from . import messages, texts
from .answer import Answer
from .codes import grouped
from .messages import in_french, shown
from .records import Json, OpenSection, Outcome, Professional, Refusal
from .scanning import Scanning
from .texts import DECISIONS, LINE_STATES, REASONS, STATUSES


class Dispensing(Scanning):
    """What the pharmacist does once the prescription is open."""

    def execute(self, given: Json) -> Outcome:
        """Record what was delivered and what was not, for the section held here."""
        person = self.professional(given["professional"])
        section = self.held_section(person, given["number"])
        execution = self.compose_execution(section, given["lines"])
        answer = self.send_execution(person, section, execution)
        self.stop_if_refused(answer)
        return self.show_execution(section, answer)

    def held_section(self, person: Professional, number: str) -> OpenSection:
        """The section this establishment opened; Refusal when nothing was scanned."""
        key = ("".join(str(number).split()), person.establishment["id"])
        section = self.open_sections.get(key)
        if section is None or section.lease is None:
            raise Refusal(texts.NOT_SCANNED)
        return section

    def compose_execution(self, section: OpenSection, lines: list[Json]) -> Json:
        """The whole visit, dated now on the platform's clock."""
        performed = self.now().replace(microsecond=0).isoformat().replace("+00:00", "Z")
        return {"performed_at": performed, "lines": [self.compose_line(line) for line in lines]}

    def compose_line(self, line: Json) -> Json:
        """One line: delivered (what, how much, for how much), or not delivered and why."""
        if "not_executed" in line:
            return {"line": line["line"], "outcome": "not_executed", "reason": line["not_executed"]}
        delivered = {"line": line["line"], "outcome": "executed"}
        delivered |= {name: line[name] for name in ("quantity", "ean13", "charged", "lot") if line.get(name)}
        if line.get("substitution_reason"):
            delivered["substitution"] = {"reason": line["substitution_reason"]}
        return delivered

    def send_execution(self, person: Professional, section: OpenSection, execution: Json) -> Answer:
        """One call for the visit, against the revision seen and under the lease held."""
        path = f"/v1/care-sheets/{section.number}/sections/{section.type}/executions"
        return self.write_once(person, path, execution, self.guards(section))

    def guards(self, section: OpenSection) -> dict[str, str]:
        """The two proofs that nobody else wrote in between."""
        return {"If-Match": section.etag, "FSE-Lease": section.lease or ""}

    def show_execution(self, section: OpenSection, answer: Answer) -> Outcome:
        """Follow the new revision, and show the lines and the estimate as the platform decided them."""
        done = answer.json()
        section.etag = answer.etag()
        lines = [{name: line.get(name) for name in ("line", "state", "remaining")} for line in done["lines"]]
        claim = done.get("claim") or {}
        outcome = Outcome(data={"execution": done.get("id"), "claim": claim.get("id"), "lines": lines})
        outcome.say("info", f"Délivrance enregistrée pour l'ordonnance {grouped(section.number)}.")
        for line in lines:
            outcome.say("info", f"Ligne {line['line']} : {in_french(line['state'], LINE_STATES)}.")
        self.show_estimate(outcome, claim)
        outcome.messages += self.warnings_to_show(done)
        return outcome

    def consult_claim(self, given: Json) -> Outcome:
        """The reimbursement file: status, decision and the reason of each refusal, in words."""
        person = self.professional(given["professional"])
        answer = self.call(person, "GET", f"/v1/claims/{self.claim_id(given)}")
        self.stop_if_refused(answer)
        return self.show_claim(answer.json())

    def claim_id(self, given: Json) -> str:
        """The identifier, refused when it could lead elsewhere than to a claim."""
        claim = str(given["claim"])
        if not claim.replace("-", "").replace("_", "").isalnum():
            raise Refusal(messages.in_words("not-found"))
        return claim

    def show_claim(self, claim: Json) -> Outcome:
        lines = [{name: line.get(name) for name in ("line", "decision", "reason")} for line in claim["lines"]]
        outcome = Outcome(data={"status": claim.get("status"), "decision": claim.get("decision"), "lines": lines})
        outcome.say("info", f"Dossier de remboursement : {in_french(claim.get('status'), STATUSES)}.")
        if claim.get("decision"):
            outcome.say("info", f"Décision : {in_french(claim['decision'], DECISIONS)}.")
        for line in claim["lines"]:
            if line.get("decision") != "granted" or line.get("reason"):
                outcome.say("warning", self.why(line))
        self.show_estimate(outcome, claim)
        return outcome

    def why(self, line: Json) -> str:
        """The decision on one line, its reason, and what can be done about it."""
        decision = in_french(line.get("decision"), DECISIONS)
        reason = f" ({in_french(line['reason'], REASONS)})" if line.get("reason") else ""
        remedy = f" {messages.sentence(line['remedy'])}" if line.get("remedy") else ""
        return f"Ligne {shown(line.get('line'))} : {decision}{reason}.{remedy}"
