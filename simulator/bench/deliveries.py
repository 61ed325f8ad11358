"""What became of each webhook of a world, for the bench: every attempt, with its status and its time."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic_core import from_json
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from simulator.events import queue
from simulator.events.model import Event, event_id
from simulator.kit import clock
from simulator.kit.answer import Json
from simulator.kit.problems import Problem
from simulator.kit.storage import Row, Tx
from simulator.worlds.model import World
from simulator.worlds.service import Worlds

router = APIRouter(prefix="/bench/v1", tags=["bench"])
MAX_PAGE = 500


@router.get("/worlds/{world}/deliveries", operation_id="read-deliveries")
async def read(request: Request) -> Response:
    """``{"due": 0, "deliveries": […]}``; `after` skips that many, `due` counts those the worker has yet to make now."""
    worlds: Worlds = request.app.state.worlds
    world = await worlds.find(request.path_params["world"])
    after = _number(request, "after", 0)
    limit = min(max(1, _number(request, "limit", 100)), MAX_PAGE)
    return JSONResponse(await worlds.within(world).write(lambda tx: _page(tx, world, after, limit)))


def _page(tx: Tx, world: World, after: int, limit: int) -> Json:
    now = world.now()
    queue.plan(tx, world.id, now, 0)  # what was emitted and not looked at yet counts
    found = queue.everything(tx, world.id, after, limit)
    return {
        "now": clock.to_text(now),
        "due": queue.due(tx, world.id, now),
        "deliveries": [_shown(world, row, event) for row, event in found],
    }


def _shown(world: World, row: Row, event: Event) -> Json:
    shown: Json = {
        "subscription": row["subscription"],
        "client_id": row["client"],
        "url": row["url"],
        "event": event_id(world.keys.platform_secret, event.client, event.seq),
        "type": event.type,
        "status": row["status"],
        "round": row["round"],
        "attempts": from_json(row["attempts"]),
    }
    return {**shown, "due_at": row["due_at"]} if row["status"] == "pending" else shown


def _number(request: Request, name: str, default: int) -> int:
    text = request.query_params.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        error = {"pointer": f"?{name}", "code": "int-type", "detail": "Entier positif."}
        raise Problem("invalid-payload", f"« {name} » doit être un entier.", errors=[error])
    return int(text)
