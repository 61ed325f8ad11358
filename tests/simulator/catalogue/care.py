"""Stories of sheets, sections and visits that end in a refusal."""

from __future__ import annotations

from tests.simulator.catalogue.registry import reaches
from tests.simulator.catalogue.scene import (
    AMOXIRAM_1G,
    BIOLOGY,
    DAY_S,
    NURSING,
    PHARMACY,
    PHYSIOTHERAPY,
    SHEETS,
    Scene,
    delivered,
    medicine,
    must,
)
from tests.simulator.lifecycle.door import Reply


@reaches("unknown-beneficiary")
def nobody(play: Scene) -> Reply:
    return play.try_issue(beneficiary={"registration_number": "999999999", "dependant_rank": 0})


@reaches("rights-closed")
def closed(play: Scene) -> Reply:
    return play.try_issue(beneficiary={"registration_number": "100000008", "dependant_rank": 0})


@reaches("unknown-code")
def not_in_the_list(play: Scene) -> Reply:
    return play.try_issue({"type": "pharmacy", "lines": [medicine("6118999999999")]})


@reaches("replacement-not-in-force")
def too_late_to_replace(play: Scene) -> Reply:
    return play.call("replacement-ended", "GET", f"{SHEETS}/{play.issue()['number']}")


@reaches("unknown-number")
def no_such_sheet(play: Scene) -> Reply:
    proof = {"number": "2699999999999928", "backup_code": "0000-0000-0"}
    return play.call("pharmacy", "POST", "/v1/resolutions", proof)


@reaches("wrong-check-digit")
def mistyped(play: Scene) -> Reply:
    proof = {"number": "2699999999999929", "backup_code": "0000-0000-0"}
    return play.call("pharmacy", "POST", "/v1/resolutions", proof)


@reaches("unreadable-scan")
def another_qr(play: Scene) -> Reply:
    return play.call("pharmacy", "POST", "/v1/resolutions", {"scan": "https://example.ma"})


def wrong_code(play: Scene, sheet: dict[str, str], actor: str = "pharmacy") -> Reply:
    proof = {"number": sheet["number"], "backup_code": "0000-0000-0"}
    return play.call(actor, "POST", "/v1/resolutions", proof)


@reaches("wrong-backup-code")
def guessed(play: Scene) -> Reply:
    return wrong_code(play, play.issue())


@reaches("typing-locked")
def guessed_too_often(play: Scene) -> Reply:
    sheet = play.issue()
    for _ in range(5):
        wrong_code(play, sheet)
    return wrong_code(play, sheet)


@reaches("typing-throttled")
def guessed_everywhere(play: Scene) -> Reply:
    for _ in range(3):
        sheet = play.issue()
        for _ in range(4):
            last = wrong_code(play, sheet)
    return last


@reaches("scan-rotated")
def old_paper(play: Scene) -> Reply:
    sheet = play.issue()
    must(play.about(sheet, "reissue"))
    return play.resolve(sheet)


@reaches("sheet-expired")
def after_ninety_days(play: Scene) -> Reply:
    sheet = play.issue()
    play.world.advance(91 * DAY_S)
    return play.resolve(sheet)


@reaches("sheet-cancelled")
def cancelled(play: Scene) -> Reply:
    sheet = play.issue()
    must(play.about(sheet, "cancellation"))
    return play.resolve(sheet)


@reaches("sheet-replaced")
def replaced(play: Scene) -> Reply:
    sheet = play.issue()
    must(play.about(sheet, "replacement", sections=[BIOLOGY]))
    return play.resolve(sheet)


@reaches("cannot-cancel")
def nothing_to_cancel(play: Scene) -> Reply:
    sheet = play.issue()
    must(play.execute(play.hold(sheet)))
    return play.about(sheet, "cancellation", revision=2)


@reaches("cannot-replace")
def already_begun(play: Scene) -> Reply:
    sheet = play.issue()
    must(play.execute(play.hold(sheet), delivered(quantity="1")))
    return play.about(sheet, "replacement", revision=2, sections=[BIOLOGY])


@reaches("cancellation-requested")
def extended_against_a_cancellation(play: Scene) -> Reply:
    sheet = play.issue()
    held = play.hold(sheet)
    must(play.about(sheet, "cancellation"))
    return play.call("pharmacy", "PUT", play.at(held, "lease"))


@reaches("no-section-for-role")
def nothing_for_a_laboratory(play: Scene) -> Reply:
    return play.resolve(play.issue(), "biology")


@reaches("section-to-choose")
def a_clinic_must_say_which(play: Scene) -> Reply:
    return play.resolve(play.issue(BIOLOGY, NURSING), "clinic")


@reaches("section-held")
def two_pharmacies(play: Scene) -> Reply:
    sheet = play.issue()
    play.hold(sheet)
    return play.resolve(sheet, "pharmacy-b", hold=True)


@reaches("lease-required")
def without_a_lease(play: Scene) -> Reply:
    return play.execute(play.hold(play.issue()), fse_lease=None)


