"""What proves that the paper is at the counter: a genuine scan, or the number and its backup code."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from simulator.care_sheets import store as sheets
from simulator.care_sheets.model import Sheet
from simulator.codes import backup, payload, signing
from simulator.codes import number as numbers
from simulator.codes.recovery import Diagnostic
from simulator.kit import clock
from simulator.kit.call import Call
from simulator.kit.problems import Problem, pointed
from simulator.kit.storage import Tx
from simulator.resolutions import rotations, throttle
from simulator.resolutions.answers import TypedResolution


class Proved(Struct, frozen=True):
    """The sheet whose paper is there, and the accidents of the reading."""

    sheet: Sheet
    diagnostics: tuple[Diagnostic, ...] = ()


def by_scan(tx: Tx, call: Call, raw: str, *, at: datetime | None = None) -> Proved:
    """The sheet of a scan, as the scanner typed it.

    `at`: the instant of a visit that is told afterwards. The sheet's validity is judged on that day, and a paper that
    has been reissued since proves the visit: it was read in good faith. Raises Problem, in this order:
    unreadable-scan, wrong-environment, unknown-key, revoked-key, forged-scan, unknown-number, scan-rotated.
    """
    keys = call.world.keys
    known = keys.genuine.get(raw)
    text, scan, diagnostics = _read(raw) if known is None else (raw, known, ())
    if not scan.is_test:
        raise Problem("wrong-environment", "Ce QR n'a pas été émis dans l'environnement d'essai.")
    key = keys.scan_key(scan.key_id)
    if keys.genuine.get(text) is None:
        if not signing.verify(scan, key):
            raise Problem("forged-scan", "La signature du QR ne correspond pas à son contenu.")
        keys.genuine.add(text, scan)
    call.concerns(scan.number)
    sheet = sheets.find(tx, call.world.id, scan.number, call.now, on=at and clock.day(at))
    if sheet is None:
        raise Problem("unknown-number", "Aucune feuille ne porte ce numéro.")
    current = scan.secret == backup.scan_secret(keys.platform_secret, sheet.number, sheet.rotation)
    if not current and (at is None or not rotations.was_good(tx, call, sheet, scan.secret, at)):
        raise Problem("scan-rotated", "Un QR plus récent a été émis pour cette feuille.")
    return Proved(sheet, diagnostics)


def _read(raw: str) -> tuple[str, payload.Scan, tuple[Diagnostic, ...]]:
    try:
        return payload.read(raw)
    except payload.Unreadable as fault:
        detail = "Ce qui a été lu n'est pas le code d'une FSE."
        raise pointed("unreadable-scan", "/scan", detail, fault.code) from None


def by_code(tx: Tx, call: Call, body: TypedResolution) -> Proved:
    """The sheet of a typed number, proved by its backup code.

    Raises Problem, in this order: invalid-payload, wrong-check-digit, typing-throttled, typing-locked,
    unknown-number, wrong-backup-code; an unknown number or a wrong code is counted, whatever the refusal undoes.
    """
    number = _checked(body.number)
    call.concerns(number)
    throttle.check(tx, call, number)
    sheet = sheets.find(tx, call.world.id, number, call.now)
    if sheet is None:
        throttle.unknown(tx, call)
        raise Problem("unknown-number", "Aucune feuille ne porte ce numéro.", keep=True)
    expected = backup.derive(call.world.keys.platform_secret, number, sheet.rotation)
    if not backup.same(expected, body.backup_code):
        left = throttle.wrong(tx, call, number)
        raise Problem(
            "wrong-backup-code",
            f"Le code de secours est faux ; essais restants : {left}.",
            errors=[{"pointer": "/backup_code", "code": "wrong-backup-code", "detail": "Code faux."}],
            attempts_left=left,
            keep=True,
        )
    return Proved(sheet)


def _checked(raw: str) -> str:
    try:
        return numbers.check(raw)
    except numbers.InvalidNumber as fault:
        detail = "Le numéro de FSE est mal recopié."
        slug = "wrong-check-digit"
        if isinstance(fault, numbers.NotSixteenDigits):
            detail, slug = "Un numéro de FSE compte 16 chiffres.", "invalid-payload"
        raise pointed(slug, "/number", detail, fault.code) from None
