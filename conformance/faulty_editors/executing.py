"""Faults of the counter that delivers: guards forgotten, visit split, amounts recomputed."""

from __future__ import annotations

from decimal import Decimal

from conformance.reference_editor.answer import Answer
from conformance.reference_editor.editor import ReferenceEditor
from conformance.reference_editor.records import Json, OpenSection, Outcome, Professional

from .registry import fault


@fault(
    name="forgets-if-match",
    says_fr="Enregistre la délivrance sans dire quelle révision de la feuille il a lue.",
    breaks={"lines-left-as-expected", "preconditions-sent", "visit-recorded"},
)
class ForgetsIfMatch(ReferenceEditor):
    def guards(self, section: OpenSection) -> dict[str, str]:
        return {name: value for name, value in super().guards(section).items() if name != "If-Match"}


@fault(
    name="forgets-lease",
    says_fr="Enregistre la délivrance sans présenter sa réservation.",
    breaks={"lines-left-as-expected", "preconditions-sent", "visit-recorded"},
)
class ForgetsLease(ReferenceEditor):
    def guards(self, section: OpenSection) -> dict[str, str]:
        return {name: value for name, value in super().guards(section).items() if name != "FSE-Lease"}


@fault(
    name="splits-visit",
    says_fr="Fait un appel par ligne au lieu d'un seul pour toute la visite.",
    breaks={"two-exchanges-per-visit", "visit-in-one-exchange"},
)
class SplitsVisit(ReferenceEditor):
    def send_execution(self, person: Professional, section: OpenSection, execution: Json) -> Answer:
        for line in execution["lines"]:
            answer = super().send_execution(person, section, {**execution, "lines": [line]})
            if answer.ok:
                section.etag = answer.etag()
        return answer


@fault(
    name="forgets-undelivered-line",
    says_fr="N'enregistre pas les lignes non délivrées ni leur motif.",
    breaks={"lines-left-as-expected", "visit-recorded"},
)
class ForgetsUndeliveredLine(ReferenceEditor):
    def compose_execution(self, section: OpenSection, lines: list[Json]) -> Json:
        return super().compose_execution(section, [line for line in lines if "not_executed" not in line])


@fault(
    name="wrong-price-recorded",
    says_fr="Enregistre un prix arrondi au dirham au lieu du prix encaissé.",
    breaks={"visit-recorded"},
)
class WrongPriceRecorded(ReferenceEditor):
    def compose_line(self, line: Json) -> Json:
        rounded = {"charged": f"{round(Decimal(line['charged']))}.00"} if "charged" in line else {}
        return super().compose_line({**line, **rounded})


@fault(
    name="recomputes-estimate",
    says_fr="Affiche 70 % du prix au lieu de la part décidée par la plateforme.",
    breaks={"shares-shown-are-the-platforms"},
)
class RecomputesEstimate(ReferenceEditor):
    def show_estimate(self, outcome: Outcome, claim: Json | None) -> None:
        totals = dict((claim or {}).get("totals") or {})
        if "charged" in totals:
            charged = Decimal(totals["charged"])
            totals["cnss_share"] = str((charged * 7 / 10).quantize(Decimal("0.01")))
            totals["patient_share"] = str(charged - Decimal(totals["cnss_share"]))
        super().show_estimate(outcome, {"totals": totals})


@fault(
    name="forgets-who-it-is",
    says_fr="Ne s'identifie plus quand il enregistre une délivrance.",
    breaks={"lines-left-as-expected", "software-identified", "visit-recorded"},
)
class ForgetsWhoItIs(ReferenceEditor):
    delivering = False

    def user_agent(self) -> str:
        return "python-httpx/0.28" if self.delivering else super().user_agent()

    def send_execution(self, person: Professional, section: OpenSection, execution: Json) -> Answer:
        self.delivering = True
        try:
            return super().send_execution(person, section, execution)
        finally:
            self.delivering = False
