"""For each rule: a clumsy sequence that it catches, and its clean twin, on which it says nothing."""

from __future__ import annotations

from typing import Any

from tests.coach.told import refused, told

Sequence = list[dict[str, Any]]
SHEET = {"beneficiary": {"registration_number": "100000001"}, "date_of_care": "2026-11-23"}
WHOM = {"registration_number": "100000001", "dependant_rank": 0, "date_of_care": "2026-11-23"}
LIST = {"method": "GET", "path": "/v1/nomenclature/acts", "query": "limit=100", "replied": {"etag": '"v1"'}}
LEASE = {"id": "lea-1", "expires_at": "2026-11-23T11:00:00Z"}
HELD = {"number": "2604817390552494", "section": {"type": "pharmacy"}, "lease": LEASE}
IN_SECTION = "/v1/care-sheets/2604817390552494/sections/pharmacy"
NUMBER = "/v1/care-sheets/2604817390552494"


def issue(at: float = 0.0, key: str = "a", **changes: Any) -> dict[str, Any]:
    return told(
        "issue-care-sheet", at, **{"headers": {"idempotency-key": key}, "sent": SHEET, "status": 201, **changes}
    )


def check(at: float = 0.0, **changes: Any) -> dict[str, Any]:
    return told("check-rights", at, path="/v1/rights-checks", sent=WHOM, **changes)


def resolve(at: float = 0.0, hold: bool = True, **changes: Any) -> dict[str, Any]:
    sent = {"scan": "FSE1:A", "hold": hold}
    return told("resolve-care-sheet", at, **{"path": "/v1/resolutions", "sent": sent, "answer": HELD, **changes})


def token(at: float, mark: str, **changes: Any) -> dict[str, Any]:
    answer = {"access_token": mark, "expires_in": 600, "scope": "fse:read", "mode": "professional"}
    granted = {"sub": changes.get("inpe", "100000011"), "scope": "fse:read"}
    return told("request-token", at, path="/oauth2/token", answer=answer, granted=granted, **changes)


def use(at: float, mark: str, **changes: Any) -> dict[str, Any]:
    return told("read-claim", at, path=f"/v1/claims/{at}", method="GET", headers={"authorization": f"Bearer {mark}"})


def poll(at: float, **changes: Any) -> dict[str, Any]:
    return told("list-events", at, **{"method": "GET", "path": "/v1/events", "answer": {"items": []}, **changes})


def cancel(at: float, **changes: Any) -> dict[str, Any]:
    return told("cancel-care-sheet", at, path=f"{NUMBER}/cancellation", **changes)


def executed(at: float, *warnings: dict[str, Any]) -> dict[str, Any]:
    path = f"{IN_SECTION}/executions"
    return told("execute-section", at, path=path, sent={"at": at}, status=201, answer={"warnings": list(warnings)})


LOT = {"code": "lot-missing", "message": "…", "becomes_error_on": "2027-07-01"}
LIMIT = {**refused("rate-limited", 429, "after"), "replied": {"retry-after": "60"}}
BUSY = {**refused("storage-unavailable", 503, "same-key"), "replied": {"retry-after": "5"}}
FUTURE = {"code": "impossible-date", "pointer": "/performed_at", "detail": "dans le futur"}
LATE = {"code": "impossible-date", "pointer": "/date_of_care", "detail": "trop tard"}

