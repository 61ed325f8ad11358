"""Which route answers: exact paths by a dictionary, the others by their pattern, in the order given."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

from simulator.kit.problems import Problem


@dataclass(frozen=True, eq=False)
class Place:
    """Where an operation is called: ``POST /v1/care-sheets/{number}/cancellation``."""

    call: str

    @cached_property
    def method(self) -> str:
        return self.call.partition(" ")[0]

    @cached_property
    def path(self) -> str:
        return self.call.partition(" ")[2]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What a path must match whole; its groups are the path's parameters."""
        return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(self.path)))


P = TypeVar("P", bound=Place)


class Routes(Generic[P]):
    """The operations of an API, by their places. Paths are percent-decoded."""

    def __init__(self, routes: Iterable[P]) -> None:
        self._exact: dict[str, dict[str, P]] = {}
        self._patterns: dict[str, dict[int, list[P]]] = {}  # method → number of parts of the path → in order
        for route in routes:
            if "{" in route.path:
                alike = self._patterns.setdefault(route.method, {}).setdefault(route.path.count("/"), [])
                alike.append(route)
            else:
                self._exact.setdefault(route.path, {})[route.method] = route

    def find(self, method: str, path: str) -> tuple[P, dict[str, str]]:
        """The route and its path parameters. Raises Problem not-found or method-not-allowed."""
        if (named := self._exact.get(path)) is not None:
            if method in named:
                return named[method], {}
            raise method_not_allowed(named)  # a path with a name of its own is never the value of a pattern
        parts = path.count("/")  # a parameter holds none
        for route in self._patterns.get(method, {}).get(parts, ()):
            if (match := route.pattern.fullmatch(path)) is not None:
                return route, match.groupdict()
        alike = ((name, route) for name, by_parts in self._patterns.items() for route in by_parts.get(parts, ()))
        if allowed := {name for name, route in alike if route.pattern.fullmatch(path)}:
            raise method_not_allowed(allowed)
        raise not_found()


def not_found() -> Problem:
    return Problem("not-found", "Cette adresse n'existe pas.")


def method_not_allowed(methods: Iterable[str]) -> Problem:
    """405 with its Allow header."""
    allowed = ", ".join(sorted(methods))
    return Problem(
        "method-not-allowed",
        f"Méthode non prévue ici ; méthodes prévues : {allowed}.",
        headers={"allow": allowed},
    )
