"""Chapters of the scripted run in which something is taken back: amended, withdrawn, cancelled, replaced, reissued."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from simulator.reference.people import (
    AGENT,
    BIOLOGY,
    GP,
    IMAGING,
    PATIENT,
    SECTIONS,
    THEN,
    hold,
    issue,
    visit,
)
from simulator.reference.recorder import Recorder

_ANALYSIS = {"line": 1, "outcome": "executed", "quantity": "1", "charged": "60.00"}


def _amended(tell: Recorder) -> None:
    """A price put right, then the whole execution withdrawn."""
    sheet = issue(tell)
    done = visit(tell, BIOLOGY, hold(tell, BIOLOGY, sheet), [_ANALYSIS])
    body = {"performed_at": THEN, "lines": [{**_ANALYSIS, "charged": "56.00"}]}
    path = f"/v1/executions/{done['id']}/amendment"
    better = tell(BIOLOGY, "POST", path, body, name="prix-corrige", expect=201, once=True, match=done["revision"])
    gone, path = {"reason": "Saisie sur la mauvaise feuille"}, f"/v1/executions/{better['id']}/withdrawal"
    tell(BIOLOGY, "POST", path, gone, name="retrait", once=True, match=better["revision"])


def _late(tell: Recorder) -> None:
    """After an outage, one item that fits and one that does not; then a section that goes on by paper."""
    sheet = issue(tell)
    items = [
        {"act_code": "B-NFS", "quantity": "1", "charged": "60.00"},
        {"label": "Prélèvement à domicile", "quantity": "1", "charged": "30.00"},
    ]
    body = {"scan": sheet["qr"]["payload"], "performed_at": THEN, "items": items}
    tell(BIOLOGY, "POST", "/v1/late-executions", body, name="apres-une-panne", expect=201, once=True)
    tell(BIOLOGY, "GET", "/v1/late-executions?to_reconcile=true")
    held = hold(tell, IMAGING, sheet)
    tell(
        IMAGING,
        "POST",
        f"/v1/care-sheets/{sheet['number']}/sections/imaging/paper-fallback",
        {"paper_reference": "KEN-2026-0042", "reason": "Panne longue", "lines": [1]},
        name="passage-au-papier",
        expect=201,
        once=True,
        match=held["revision"],
        lease=held["lease"]["id"],
    )


def _cancelled(tell: Recorder) -> None:
    """Cancelled at once where nobody holds, asked for where somebody does."""
    sheet = issue(tell)
    path = f"/v1/care-sheets/{sheet['number']}/cancellation"
    asked = {"reason": "Examen récent retrouvé", "section": "biology"}
    sheet = tell(GP, "POST", path, asked, name="section-libre", match=sheet["revision"])
    hold(tell, IMAGING, sheet)
    asked = {"reason": "Examen récent retrouvé", "section": "imaging"}
    tell(GP, "POST", path, asked, name="section-prise", match=sheet["revision"])


def _replaced(tell: Recorder) -> None:
    sheet = issue(tell)
    path, body = f"/v1/care-sheets/{sheet['number']}/replacement", {"reason": "Posologie", "sections": SECTIONS[1:2]}
    tell(GP, "POST", path, body, name="posologie-corrigee", expect=201, once=True, match=sheet["revision"])


def _reissued(tell: Recorder) -> None:
    """Lost by the patient, who asks himself; then at the counter of the CNSS."""
    sheet = issue(tell)
    path, body = f"/v1/care-sheets/{sheet['number']}/reissue", {"reason": "Ordonnance perdue"}
    new = tell(PATIENT, "POST", path, body, name="par-le-patient", once=True, match=sheet["revision"])
    tell(AGENT, "POST", path, body, name="au-guichet", once=True, match=new["revision"])


CHAPTERS: Sequence[Callable[[Recorder], None]] = (_amended, _late, _cancelled, _replaced, _reissued)