CASES: dict[str, tuple[Sequence, Sequence]] = {
    "idempotency-key-missing": (
        [issue(headers={}, **refused("missing-idempotency-key", 400))],
        [issue()],
    ),
    "idempotency-key-reused": (
        [issue(), issue(9, sent={"autre": 1}, **refused("idempotency-key-reused", 422))],
        [issue(), issue(9, replied={"idempotent-replayed": "true"})],
    ),
    "retry-with-new-key": (
        [issue(status=500), issue(4, "b")],
        [issue(status=500), issue(4, "a"), issue(8, "c", sent={"autre": 1}), issue(400, "d")],
    ),
    "same-act-twice": (
        [issue(), issue(4, "b")],
        [
            issue(),
            issue(4, "a"),
            issue(300, "b"),
            issue(301, "c", sent={"autre": 1}),
            issue(302, "d", headers={"idempotency-key": "d", "if-match": '"1"'}),
            issue(303, "e", headers={"idempotency-key": "e", "if-match": '"2"'}),
        ],
    ),
    "retried-although-never": (
        [resolve(**refused("wrong-backup-code", 403)), resolve(1, **refused("wrong-backup-code", 403))],
        [
            resolve(**refused("wrong-backup-code", 403)),
            resolve(1, sent={"autre": "code"}, **refused("wrong-backup-code", 403)),
            resolve(2, **refused("section-held", 423, "after")),
            resolve(99, **refused("wrong-backup-code", 403)),
        ],
    ),
    "resent-unchanged": (
        [issue(**refused("invalid-payload", 422)), issue(3, "b", **refused("invalid-payload", 422))],
        [issue(**refused("invalid-payload", 422)), issue(3, "b", sent={"x": 1}, **refused("invalid-payload", 422))],
    ),
    "rate-limit-ignored": (
        [poll(0, **LIMIT), poll(1, **LIMIT), poll(2, **LIMIT), poll(3, **LIMIT)],
        [poll(0, **LIMIT), poll(0.002, **LIMIT), poll(0.004, **LIMIT), poll(61), poll(63), poll(65), poll(67)],
    ),
    "retry-too-soon": (
        [issue(0, **BUSY), issue(1)],
        [issue(0, **BUSY), issue(5.5), resolve(6), resolve(7)],
    ),
    "polling-too-fast": (
        [poll(n) for n in range(9)],
        [poll(n * 12) for n in range(20)] + [poll(300 + n, answer={"items": [n]}) for n in range(20)],
    ),
    "list-downloaded-again": (
        [told("list-acts", 0, **LIST), told("list-acts", 50, **LIST)],
        [
            told("list-acts", 0, **LIST),
            told("list-acts", 50, headers={"if-none-match": '"v1"'}, **{**LIST, "status": 304}),
            told("list-acts", 60, **{**LIST, "query": "limit=100&cursor=b"}),
            told("list-acts", 70, **{**LIST, "replied": {"etag": '"v2"'}}),
        ],
    ),
    "revision-not-reread": (
        [cancel(n, **refused("precondition-failed", 412, "after-refresh")) for n in (0, 1)],
        [
            cancel(0, **refused("precondition-failed", 412, "after-refresh")),
            told("read-care-sheet", 1, method="GET", path=NUMBER),
            cancel(2, **refused("precondition-failed", 412, "after-refresh")),
        ],
    ),
    "warnings-ignored": (
        [executed(n, LOT) for n in range(3)],
        [executed(0, LOT), executed(1, LOT)] + [executed(n, {"code": "rights-closed"}) for n in range(2, 6)],
    ),
    "secret-in-address": (
        [told(None, method="GET", path="/v1/resolutions", query="number=26&backup_code=ABCD-EFGH-J")],
        [told("list-events", 0, method="GET", path="/v1/events", query="after=evt-00000001abcdefghij")],
    ),
    "lease-never-released": (
        [resolve(0), poll(9000)],
        [
            resolve(0),
            told("release-lease", 60, method="DELETE", path=f"{IN_SECTION}/lease", status=204),
            resolve(120),
            executed(180),
            poll(9000),
        ],
    ),
    "token-at-each-call": (
        [each for n in range(6) for each in (token(2 * n, f"t{n}"), use(2 * n + 1, f"t{n}"))],
        [token(0, "a"), use(1, "a"), use(2, "a"), token(590, "b"), use(591, "b"), token(592, "c", inpe="2")],
    ),
    "scope-unused": (
        [token(0, "a", form="grant_type=x&scope=fse:issue+claims:read"), *(issue(n) for n in range(10))],
        [token(0, "a", form="grant_type=x&scope=fse:issue+claims:read"), use(1, "a"), *(issue(n) for n in range(10))],
    ),
    "user-agent-missing": (
        [told(client=None, headers={"user-agent": "okhttp/4.9"}, **refused("missing-user-agent", 400))],
        [told(), told(None, path="/problems/not-found", headers={"user-agent": "Mozilla/5.0"})],
    ),
    "user-agent-unchanged": (
        [told(headers={"user-agent": "Soigneux/2.1 Editeur/demo"})],
        [told(), told(headers={"user-agent": "Pythonisse/2.1 Nodal/essai"})],
    ),
    "version-not-sent": (
        [told(replied={"fse-warning": "missing-version; becomes-error-on=2027-07-01"})],
        [told(headers={"fse-version": "2026-01-01"})],
    ),
    "rights-not-checked": (
        [check(0, status=500), issue(1)],
        [check(0), issue(1), issue(2, sent={}, **refused("invalid-payload", 422))],
    ),
    "scan-not-checked": (
        [resolve(**refused("forged-scan", 422))],
        [resolve(), resolve(1, **refused("scan-rotated", 410))],
    ),
    "resolved-twice": (
        [resolve(0, hold=False), resolve(5)],
        [resolve(0), resolve(5), resolve(9, hold=False), resolve(999)],
    ),
    "platform-time-ignored": (
        [executed(0) | told("execute-section", **refused("invalid-payload", 422, errors=[FUTURE]))],
        [told("register-paper-claim", **refused("invalid-payload", 422, errors=[LATE]))],
    ),
}
