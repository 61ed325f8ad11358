"""How often a software reads, and whether it keeps what it has read."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from coach.exchange import Exchange
from coach.traffic import Found, Traffic

_POLLS, _WINDOW_S = 6, 60.0
_FREE = ("/v1/health", "/v1/version", "/v1/nomenclature/", "/.well-known/", "/jwks.json", "/problems/")
_LISTS = "/v1/nomenclature/"
_STALE = (412, 428)


def polling_too_fast(seen: Traffic) -> Iterator[Found]:
    """More than six readings of the same thing in a minute (real, and of the world) that brought nothing new."""
    last: dict[tuple[str, ...], str] = {}
    idle: dict[tuple[str, ...], deque[Exchange]] = {}
    for each in seen.exchanges:
        if each.method != "GET" or not each.operation or each.path.startswith(_FREE):
            continue
        feed = each.operation == "list-events"
        what = (each.person, each.path, "" if feed else each.query)
        nothing = each.answer.get("items") == [] if feed else each.answered == last.get(what)
        if each.accepted:
            last[what] = each.answered
        if not (each.status == 304 or (each.accepted and nothing)):
            continue
        recent = idle.setdefault(what, deque())
        recent.append(each)
        while each.waited(recent[0], _WINDOW_S):
            recent.popleft()
        if len(recent) > _POLLS:
            yield Found(f"{len(recent)} lectures sans rien de neuf en moins d'une minute.", each, (recent[0],))


def list_downloaded_again(seen: Traffic) -> Iterator[Found]:
    """A page of a nomenclature that this person had already, asked without its ETag, or with another `limit`."""
    known: dict[tuple[str, ...], Exchange] = {}
    for each in seen.exchanges:
        if each.method != "GET" or not each.path.startswith(_LISTS) or each.status != 200:
            continue
        what = each.person, each.path, *sorted(f"{name}={value}" for name, value in each.asked if name != "limit")
        before = known.get(what)
        if before is not None and _learned_nothing(before, each) and not each.header("if-none-match"):
            yield Found(f"Ce que l'échange n° {before.seq} avait donné, sans If-None-Match.", each, (before,))
        known[what] = each


def _learned_nothing(before: Exchange, each: Exchange) -> bool:
    """The same page; or one cut elsewhere, of which more than half was there."""
    if before.replied("etag") and before.replied("etag") == each.replied("etag"):
        return True
    had, has = before.answer.get("items"), each.answer.get("items")
    if before.query == each.query or not isinstance(had, list) or not isinstance(has, list):
        return False
    shared = min(len(had), len(has))
    return had[:shared] == has[:shared] and 2 * shared > max(len(has), 1)


def revision_not_reread(seen: Traffic) -> Iterator[Found]:
    """A write refused for its revision, then again, and nothing was read in between."""
    refused: dict[tuple[str, str], Exchange] = {}
    for each in seen.exchanges:
        if each.accepted and (each.method == "GET" or each.operation == "resolve-care-sheet"):
            told = f"{each.path} {each.answered}"
            refused = {key: value for key, value in refused.items() if value.subject not in told}
        elif each.status in _STALE:
            before = refused.get((each.person, each.path))
            if before is not None:
                why = "412 : la feuille avait changé" if each.status == 412 else "428 : If-Match manquait"
                told = f"Refusé ({why}) après l'échange n° {before.seq}, sans relecture entre les deux."
                yield Found(told, each, (before,))
            refused[each.person, each.path] = each
