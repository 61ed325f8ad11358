"""The reference of every ratio: a bare FastAPI route that parses the same body and answers it.

No authentication, no database, no journal: what the framework alone costs on this machine, at this hour.
"""

from __future__ import annotations

import argparse
import socket
from typing import Annotated, Any, Literal

import uvicorn
from fastapi import FastAPI, Request, Response
from pydantic import BaseModel, ConfigDict, Field


class Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class Beneficiary(Strict):
    registration_number: Annotated[str, Field(pattern=r"^\d{9}$")]
    dependant_rank: int


class Line(Strict):
    act_code: str | None = None
    ean13: str | None = None
    quantity: str
    unit: str | None = None
    charged: str | None = None
    posology: str | None = None
    duration_days: int | None = None
    substitution_allowed: bool | None = None


class Section(Strict):
    type: Literal["prescriber", "pharmacy"]
    lines: list[Line]


class CareSheet(Strict):
    date_of_care: str
    beneficiary: Beneficiary
    care_setting: str
    rights_acknowledged: bool
    sections: list[Section]


class Resolution(Strict):
    scan: str
    hold: bool = False


class ExecutedLine(Strict):
    line: int
    outcome: Literal["executed", "not_executed"]
    quantity: str
    ean13: str
    charged: str


class Execution(Strict):
    performed_at: str
    lines: list[ExecutedLine]


app = FastAPI(openapi_url=None)


async def _echo(model: type[BaseModel], request: Request) -> Response:
    body = model.model_validate_json(await request.body())
    return Response(body.model_dump_json(exclude_none=True), 201, media_type="application/json")


@app.post("/issue")
async def issue(request: Request) -> Any:
    return await _echo(CareSheet, request)


@app.post("/resolve")
async def resolve(request: Request) -> Any:
    return await _echo(Resolution, request)


@app.post("/execute")
async def execute(request: Request) -> Any:
    return await _echo(Execution, request)


def main() -> None:
    """Serve on a free loopback port and say which on the first line of stdout."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    door = socket.create_server(("127.0.0.1", 0))
    print(f"ECHO_READY {door.getsockname()[1]}", flush=True)
    config = uvicorn.Config(app, log_level="warning", access_log=False, http="httptools")
    uvicorn.Server(config).run(sockets=[door])


if __name__ == "__main__":
    main()
