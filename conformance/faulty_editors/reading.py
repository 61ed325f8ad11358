"""Faults of the counter that reads: local checks left out, refusals not respected."""

from __future__ import annotations

from conformance.reference_editor.answer import Answer
from conformance.reference_editor.codes import Payload
from conformance.reference_editor.editor import ReferenceEditor
from conformance.reference_editor.records import Json, Professional, Token
from conformance.reference_editor.trust import TrustedKeys

from .registry import fault


@fault(
    name="ignores-check-digit",
    says_fr="Envoie à la plateforme un numéro mal tapé sans contrôler sa clé.",
    breaks={"refused-before-any-exchange"},
)
class IgnoresCheckDigit(ReferenceEditor):
    def accepts_typing(self, typed: Json) -> Json:
        return {"number": typed["number"].replace(" ", ""), "backup_code": typed["backup_code"]}


@fault(
    name="ignores-signature",
    says_fr="N'examine pas la signature du code QR avant de l'envoyer.",
    breaks={"refused-before-any-exchange"},
)
class IgnoresSignature(ReferenceEditor):
    def verify_signature(self, payload: Payload, keys: TrustedKeys) -> None:
        return None


@fault(
    name="ignores-keyboard-layout",
    says_fr="Ne reconnaît pas un code lu par une douchette sur un clavier AZERTY ou arabe.",
    breaks={"section-resolved"},
)
class IgnoresKeyboardLayout(ReferenceEditor):
    def recover(self, raw: str) -> tuple[str, list[str]]:
        return raw.strip(), []


@fault(
    name="blind-retry",
    says_fr="Renvoie trois fois une lecture que la plateforme a refusée.",
    breaks={"no-blind-retry"},
)
class BlindRetry(ReferenceEditor):
    def send_resolution(self, person: Professional, proof: Json) -> Answer:
        answer = super().send_resolution(person, proof)
        for _ in range(2):
            answer = answer if answer.ok else super().send_resolution(person, proof)
        return answer


@fault(
    name="resolves-twice",
    says_fr="Fait deux échanges pour ouvrir une ordonnance : la réserver, puis la relire.",
    breaks={"one-exchange-to-resolve", "two-exchanges-per-visit"},
)
class ResolvesTwice(ReferenceEditor):
    def send_resolution(self, person: Professional, proof: Json) -> Answer:
        held = super().send_resolution(person, proof)
        return self.call(person, "POST", "/v1/resolutions", body={**proof, "hold": True}) if held.ok else held


@fault(
    name="secret-in-url",
    says_fr="Écrit le code de secours dans l'adresse de la demande.",
    breaks={"no-secret-in-address"},
)
class SecretInUrl(ReferenceEditor):
    def send_resolution(self, person: Professional, proof: Json) -> Answer:
        exposed = {"backup_code": proof["backup_code"]} if "backup_code" in proof else None
        return self.call(person, "POST", "/v1/resolutions", body={**proof, "hold": True}, query=exposed)


@fault(
    name="opens-without-holding",
    says_fr="Ouvre l'ordonnance sans la réserver.",
    breaks={
        "lines-left-as-expected",
        "refusal-explained",
        "refused-by-software",
        "section-resolved",
        "two-exchanges-per-visit",
        "visit-in-one-exchange",
        "visit-recorded",
    },
)
class OpensWithoutHolding(ReferenceEditor):
    def send_resolution(self, person: Professional, proof: Json) -> Answer:
        return self.call(person, "POST", "/v1/resolutions", body=proof)


@fault(
    name="rereads-keys-in-a-loop",
    says_fr="Relit trois fois la liste des clés devant une clé inconnue.",
    breaks={"keys-refreshed-at-most-once"},
)
class RereadsKeysInALoop(ReferenceEditor):
    def keys_for(self, payload: Payload) -> TrustedKeys:
        for _ in range(3):
            keys = super().keys_for(payload)
            if payload.key_id in keys.by_id:
                break
        return keys


@fault(
    name="needs-a-token-each-time",
    says_fr="Demande un jeton à chaque appel.",
    breaks={"token-reused"},
)
class NeedsATokenEachTime(ReferenceEditor):
    def token(self, person: Professional) -> Token:
        return self.fresh_token(person)


@fault(
    name="insists-on-closed-doors",
    says_fr="Redemande en boucle une ordonnance tenue par un autre établissement.",
    breaks={"no-blind-retry"},
)
class InsistsOnClosedDoors(ReferenceEditor):
    def send_resolution(self, person: Professional, proof: Json) -> Answer:
        answer = super().send_resolution(person, proof)
        return super().send_resolution(person, proof) if answer.code == "section-held" else answer
