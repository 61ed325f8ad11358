"""Which route answers: exact paths by a dictionary, the others by their pattern, in the order given."""

from __future__ import annotations

from collections.abc import Iterable

from simulator.kit.problems import Problem
from simulator.kit.route import Route


class Routes:
    """The routes of a world. Paths are below the world, percent-decoded."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._exact: dict[str, dict[str, Route]] = {}
        self._patterns: dict[str, list[Route]] = {}
        for route in routes:
            if "{" in route.path:
                self._patterns.setdefault(route.method, []).append(route)
            else:
                self._exact.setdefault(route.path, {})[route.method] = route

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]]:
        """The route and its path parameters. Raises Problem not-found or method-not-allowed."""
        if (named := self._exact.get(path)) is not None:
            if method in named:
                return named[method], {}
            raise method_not_allowed(named)  # a path with a name of its own is never the value of a pattern
        for route in self._patterns.get(method, ()):
            if (match := route.pattern.fullmatch(path)) is not None:
                return route, match.groupdict()
        if allowed := {name for name in self._patterns for r in self._patterns[name] if r.pattern.fullmatch(path)}:
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
