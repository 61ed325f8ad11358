"""Health and version of a world, and the page of each problem."""

from __future__ import annotations

from functools import partial
from html import escape
from typing import Literal

from simulator.kit import clock, problems, versions
from simulator.kit.answer import JSON, Whole
from simulator.kit.context import Context
from simulator.kit.problems import Problem
from simulator.kit.route import Route
from simulator.kit.wire import Wire
from simulator.settings import simulator_version


class Health(Wire):
    """The world answers; `unofficial` is always true."""

    status: Literal["ok"] = "ok"
    simulator: str
    world: str
    time: str
    nomenclature: str
    unofficial: Literal[True] = True


class Version(Wire):
    """Versions of the simulator and of the contract; `served`: what FSE-Version may ask for."""

    simulator: str
    api: str
    fse_version: str
    served: list[str]
    unofficial: Literal[True] = True


async def _health(ctx: Context) -> Whole:
    now, nomenclature = clock.to_text(ctx.now), ctx.world.nomenclature
    said = Health(simulator=simulator_version(), world=ctx.world.id, time=now, nomenclature=nomenclature)
    return Whole(200, {"content-type": JSON}, said.model_dump_json().encode())


async def _version(_: Context) -> Whole:
    served = list(versions.SERVED)
    said = Version(simulator=simulator_version(), api="v1", fse_version=versions.CURRENT, served=served)
    return Whole(200, {"content-type": JSON}, said.model_dump_json().encode())


async def _problem(ctx: Context) -> Whole:
    """A French page for the URI of a problem's `type`."""
    entry = problems.catalogue().get(ctx.parameters["slug"])
    if entry is None:
        raise Problem("not-found", "Ce problème n'est pas au catalogue.")
    rows = {
        "Statut HTTP": str(entry.status),
        "العربية": entry.title.get("ar", ""),
        "English": entry.title.get("en", ""),
        "Que faire": entry.remedy.get("fr", ""),
        "Nouvel essai": ", ".join(f"{k} = {v}" for k, v in entry.retry.items()),
        "Fidélité": entry.fidelity,
    }
    cells = "".join(f"<dt>{escape(k)}</dt><dd>{escape(v)}</dd>" for k, v in rows.items())
    title = escape(entry.title.get("fr", entry.slug))
    page = f"<!doctype html><html lang=fr><meta charset=utf-8><title>{title}</title>"
    page += f"<h1>{title}</h1><p><code>{entry.slug}</code></p><dl>{cells}</dl>"
    return Whole(200, {"content-type": "text/html; charset=utf-8"}, page.encode())


_route = partial(Route, tag="world", source="ours")

ROUTES = (
    _route("GET /v1/health", "read-health", "Health", _health, answer=Health),
    _route("GET /v1/version", "read-version", "Version", _version, answer=Version),
    _route("GET /problems/{slug}", "problem", "The page of a problem", _problem, documented=False),
)
