"""Which route answers: exact paths by a dictionary, the others by their pattern, in the order given.

The routes are described by FastAPI and served without it: they take a Request and answer a Response, and
need neither dependency resolution nor middleware, which is most of what a framework spends on a call.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fastapi.routing import APIRoute

from simulator.kit.problems import Problem


class Routes:
    """The routes of a world. Paths are below the world, percent-decoded."""

    def __init__(self, routes: Iterable[APIRoute]) -> None:
        self._exact: dict[str, list[APIRoute]] = {}
        self._patterns: list[APIRoute] = []
        for route in routes:
            if "{" in route.path:
                self._patterns.append(route)
            else:
                self._exact.setdefault(route.path, []).append(route)

    def find(self, method: str, path: str) -> tuple[APIRoute, dict[str, Any]]:
        """The route and its path parameters. Raises Problem not-found or method-not-allowed."""
        allowed: set[str] = set()
        for route in self._exact.get(path, ()):
            if method in _methods(route):
                return route, {}
            allowed |= _methods(route)
        if allowed:  # a path with a name of its own is never the value of a pattern
            raise method_not_allowed(allowed)
        for route in self._patterns:
            if (match := route.path_regex.match(path)) is None:
                continue
            if method in _methods(route):
                convert = route.param_convertors
                return route, {name: convert[name].convert(text) for name, text in match.groupdict().items()}
            allowed |= _methods(route)
        if allowed:
            raise method_not_allowed(allowed)
        raise not_found()


def _methods(route: APIRoute) -> set[str]:
    return route.methods or set()


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
