"""The sheets this practice issued: printing them, cancelling them."""

from __future__ import annotations

import base64

from . import texts
from .answer import Answer
from .codes import grouped
from .desk import Desk
from .records import Json, KeptSheet, Outcome, Refusal, Unavailable


class IssuedSheets(Desk):
    """Issued sheets, kept in memory with the codes that reprinting needs."""

    def forget(self) -> None:
        super().forget()
        self.sheets: dict[str, KeptSheet] = {}

    def keep(self, inpe: str, answer: Answer) -> KeptSheet:
        """Remember a sheet from the answer of its issuance."""
        sheet = answer.json()
        kept = KeptSheet(
            number=str(sheet["number"]),
            professional=inpe,
            payload=str(sheet["qr"]["payload"]),
            backup_code=str(sheet["backup_code"]),
            content=sheet,
        )
        self.sheets[kept.number] = kept
        return kept

    def kept(self, number: str) -> KeptSheet:
        """A sheet issued here, by its number; Refusal for any other."""
        sheet = self.sheets.get("".join(str(number).split()))
        if sheet is None:
            raise Refusal(texts.UNKNOWN_SHEET)
        return sheet

    def print_sheet(self, given: Json) -> Outcome:
        """The printable prescription of a sheet issued here."""
        kept = self.kept(given["number"])
        pdf = self.printed_document(kept, duplicate=bool(given.get("duplicate")))
        document = {"media_type": "application/pdf", "base64": base64.b64encode(pdf).decode()}
        return Outcome(document=document).say("info", "L'ordonnance est prête à imprimer.")

    def printed_document(self, kept: KeptSheet, *, duplicate: bool) -> bytes:
        """The document the platform makes, marked by it if it is a duplicate: nothing is added here."""
        path = f"/v1/care-sheets/{kept.number}/document.pdf"
        answer = self.call(
            self.professional(kept.professional),
            "GET",
            path,
            headers={"Accept": "application/pdf"},
            query={"duplicate": "true"} if duplicate else None,
        )
        self.stop_if_refused(answer)
        if not answer.content.startswith(b"%PDF-"):
            raise Unavailable(texts.NOT_A_DOCUMENT)
        return answer.content

    def cancel(self, given: Json) -> Outcome:
        """Cancel a sheet, at the revision the prescriber has just read."""
        kept = self.kept(given["number"])
        person = self.professional(given["professional"])
        seen = self.call(person, "GET", f"/v1/care-sheets/{kept.number}")
        self.stop_if_refused(seen)
        if seen.json().get("status") == "cancelled":
            return Outcome(data={"number": kept.number}).say("info", texts.ALREADY_CANCELLED)
        path = f"/v1/care-sheets/{kept.number}/cancellation"
        # without an idempotency key, a lost answer is not repeated: the revision would no longer match
        answer = self.call(
            person,
            "POST",
            path,
            headers={"If-Match": seen.etag()},
            body={"reason": given["reason"]},
            repeatable=False,
        )
        self.stop_if_refused(answer)
        outcome = Outcome(data={"number": kept.number}).say("info", f"La feuille {grouped(kept.number)} est annulée.")
        outcome.messages += self.warnings_to_show(answer.json())
        return outcome
