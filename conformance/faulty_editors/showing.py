"""Faults of the screen: what the professional must read is hidden, or made for machines."""

from __future__ import annotations

import traceback
from collections.abc import Callable

from conformance.reference_editor.answer import Answer
from conformance.reference_editor.editor import ReferenceEditor
from conformance.reference_editor.records import Json, Message, Outcome

from .registry import UNPINNED, fault

_ENGLISH = {"completed": "Done.", "refused": "The request was refused.", "failed": "Something went wrong."}


@fault(
    name="shows-codes",
    says_fr="Montre au professionnel le code machine et le statut HTTP d'un refus.",
    breaks=UNPINNED,
)
class ShowsCodes(ReferenceEditor):
    def outcome_of_problem(self, answer: Answer) -> str:
        return f"Erreur HTTP {answer.status} : {answer.code}. {super().outcome_of_problem(answer)}"


@fault(
    name="hides-warning",
    says_fr="Ne montre pas les avertissements de la plateforme.",
    breaks=UNPINNED,
)
class HidesWarning(ReferenceEditor):
    def warnings_to_show(self, answer: Json) -> list[Message]:
        return []


@fault(
    name="english-messages",
    says_fr="Parle anglais au professionnel.",
    breaks=UNPINNED,
)
class EnglishMessages(ReferenceEditor):
    def protected(self, work: Callable[[Json], Outcome], given: Json) -> Outcome:
        outcome = super().protected(work, given)
        outcome.messages = [Message(message.level, _ENGLISH[outcome.status]) for message in outcome.messages]
        return outcome


@fault(
    name="refuses-in-silence",
    says_fr="Refuse sans dire pourquoi.",
    breaks=UNPINNED,
)
class RefusesInSilence(ReferenceEditor):
    def protected(self, work: Callable[[Json], Outcome], given: Json) -> Outcome:
        outcome = super().protected(work, given)
        return outcome if outcome.status == "completed" else Outcome(outcome.status)


@fault(
    name="shows-stack-trace",
    says_fr="Montre la trace technique d'un refus ou d'une panne.",
    breaks=UNPINNED,
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
    breaks=UNPINNED,
)
class SaysDoneWhenRefused(ReferenceEditor):
    def protected(self, work: Callable[[Json], Outcome], given: Json) -> Outcome:
        outcome = super().protected(work, given)
        outcome.status = "completed" if outcome.status == "refused" else outcome.status
        return outcome