@reaches("lease-lost")
def too_slow(play: Scene) -> Reply:
    held = play.hold(play.issue())
    play.world.advance(7200)
    return play.execute(held, performed_at="2026-11-23T11:00:00Z")


@reaches("nothing-open")
def already_done(play: Scene) -> Reply:
    sheet = play.issue()
    must(play.execute(play.hold(sheet)))
    return play.resolve(sheet, hold=True)


@reaches("precondition-failed")
def stale(play: Scene) -> Reply:
    return play.execute(play.hold(play.issue()), if_match='"7"')


@reaches("precondition-required")
def no_revision(play: Scene) -> Reply:
    return play.execute(play.hold(play.issue()), if_match=None)


@reaches("over-remainder")
def too_much(play: Scene) -> Reply:
    return play.execute(play.hold(play.issue()), delivered(quantity="3"))


@reaches("line-unknown")
def no_such_line(play: Scene) -> Reply:
    return play.execute(play.hold(play.issue()), delivered(line=7))


@reaches("line-terminal")
def twice(play: Scene) -> Reply:
    held = play.hold(play.issue({"type": "pharmacy", "lines": [medicine(), medicine(AMOXIRAM_1G)]}))
    done = must(play.execute(held))
    return play.execute({**held, "revision": done["revision"]})


@reaches("substitution-not-allowed")
def another_product(play: Scene) -> Reply:
    return play.execute(play.hold(play.issue()), delivered(ean13=AMOXIRAM_1G))


@reaches("line-owed")
def owed_elsewhere(play: Scene) -> Reply:
    sheet = play.issue({"type": "pharmacy", "lines": [medicine(), medicine(AMOXIRAM_1G)]})
    held = play.hold(sheet)
    must(play.execute(held, delivered(quantity="1", owed=True)))
    must(play.call("pharmacy", "DELETE", play.at(held, "lease")))
    return play.execute(play.hold(sheet, "pharmacy-b"), delivered(quantity="1"), actor="pharmacy-b")


@reaches("line-not-owed")
def nothing_owed(play: Scene) -> Reply:
    return play.execute(play.hold(play.issue()), {"line": 1, "outcome": "given_back"})


@reaches("wrong-session")
def session_three_first(play: Scene) -> Reply:
    held = play.hold(play.issue(PHYSIOTHERAPY), "physiotherapy")
    session = {"line": 1, "outcome": "executed", "quantity": "1", "act_code": "AMM-REEDUC", "charged": "80.00"}
    return play.execute(held, {**session, "session": 3}, actor="physiotherapy")


@reaches("execution-not-last")
def withdrawn_out_of_order(play: Scene) -> Reply:
    held = play.hold(play.issue())
    first = must(play.execute(held, delivered(quantity="1")))
    second = must(play.execute({**held, "revision": first["revision"]}, delivered(quantity="1")))
    return play.afterwards(first, "withdrawal", revision=second["revision"])


@reaches("execution-withdrawn")
def withdrawn_twice(play: Scene) -> Reply:
    first = must(play.execute(play.hold(play.issue())))
    after = must(play.afterwards(first, "withdrawal"))
    return play.afterwards(first, "withdrawal", revision=after["revision"])


@reaches("claim-settled")
def withdrawn_after_settlement(play: Scene) -> Reply:
    done = must(play.execute(play.hold(play.issue())))
    play.world.advance(9 * DAY_S)
    return play.afterwards(done, "withdrawal")


@reaches("late-entry-too-old")
def after_the_window(play: Scene) -> Reply:
    sheet = play.issue()
    play.world.advance(8 * DAY_S)
    return play.late(sheet)


@reaches("already-recorded")
def the_same_visit_under_another_key(play: Scene) -> Reply:
    sheet = play.issue()
    must(play.late(sheet))
    return play.late(sheet)


@reaches("paper-reference-used")
def the_same_paper_twice(play: Scene) -> Reply:
    must(play.paper(play.hold(play.issue()), "PAP-0001"))
    return play.paper(play.hold(play.issue()), "PAP-0001")


@reaches("forged-scan")
def forged(play: Scene) -> Reply:
    return scanned(play, signature=bytes(64))


@reaches("wrong-environment")
def from_production(play: Scene) -> Reply:
    return scanned(play, flags=0)


@reaches("unknown-key")
def unknown_key(play: Scene) -> Reply:
    return scanned(play, key_id=65_000)


def scanned(play: Scene, **altered: object) -> Reply:
    """A genuine payload with some fields changed, scanned."""
    from msgspec.structs import replace

    from simulator.codes import payload

    genuine = payload.decode(play.issue(PHARMACY)["qr"]["payload"])
    scan = payload.encode(replace(genuine, **altered))  # type: ignore[arg-type]
    return play.call("pharmacy", "POST", "/v1/resolutions", {"scan": scan})


@reaches("not-deployed-yet")
def in_hospital(play: Scene) -> Reply:
    return play.try_issue(care_setting="hospital")


@reaches("revoked-key")
def signed_by_a_revoked_key(play: Scene) -> Reply:
    sheet = play.issue()
    play.bench("/revocations", {"kind": "qr-key", "id": "1"})
    return play.resolve(sheet)
