"""Who calls, with which token, under which version; and what must not stand in an address."""

from __future__ import annotations

from collections.abc import Iterator

from coach.exchange import AGENT, Exchange
from coach.rules import words
from coach.rules.agents import borrowed
from coach.rules.data import scopes
from coach.traffic import Found, Traffic

_LEFT_S = 60
_COUNTERS = 5
_CALLS = 10


def agent_missing(seen: Traffic) -> Iterator[Found]:
    """No User-Agent, or one that is not ``Product/Version Editor/client_id``."""
    for each in seen.exchanges:
        if not AGENT.fullmatch(each.agent) and not each.path.startswith("/problems/"):
            yield Found(f"User-Agent reçu : « {each.agent} »." if each.agent else "Aucun User-Agent.", each)


def agent_default(seen: Traffic) -> Iterator[Found]:
    """The default of an HTTP library, the name of an example, or the identifier of another software."""
    for each in seen.exchanges:
        named = AGENT.fullmatch(each.agent)
        if named is None:
            continue
        if borrowed(each.agent):
            yield Found(f"« {each.agent} » est celui d'un exemple ou d'une bibliothèque.", each)
        elif each.raw.get("client_id") and named[1] != each.client:
            yield Found(f"Il nomme « {named[1]} », le jeton est celui de « {each.client} ».", each)


def secret_in_address(seen: Traffic) -> Iterator[Found]:
    """A token, a backup code or the text of a QR in a path or a query."""
    for each in seen.exchanges:
        if each.tells_in_address(seen.secrets):
            yield Found("Un jeton, un code de secours ou le texte d'un QR est dans l'adresse.", each)


def version_unsaid(seen: Traffic) -> Iterator[Found]:
    """FSE-Version absent (served with a warning, then refused), or no longer served."""
    for each in seen.exchanges:
        if each.problem in ("missing-version", "unsupported-version") or each.replied("fse-warning"):
            yield Found(_version_told(each), each)


def _version_told(each: Exchange) -> str:
    if each.problem:
        return f"Refusé : « {words.problem(each.problem)} »."
    since = each.replied("fse-warning").partition("becomes-error-on=")[2]
    when = f" ; l'appel sera refusé à partir du {words.day(since)}" if since else ""
    return f"FSE-Version manque{when}."


def token_at_each_call(seen: Traffic) -> Iterator[Found]:
    """New tokens of the same person and scopes, while more than a few still lived that had served for one call each.

    Several counters of one person have one each: a few are nobody's fault.
    """
    given: dict[tuple[str, ...], list[tuple[Exchange, str]]] = {}
    uses: dict[str, int] = {}
    for each in seen.exchanges:
        bearer = each.header("authorization")
        uses[bearer] = uses.get(bearer, 0) + 1
        if (who := _asked_for(each)) is None:
            continue
        live = [(token, mark) for token, mark in given.get(who, ()) if _lives(token, each)]
        wasted = [token for token, mark in live if uses.get(mark, 0) == 1]
        if len(wasted) >= _COUNTERS:
            yield Found(f"{len(wasted)} jetons encore valables n'ont servi qu'à un appel.", each, (wasted[0],))
        given[who] = [*live, (each, f"Bearer {each.answer.get('access_token')}")]


def _asked_for(each: Exchange) -> tuple[str, ...] | None:
    """For whom, and what, a token was given; None for other exchanges."""
    granted = each.raw.get("granted")
    if each.operation != "request-token" or not each.accepted or not isinstance(granted, dict):
        return None
    return tuple(str(granted.get(name) or "") for name in ("sub", "scope", "act"))


def _lives(token: Exchange, later: Exchange) -> bool:
    life = token.answer.get("expires_in")
    return isinstance(life, int) and later.world_at < token.world_at + life - _LEFT_S


def scope_unused(seen: Traffic) -> Iterator[Found]:
    """Scopes that the software names in its token requests and never uses; once it has made ten calls."""
    asked: dict[str, Exchange] = {}
    for each in seen.of("request-token"):
        if each.accepted:
            asked = dict.fromkeys(each.form.get("scope", "").split(), each) | asked
    called = {each.operation for each in seen.exchanges}
    unused = [scope for scope in sorted(asked) if not called & scopes().get(scope, called)]
    if unused and sum(1 for each in seen.exchanges if each.operation != "request-token") >= _CALLS:
        yield Found(f"Demandées, jamais utilisées : {', '.join(unused)}.", asked[unused[0]])
