"""Idempotency keys, and requests that are sent again."""

from __future__ import annotations

from collections.abc import Iterator

from coach.exchange import Exchange
from coach.rules import words
from coach.rules.lost import RETRY_S, lost, under_another_key
from coach.traffic import Found, Traffic

_TWICE_S = 60.0
_BLIND_S = 30.0
_SLOW_S = 5.0
_IN_FLIGHT_CALLS = 2
_KEY = "idempotency-key"
_OF_THEIR_OWN = ("missing-idempotency-key", "missing-user-agent", "missing-version", "unsupported-version")
"""Refusals that another rule tells of, each time."""


def key_missing(seen: Traffic) -> Iterator[Found]:
    for each in seen.exchanges:
        if each.problem == "missing-idempotency-key":
            yield Found("La demande est arrivée sans Idempotency-Key.", each)


def key_reused(seen: Traffic) -> Iterator[Found]:
    """One key for two different requests."""
    first: dict[str, Exchange] = {}
    for each in seen.exchanges:
        if key := each.header(_KEY):
            if each.problem == "idempotency-key-reused":
                before = (first[key],) if key in first else ()
                yield Found("La clé avait déjà servi pour une autre demande.", each, before)
            first.setdefault(key, each)


def retry_with_new_key(seen: Traffic) -> Iterator[Found]:
    """The same act again under another key, when nobody knew what had become of the first."""
    told = set()
    for before, each in under_another_key(seen):
        told.add(each.seq)
        twice = " ; les deux sont enregistrés, l'acte existe deux fois" if before.recorded and each.recorded else ""
        yield Found(
            f"L'échange n° {before.seq} était resté sans issue connue ({_issue(before)}){twice}.", each, (before,)
        )
    for before, each in _again(seen, RETRY_S):
        if each.seq not in told and _rekeyed(before, each) and _uncertain(before):
            yield Found(f"L'échange n° {before.seq} était resté sans issue connue ({_issue(before)}).", each, (before,))


def same_act_twice(seen: Traffic) -> Iterator[Found]:
    """The same act accepted twice under two keys, and nothing was wrong with the first answer."""
    for before, each in _again(seen, _TWICE_S):
        same = before.header("if-match") == each.header("if-match")  # else it was read again: another visit
        if same and _rekeyed(before, each) and before.accepted and each.accepted and not _uncertain(before):
            yield Found(f"Même contenu que l'échange n° {before.seq}, accepté lui aussi.", each, (before,))


def blind_retry(seen: Traffic) -> Iterator[Found]:
    """The very same request after a refusal that says ``never``, refused for the same reason."""
    for before, each in _again(seen, _BLIND_S):
        if before.problem in _OF_THEIR_OWN or before.status == 422:
            continue
        if before.policy == "never" and each.problem == before.problem:
            yield Found(
                f"« {words.problem(before.problem)} » ne change pas en insistant (échange n° {before.seq}).",
                each,
                (before,),
            )


def unchanged_after_422(seen: Traffic) -> Iterator[Found]:
    """The same body after a 422 that named what is wrong with it."""
    for before, each in _again(seen, RETRY_S):
        if before.status == 422 and each.problem == before.problem != "idempotency-key-reused":
            why = words.problem(before.problem)
            yield Found(f"Le corps est celui de l'échange n° {before.seq}, déjà refusé : « {why} ».", each, (before,))


def rate_limit_ignored(seen: Traffic) -> Iterator[Found]:
    """More calls before the end of the wait that a 429 asked; two may have been on their way."""
    limit: Exchange | None = None
    calls = 0
    for each in seen.exchanges:
        if limit is not None and each.at > limit.ended and not each.waited(limit, limit.retry_after):
            calls += 1
            if calls > _IN_FLIGHT_CALLS:
                told = f"{calls} appels pendant les {limit.retry_after:.0f} s d'attente demandées."
                yield Found(told, each, (limit,))
        elif each.problem == "rate-limited" or (each.status == 429 and each.retry_after):
            limit, calls = each, 0


def retry_too_soon(seen: Traffic) -> Iterator[Found]:
    """The same request before the end of the wait that its refusal asked (Retry-After, or the end of a lease)."""
    for before, each in _again(seen, RETRY_S):
        if before.status >= 400 and before.status != 429 and not each.waited(before, 0.9 * before.retry_after):
            left = f"{each.at - before.ended:.1f} s après, au lieu de {before.retry_after:.0f} s."
            yield Found(left, each, (before,))


def _again(seen: Traffic, within_s: float) -> Iterator[tuple[Exchange, Exchange]]:
    """Each request with the one before it that said the same thing, when that was that recent. Tokens apart."""
    last: dict[tuple[str, ...], Exchange] = {}
    for each in seen.exchanges:
        if each.operation in ("", "request-token"):
            continue
        before = last.get(each.act)
        if before is not None and each.at - before.ended <= within_s:
            yield before, each
        last[each.act] = each


def _rekeyed(before: Exchange, each: Exchange) -> bool:
    return "" != before.header(_KEY) != each.header(_KEY) != ""


def _uncertain(each: Exchange) -> bool:
    """May the client not know what became of it: an answer lost, slow, or still on its way?"""
    slow = each.fault == "slow-drip" or each.ended - each.at >= _SLOW_S
    return lost(each) or slow or each.problem == "idempotency-in-flight"


def _issue(each: Exchange) -> str:
    if each.fault and (lost(each) or each.fault == "slow-drip"):
        return words.FAULTS.get(each.fault, "panne")
    if each.ended - each.at >= _SLOW_S:
        return f"réponse au bout de {each.ended - each.at:.0f} s"
    return f"réponse {each.status}" if each.status else "connexion coupée"
