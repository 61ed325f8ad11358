"""Faults of the practice: rights, content of the sheet, idempotency."""

from __future__ import annotations

from conformance.reference_editor.answer import Answer
from conformance.reference_editor.editor import ReferenceEditor
from conformance.reference_editor.records import Json, KeptSheet, Professional

from .registry import fault


@fault(
    name="no-rights-check",
    says_fr="Émet sans avoir interrogé les droits du bénéficiaire.",
    breaks={"rights-checked-before-issuance"},
)
class NoRightsCheck(ReferenceEditor):
    def rights_before_issue(self, person: Professional, given: Json) -> Json:
        return {"open": not given.get("acknowledge_closed_rights")}


@fault(
    name="ignores-closed-rights",
    says_fr="Émet malgré des droits fermés, en cochant lui-même l'accord du prescripteur.",
    breaks={"refusal-explained", "refused-by-software", "state-unchanged"},
)
class IgnoresClosedRights(ReferenceEditor):
    def stop_if_closed(self, rights: Json, given: Json) -> None:
        return None


@fault(
    name="wrong-quantity-issued",
    says_fr="Émet chaque médicament avec une unité de plus que la quantité prescrite.",
    breaks={"sheet-carries-what-was-typed"},
)
class WrongQuantityIssued(ReferenceEditor):
    def compose_sheet(self, given: Json, *, acknowledged: bool) -> Json:
        more = [{**line, "quantity": str(int(line["quantity"]) + 1)} for line in given.get("medicines", [])]
        return super().compose_sheet({**given, "medicines": more}, acknowledged=acknowledged)


@fault(
    name="forgets-last-medicine",
    says_fr="N'envoie pas le dernier médicament de l'ordonnance.",
    breaks={"outside-list-declared", "sheet-carries-what-was-typed"},
)
class ForgetsLastMedicine(ReferenceEditor):
    def compose_sheet(self, given: Json, *, acknowledged: bool) -> Json:
        kept = given.get("medicines", [])[:-1]
        return super().compose_sheet({**given, "medicines": kept}, acknowledged=acknowledged)


@fault(
    name="allows-substitution",
    says_fr="Autorise la substitution que le prescripteur n'a pas autorisée.",
    breaks={"sheet-carries-what-was-typed"},
)
class AllowsSubstitution(ReferenceEditor):
    def compose_sheet(self, given: Json, *, acknowledged: bool) -> Json:
        lines = [{**line, "substitution_allowed": True} for line in given.get("medicines", [])]
        return super().compose_sheet({**given, "medicines": lines}, acknowledged=acknowledged)


@fault(
    name="same-key-always",
    says_fr="Emploie la même clé d'idempotence pour toutes ses demandes.",
    breaks={"idempotency-key-sent", "lines-left-as-expected"},
)
class SameKeyAlways(ReferenceEditor):
    def idempotency_key(self) -> str:
        return "11111111-1111-4111-8111-111111111111"


@fault(
    name="invents-number",
    says_fr="Affiche un numéro de feuille qui n'est pas celui que la plateforme a donné.",
    breaks={"number-shown-is-the-platforms"},
)
class InventsNumber(ReferenceEditor):
    def number_to_show(self, kept: KeptSheet) -> str:
        body = str((int(kept.number[:14]) + 1) % 10**14).zfill(14)
        invented = body + f"{98 - int(body + '00') % 97:02d}"
        self.sheets[invented] = kept  # the rest of the software goes on as if nothing were wrong
        return invented


@fault(
    name="charges-another-act",
    says_fr="Facture une consultation de spécialiste à la place de l'acte saisi.",
    breaks={"shares-equal", "sheet-carries-what-was-typed"},
)
class ChargesAnotherAct(ReferenceEditor):
    def compose_sheet(self, given: Json, *, acknowledged: bool) -> Json:
        acts = [{**act, "act_code": "CS"} for act in given.get("acts", [])]
        return super().compose_sheet({**given, "acts": acts}, acknowledged=acknowledged)


@fault(
    name="issues-twice",
    says_fr="Émet deux fois la feuille, sous deux clés.",
    breaks={"issued-once", "no-blind-retry", "sheet-issued"},
)
class IssuesTwice(ReferenceEditor):
    def send_issue(self, person: Professional, sheet: Json) -> Answer:
        super().send_issue(person, sheet)
        return super().send_issue(person, sheet)
