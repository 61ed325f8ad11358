"""Health and version of a world, and the page of each problem."""

from __future__ import annotations

from html import escape
from typing import Literal, cast

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from simulator.kit import clock, problems, versions
from simulator.kit.context import context, operation
from simulator.kit.http import documented, problem_response
from simulator.kit.problems import Problem
from simulator.kit.wire import Wire
from simulator.settings import simulator_version
from simulator.worlds.model import World

router = APIRouter(tags=["world"])


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


def _world(request: Request) -> World:
    ctx = context(request)
    ctx.operation = operation(request.scope)
    return cast(World, ctx.world)


def _json(answer: Wire) -> Response:
    return Response(answer.model_dump_json(), media_type="application/json")


@router.get(
    "/v1/health",
    **documented(operation="read-health", answer=Health, public=True, source="ours"),
)
async def health(request: Request) -> Response:
    world = _world(request)
    return _json(
        Health(
            simulator=simulator_version(),
            world=world.id,
            time=clock.to_text(world.now()),
            nomenclature=world.nomenclature,
        )
    )


@router.get(
    "/v1/version",
    **documented(operation="read-version", answer=Version, public=True, source="ours"),
)
async def version(request: Request) -> Response:
    _world(request)
    return _json(
        Version(simulator=simulator_version(), api="v1", fse_version=versions.CURRENT, served=list(versions.SERVED))
    )


@router.get("/problems/{slug}", include_in_schema=False)
async def problem(request: Request) -> Response:
    """A French page for the URI of a problem's `type`."""
    _world(request)
    entry = problems.catalogue().get(request.path_params["slug"])
    if entry is None:
        return problem_response(request, Problem("not-found", "Ce problème n'est pas au catalogue."))
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
    return HTMLResponse(f"{page}<h1>{title}</h1><p><code>{entry.slug}</code></p><dl>{cells}</dl>")
