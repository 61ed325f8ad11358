"""Use case: send a document that a claim asks for, or join one to a contestation.

It is looked at, its fingerprint is kept, its content is not.
"""

from __future__ import annotations

import base64
import binascii
import hashlib

from msgspec.structs import replace as changed

from simulator.audit import store as audit
from simulator.claims import holds, notices
from simulator.claims import store as claims
from simulator.claims.model import Claim, ClaimLine
from simulator.claims.sentences import DOCUMENTS
from simulator.claims.states import LineStatus
from simulator.kit import clock
from simulator.kit.answer import Answer, Json
from simulator.kit.call import Call
from simulator.kit.problems import Problem, invalid
from simulator.kit.storage import Tx
from simulator.reviews import store
from simulator.reviews.own import own
from simulator.reviews.schemas import MAX_DOCUMENT, DocumentRequest

FIRST_BYTES = {"application/pdf": b"%PDF-", "image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG\r\n\x1a\n"}
MISSING = "document-missing"


def send(tx: Tx, call: Call, body: DocumentRequest) -> Answer:
    """Release the lines held for that document; those refused for want of it will find it when they are rechecked,
    as will any line that is contested.

    Raises Problem, in this order: professional-suspended, not-found, invalid-payload (not what it says it is, too
    large), document-not-asked.
    """
    claim = own(tx, call)
    content = decoded(body)
    asking = [line for line in claim.lines if takes(line, body.kind)]
    if not asking:
        detail = f"Aucune ligne de cette demande n'attend ce document ({DOCUMENTS[body.kind]}) ni n'est contestée."
        raise Problem("document-not-asked", detail, current_state=claim.status)
    lines = tuple(_received(tx, call, claim, line, body.kind) if line in asking else line for line in claim.lines)
    after = changed(claim, lines=lines)
    claims.save(tx, call.world, after)
    digest = hashlib.sha256(content).hexdigest()
    kept = {"kind": body.kind, "media_type": body.media_type, "size": len(content), "sha256": digest}
    who = call.actor.person
    store.insert(tx, call.world.id, store.documents, claim.id, call.now, who, **kept)
    data = {"claim": claim.id, "section": claim.section, "kind": body.kind, "sha256": digest}
    audit.append(tx, call, "claim-document-sent", notices.subject(claim), data)
    notices.decided(tx, call.world, call.now, claim, after)
    touched = [after for before, after in zip(claim.lines, lines, strict=True) if before in asking]
    answer: Json = {
        "claim": claim.id,
        **kept,
        "received_at": clock.to_text(call.now),
        "content_kept": False,
        "lines": [{"execution": one.execution, "line": one.line.line, "status": one.status.value} for one in touched],
    }
    return Answer(answer)


def decoded(body: DocumentRequest) -> bytes:
    """The document. Raises Problem invalid-payload: no base64, too large, not of the media type that it says."""
    try:
        content = base64.b64decode(body.content, validate=True)
    except binascii.Error:
        raise invalid("/content", "malformed", "Le contenu n'est pas du base64.") from None
    if len(content) > MAX_DOCUMENT:
        raise invalid("/content", "too-large", f"Le document dépasse {MAX_DOCUMENT} octets.")
    if not content.startswith(FIRST_BYTES[body.media_type]):
        raise invalid(
            "/content", "wrong-media-type", f"Les premiers octets ne sont pas ceux d'un fichier {body.media_type}."
        )
    return content


def takes(line: ClaimLine, kind: str) -> bool:
    """Whether it waits for that document, was refused for want of it, or is contested; each document once."""
    if line.status is LineStatus.CONTESTED:
        return _key(kind) not in line.cleared
    return asked_of(line) == kind


def asked_of(line: ClaimLine) -> str | None:
    """The kind of document that a line waits for, or was refused for want of; None when none, or once it is there."""
    if line.status is LineStatus.AWAITING_DOCUMENT and line.hold is not None:
        return line.hold.asks
    if line.line.reason != MISSING or line.status not in (LineStatus.ADJUDICATED, LineStatus.CONTESTED):
        return None
    asked = next((step.inputs["document"] for step in line.line.explanation if "document" in step.inputs), None)
    return None if asked is None or _key(asked) in line.cleared else asked


def _received(tx: Tx, call: Call, claim: Claim, line: ClaimLine, kind: str) -> ClaimLine:
    if line.hold is not None:
        return holds.released(tx, call.world, claim, line, call.now)
    return changed(line, cleared=(*line.cleared, _key(kind)))


def _key(kind: str) -> str:
    """What a line remembers of a document that came (see `Hold.key`)."""
    return f"document:{kind}"
