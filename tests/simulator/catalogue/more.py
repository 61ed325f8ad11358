"""Refusals of the catalogue met again by other operations: what their own stories leave unseen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.simulator.catalogue.golden import GOLDEN
from tests.simulator.catalogue.scene import AMOXIRAM, AMOXIRAM_1G, SHEETS, Scene, delivered, medicine, must, request
from tests.simulator.lifecycle.door import Reply

TWO = {"type": "pharmacy", "lines": [medicine(), medicine(AMOXIRAM_1G)]}


def begun(play: Scene) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """A sheet of two lines of which one is executed; the sheet, the held section and the execution."""
    sheet = play.issue(TWO)
    held = play.hold(sheet)
    return sheet, held, must(play.execute(held))


def amended_twice(play: Scene) -> Reply:
    _, _, done = begun(play)
    after = must(play.afterwards(done, "amendment"))
    return play.afterwards(done, "amendment", revision=after["revision"])


def corrected_while_another_holds(play: Scene, what: str) -> Reply:
    sheet, held, done = begun(play)
    must(play.call("pharmacy", "DELETE", play.at(held, "lease")))
    play.hold(sheet, "pharmacy-b")
    return play.afterwards(done, what)


def late_on_old_paper(play: Scene) -> Reply:
    sheet = play.issue()
    must(play.about(sheet, "reissue"))
    return play.late(sheet)


def late_while_another_holds(play: Scene) -> Reply:
    sheet = play.issue()
    play.hold(sheet, "pharmacy-b")
    return play.late(sheet)


def late_on_a_line_gone_to_paper(play: Scene) -> Reply:
    sheet = play.issue()
    must(play.paper(play.hold(sheet), "PAP-0001"))
    return play.late(sheet)


def lease_over(play: Scene, method: str) -> Reply:
    held = play.hold(play.issue())
    play.world.advance(7200)
    return play.call("pharmacy", method, play.at(held, "lease"))


def reissued_after_the_end(play: Scene) -> Reply:
    sheet = play.issue()
    must(play.about(sheet, "cancellation"))
    return play.about(sheet, "reissue", revision=2)


def owed_against_a_cancellation(play: Scene) -> Reply:
    sheet = play.issue()
    held = play.hold(sheet)
    must(play.about(sheet, "cancellation"))
    return play.execute(held, delivered(quantity="1", owed=True))


def asked_by_a_suspended_software(play: Scene, operation: str) -> Reply:
    call = GOLDEN[operation](play)
    play.bench("/suspensions", {"client_id": "essai", "suspended": True})
    return call(play)


def estimated_in_hospital(play: Scene) -> Reply:
    return play.call("gp", "POST", f"{SHEETS}/estimates", request(care_setting="hospital"))


def named_on_paper(play: Scene, sheet: dict[str, Any], code: str | None = None) -> Reply:
    named = {"number": sheet["number"], **({"backup_code": code} if code else {})}
    line = {"ean13": AMOXIRAM, "quantity": "2", "charged": "84.60", "line": 1}
    return play.claim_on_paper("PAP-0001", line, care_sheet=named)


def guessed_on_paper(play: Scene, times: int) -> Reply:
    sheet = play.issue()
    for _ in range(times):
        last = named_on_paper(play, sheet, "0000-0000-0")
    return last


def guessed_on_many_papers(play: Scene) -> Reply:
    for _ in range(3):
        last = guessed_on_paper(play, 4)
    return last


def held_elsewhere(play: Scene) -> Reply:
    sheet = play.issue()
    play.hold(sheet, "pharmacy-b")
    return named_on_paper(play, sheet, sheet["backup_code"])


def executed_then_claimed_on_paper(play: Scene) -> Reply:
    sheet = play.issue()
    must(play.execute(play.hold(sheet)))
    return named_on_paper(play, sheet)


MORE: tuple[tuple[str, Callable[[Scene], Reply]], ...] = (
    ("execution-withdrawn", amended_twice),
    ("section-held", lambda play: corrected_while_another_holds(play, "amendment")),
    ("section-held", lambda play: corrected_while_another_holds(play, "withdrawal")),
    ("scan-rotated", late_on_old_paper),
    ("section-held", late_while_another_holds),
    ("line-terminal", late_on_a_line_gone_to_paper),
    ("lease-lost", lambda play: lease_over(play, "GET")),
    ("lease-lost", lambda play: lease_over(play, "PUT")),
    ("sheet-cancelled", reissued_after_the_end),
    ("cancellation-requested", owed_against_a_cancellation),
    ("not-deployed-yet", estimated_in_hospital),
    ("not-found", lambda play: named_on_paper(play, play.issue())),
    ("wrong-backup-code", lambda play: guessed_on_paper(play, 1)),
    ("typing-locked", lambda play: guessed_on_paper(play, 6)),
    ("typing-throttled", guessed_on_many_papers),
    ("section-held", held_elsewhere),
    ("already-recorded", executed_then_claimed_on_paper),
    ("client-suspended", lambda play: asked_by_a_suspended_software(play, "request-token")),
    ("client-suspended", lambda play: asked_by_a_suspended_software(play, "revoke-token")),
)
