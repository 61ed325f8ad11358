"""The counter reads a prescription: everything that can be known locally is checked before any call."""

from __future__ import annotations

import base64

from . import texts
from .answer import Answer
from .codes import (
    BadCode,
    Payload,
    check_backup_code,
    check_number,
    decode_payload,
    grouped,
    signature_is_good,
)
from .desk import Desk
from .keyboards import recover
from .messages import shown
from .reading import UnreadableImage, read_image
from .records import Json, OpenSection, Outcome, Professional, Refusal
from .trust import TrustedKeys, UntrustedKeys, read_published_keys


class Scanning(Desk):
    """From an image, a keyboard scanner or two typed codes to an open, held section."""

    def forget(self) -> None:
        super().forget()
        self.open_sections: dict[tuple[str, str], OpenSection] = {}  # (number, establishment)
        self.trusted: TrustedKeys | None = None

    def scan(self, given: Json) -> Outcome:
        """Read, check locally, then one exchange that opens and holds the section."""
        person = self.professional(given["professional"])
        outcome = Outcome()
        if "typed" in given:
            proof = self.accepts_typing(given["typed"])
        else:
            proof = {"scan": self.accepts_scan(self.read_raw(given), outcome)}
        answer = self.send_resolution(person, proof)
        self.stop_if_refused(answer)
        return self.show_section(person, answer, outcome)

    # -- locally ---------------------------------------------------------------------------------------

    def read_raw(self, given: Json) -> str:
        """The text that the reader or the keyboard scanner saw."""
        if "keyboard" in given:
            return str(given["keyboard"])
        try:
            return read_image(base64.b64decode(given["image"]["base64"]))
        except (UnreadableImage, ValueError) as error:
            raise Refusal(texts.UNREADABLE_IMAGE) from error

    def accepts_typing(self, typed: Json) -> Json:
        """A typed number and its backup code, both with a right check character; Refusal otherwise."""
        try:
            number = check_number(str(typed["number"]))
        except BadCode as error:
            raise Refusal(texts.BAD_NUMBER) from error
        try:
            return {"number": number, "backup_code": check_backup_code(str(typed["backup_code"]))}
        except BadCode as error:
            raise Refusal(texts.BAD_BACKUP_CODE) from error

    def accepts_scan(self, raw: str, outcome: Outcome) -> str:
        """The payload to send, once form, environment, signature and dates are right; else Refusal."""
        text, repairs = self.recover(raw)
        try:
            payload = decode_payload(text)
        except BadCode as error:
            raise Refusal(texts.NOT_A_SHEET) from error
        keys = self.keys_for(payload)
        self.check_environment(payload, keys)
        self.verify_signature(payload, keys)
        self.check_dates(payload)
        for repair in repairs:
            if repair in texts.REPAIRS:
                outcome.say("warning", texts.REPAIRS[repair])
        if payload.is_duplicate:
            outcome.say("info", "Cette ordonnance est un duplicata.")
        return text

    def recover(self, raw: str) -> tuple[str, list[str]]:
        """The payload as printed, whatever the keyboard did to it, and what had to be repaired."""
        return recover(raw)

    def check_environment(self, payload: Payload, keys: TrustedKeys) -> None:
        """A test sheet is worth nothing in production, and the reverse."""
        if payload.is_test != (keys.environment == "test"):
            raise Refusal(texts.WRONG_ENVIRONMENT)

    def verify_signature(self, payload: Payload, keys: TrustedKeys) -> None:
        """Verified here, with the published keys: an altered code never reaches the platform."""
        key = keys.by_id.get(payload.key_id)
        if key is None:
            raise Refusal(texts.UNKNOWN_KEY)
        if not signature_is_good(payload, key):
            raise Refusal(texts.FORGED)

    def check_dates(self, payload: Payload) -> None:
        """Validity on the platform's day in Morocco, as far as this software knows it."""
        if payload.issued > self.today():
            raise Refusal(texts.NOT_YET_ISSUED)
        if payload.valid_until < self.today():
            raise Refusal(texts.EXPIRED)

    def keys_for(self, payload: Payload) -> TrustedKeys:
        """The published keys, read once and kept; an unknown key id makes them read again, once."""
        if self.trusted is None or payload.key_id not in self.trusted.by_id:
            self.trusted = self.read_keys()
        return self.trusted

    def read_keys(self) -> TrustedKeys:
        """Read the published list, believed only if the trust anchor signed it."""
        settings = self.configured()
        answer = self.send("GET", f"{settings.issuer}/.well-known/fse-keys.json")
        self.stop_if_refused(answer)
        try:
            return read_published_keys(answer.json(), settings.trust_anchor, settings.issuer)
        except UntrustedKeys as error:
            raise Refusal(texts.UNTRUSTED_KEYS) from error

    # -- on the platform -------------------------------------------------------------------------------

    def send_resolution(self, person: Professional, proof: Json) -> Answer:
        """One exchange: open the section and hold it. A lost answer may be asked again: the hold is ours."""
        return self.call(person, "POST", "/v1/resolutions", body={**proof, "hold": True})

    def show_section(self, person: Professional, answer: Answer, outcome: Outcome) -> Outcome:
        """Keep the held section and show its lines."""
        found = answer.json()
        section = found["section"]
        opened = OpenSection(
            number=str(found["number"]),
            type=str(section["type"]),
            etag=answer.etag(),
            lease=(found.get("lease") or {}).get("id"),
            lines=list(section["lines"]),
        )
        self.open_sections[opened.number, person.establishment["id"]] = opened
        outcome.data = {"number": opened.number, "lines": [_line_shown(line) for line in opened.lines]}
        outcome.say("info", f"Ordonnance {grouped(opened.number)} ouverte : {len(opened.lines)} ligne(s).")
        outcome.messages += self.warnings_to_show(found)
        return outcome


def _line_shown(line: Json) -> Json:
    """A line as the screen shows it: texts of the platform are made harmless, values are left as they are."""
    return {
        "line": line["line"],
        "label": shown(line.get("label") or ""),
        "ean13": line.get("ean13"),
        "quantity": line.get("quantity"),
        "remaining": line.get("remaining"),
        "state": line.get("state"),
    }
