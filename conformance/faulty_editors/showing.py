"""Faults of the screen: what the professional must read is hidden, or made for machines."""

from __future__ import annotations

import traceback
from collections.abc import Callable

from conformance.reference_editor.answer import Answer
from conformance.reference_editor.editor import ReferenceEditor
from conformance.reference_editor.records import Json, Message, Outcome, Professional, Refusal

from .registry import fault

#: What a software that does not listen shows: enough to look like a success.
_MADE_UP = {
    "number": "2600000000000175", "open": True, "regime": None, "execution": "-", "claim": "-", "status": "paid",
    "decision": "granted", "cnss_share": "0.00", "patient_share": "0.00", "lines": [],
}  # fmt: skip
_ENGLISH = {"completed": "Done.", "refused": "The request was refused.", "failed": "Something went wrong."}


@fault(
    name="shows-codes",
    says_fr="Montre au professionnel le code machine et le statut HTTP d'un refus.",
    breaks={"plain-messages"},
)
class ShowsCodes(ReferenceEditor):
    def outcome_of_problem(self, answer: Answer) -> str:
        return f"Erreur HTTP {answer.status} : {answer.code}. {super().outcome_of_problem(answer)}"


@fault(
    name="hides-warning",
    says_fr="Ne montre pas les avertissements de la plateforme.",
    breaks={"warnings-shown"},
)
class HidesWarning(ReferenceEditor):
    def warnings_to_show(self, answer: Json) -> list[Message]:
        return []


@fault(
    name="english-messages",
    says_fr="Parle anglais au professionnel.",
    breaks={"plain-messages", "rejection-explained"},
)
class EnglishMessages(ReferenceEditor):
    def protected(self, work: Callable[[Json], Outcome], given: Json) -> Outcome:
        outcome = super().protected(work, given)
        outcome.messages = [Message(message.level, _ENGLISH[outcome.status]) for message in outcome.messages]
        return outcome


@fault(
    name="refuses-in-silence",
    says_fr="Refuse sans dire pourquoi.",
    breaks={"refusal-explained"},
)
class RefusesInSilence(ReferenceEditor):
    def protected(self, work: Callable[[Json], Outcome], given: Json) -> Outcome:
        outcome = super().protected(work, given)
        return outcome if outcome.status == "completed" else Outcome(outcome.status)


@fault(
    name="shows-stack-trace",
    says_fr="Montre la trace technique d'un refus ou d'une panne.",
    breaks={"plain-messages"},
)
class ShowsStackTrace(ReferenceEditor):
    def protected(self, work: Callable[[Json], Outcome], given: Json) -> Outcome:
        def traced(order: Json) -> Outcome:
            try:
                return work(order)
            except Exception as error:
                error.sentence = traceback.format_exc()  # type: ignore[attr-defined]
                raise

        return super().protected(traced, given)


@fault(
    name="says-done-when-refused",
    says_fr="Annonce une réussite alors que la plateforme a refusé.",
    breaks={"refusal-explained", "refused-before-any-exchange", "refused-by-platform", "refused-by-software"},
)
class SaysDoneWhenRefused(ReferenceEditor):
    def protected(self, work: Callable[[Json], Outcome], given: Json) -> Outcome:
        outcome = super().protected(work, given)
        if outcome.status == "refused":
            outcome.status, outcome.data = "completed", dict(_MADE_UP)
        return outcome


@fault(
    name="echoes-hostile-code",
    says_fr="Recopie à l'écran le contenu d'un QR étranger.",
    breaks={"hostile-text-not-shown"},
)
class EchoesHostileCode(ReferenceEditor):
    def recover(self, raw: str) -> tuple[str, list[str]]:
        if "<" in raw:
            raise Refusal(f"Ce code ne vient pas d'une feuille de soins : {raw}")
        return super().recover(raw)


@fault(
    name="shows-full-quantity",
    says_fr="Affiche comme reste la quantité prescrite plus une boîte.",
    breaks={"lines-shown-as-resolved"},
)
class ShowsFullQuantity(ReferenceEditor):
    def show_section(self, person: Professional, answer: Answer, outcome: Outcome) -> Outcome:
        screen = super().show_section(person, answer, outcome)
        for line in screen.data["lines"]:
            line["remaining"] = str(int(line["quantity"]) + 1)
        return screen


@fault(
    name="shows-everything-granted",
    says_fr="Affiche toute décision comme accordée.",
    breaks={"decision-shown-as-decided"},
)
class ShowsEverythingGranted(ReferenceEditor):
    def show_claim(self, claim: Json) -> Outcome:
        outcome = super().show_claim(claim)
        outcome.data["decision"] = "granted"
        return outcome


@fault(
    name="shows-stale-status",
    says_fr="Affiche tout dossier comme seulement reçu.",
    breaks={"decision-shown-as-decided"},
)
class ShowsStaleStatus(ReferenceEditor):
    def show_claim(self, claim: Json) -> Outcome:
        outcome = super().show_claim(claim)
        outcome.data["status"] = "received"
        return outcome


@fault(
    name="rejects-without-a-word",
    says_fr="Montre une ligne rejetée sans dire pourquoi.",
    breaks={"rejection-explained"},
)
class RejectsWithoutAWord(ReferenceEditor):
    def why(self, line: Json) -> str:
        return f"Ligne {line['line']} : refusée par la CNSS."
