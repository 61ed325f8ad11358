"""What every desk of the software shares: writing once, stopping at a refusal, showing what was answered."""

from __future__ import annotations

import hashlib
import json

from . import texts
from .answer import Answer
from .messages import dirhams, sentence_of_problem, warnings_of
from .records import Json, Message, Outcome, Professional, Refusal, Unavailable
from .session import Session


class Desk(Session):
    """Common manners of the prescriber's and of the pharmacist's screens."""

    def forget(self) -> None:
        super().forget()
        self.unconfirmed: dict[str, tuple[str, Json]] = {}  # intention → key and body of a lost request

    def write_once(self, person: Professional, path: str, body: Json, headers: dict[str, str]) -> Answer:
        """A POST that must happen once.

        Each repetition, even one the user asks for later, says the same thing under the same key: the
        platform then answers what it answered the first time.
        """
        what = [person.inpe, path, {**body, "performed_at": None}]
        intention = hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()
        key, body = self.unconfirmed.setdefault(intention, (self.idempotency_key(), body))
        try:
            sent = {"Idempotency-Key": key, **headers}
            answer = self.call(person, "POST", path, headers=sent, body=body)
        except Unavailable as error:
            raise Unavailable(texts.MAY_BE_RECORDED) from error
        self.unconfirmed.pop(intention, None)
        return answer

    def stop_if_refused(self, answer: Answer) -> None:
        """A refusal of the platform ends the action: it is never sent again blindly."""
        if not answer.ok:
            raise Refusal(self.outcome_of_problem(answer))

    def outcome_of_problem(self, answer: Answer) -> str:
        """The sentence the professional reads when the platform refuses."""
        return sentence_of_problem(answer.body)

    def warnings_to_show(self, answer: Json) -> list[Message]:
        """Every warning of the platform is shown."""
        return warnings_of(answer)

    def show_estimate(self, outcome: Outcome, claim: Json | None) -> None:
        """The shares exactly as the platform decided them, in ``data`` and in a sentence."""
        totals = (claim or {}).get("totals") or {}
        if totals:
            outcome.data |= {name: totals[name] for name in ("cnss_share", "patient_share")}
            cnss, patient = dirhams(totals["cnss_share"]), dirhams(totals["patient_share"])
            outcome.say("info", f"Remboursement CNSS : {cnss}. À la charge du patient : {patient}.")
