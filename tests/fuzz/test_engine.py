"""The fuzz must be able to fail: a toy platform with one planted fault, and its honest twin."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from conformance.fuzz.cast import Cast
from conformance.fuzz.cli import register
from conformance.fuzz.runner import FuzzFault, throw

TOKEN = "jeton-prescripteur"
PROBLEM = {"description": "refus", "content": {"application/problem+json": {"schema": {"type": "object"}}}}
SCHEMA: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "jouet", "version": "1"},
    "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
    "paths": {
        "/v1/things": {
            "get": {
                "operationId": "list-things",
                "security": [{"bearer": ["fse:read"]}],
                "parameters": [
                    {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 9}}
                ],
                "responses": {
                    "200": {
                        "description": "ok",
                        "content": {"application/json": {"schema": {"type": "array", "items": {"type": "integer"}}}},
                    },
                    **dict.fromkeys(("401", "405", "422"), PROBLEM),
                },
            }
        }
    },
}


def answer(query: str, authorization: str | None, planted: bool) -> tuple[int, Any]:
    """The toy platform: 1 to 9 things; with the planted fault, asking for seven is a server error."""
    if authorization != f"Bearer {TOKEN}":
        return 401, {"code": "unauthenticated"}
    given = [pair.partition("=") for pair in query.split("&") if pair.partition("=")[0] == "limit"]
    limits = [value for _, _, value in given]
    if any(not (value.isascii() and value.isdigit() and 1 <= int(value) <= 9) for value in limits):
        return 422, {"code": "invalid-payload"}
    if planted and limits and int(limits[-1]) == 9:
        return 500, {"code": "internal-error"}
    return 200, [1]


@contextmanager
def platform(planted: bool) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, _, query = self.path.partition("?")
            if path == "/openapi.json":
                self.reply(200, SCHEMA)
            else:
                self.reply(*answer(query, self.headers.get("Authorization"), planted))

        def other(self) -> None:
            self.reply(405, {"code": "method-not-allowed"}, Allow="GET")

        do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = do_TRACE = do_HEAD = do_QUERY = other

        def reply(self, status: int, document: Any, **headers: str) -> None:
            body = json.dumps(document).encode()
            self.send_response(status)
            kind = "application/json" if status == 200 else "application/problem+json"
            for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def cast(url: str, scratch: Path) -> Cast:
    made = Cast(url, {"prescriber": TOKEN, "pharmacy": "autre"}, {}, {}, str(scratch / "findings.json"))
    made.write(scratch / "cast.json")
    return made


def test_a_planted_fault_is_found_with_its_curl_and_its_twin_is_clean(tmp_path: Path) -> None:
    with platform(planted=True) as url:
        found = throw(f"{url}/openapi.json", cast(url, tmp_path), tmp_path, 1, 5, 60)
    assert {finding["status"] for finding in found.findings} == {500}
    assert found.findings[0]["operation"] == "GET /v1/things"
    assert f"{url}/v1/things?limit=9" in found.findings[0]["curl"]
    with platform(planted=False) as url:
        clean = throw(f"{url}/openapi.json", cast(url, tmp_path), tmp_path, 1, 5, 60)
    assert clean.findings == [] and clean.errors == []
    assert clean.cases > 5


def test_no_schema_is_a_fault_of_the_request_not_a_clean_run(tmp_path: Path) -> None:
    with platform(planted=False) as url, pytest.raises(FuzzFault):
        throw(f"{url}/v1/absent.json", cast(url, tmp_path), tmp_path, 1, 5, 60)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--simulator", "http://192.0.2.1:8700"], "--allow-remote"),
        (["--simulator", "http://127.0.0.1:9"], "--bench-token-file"),
        (["--simulator", "http://127.0.0.1:9", "--bench-token-file", "absent"], "illisible : absent"),
        (["--simulator", "http://127.0.0.1:9", "--bench-token-file", "jeton"], "127.0.0.1:9 : pas de réponse"),
    ],
)
def test_a_wrong_request_stops_with_two(
    arguments: list[str], word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FSE_BENCH_TOKEN", raising=False)
    monkeypatch.chdir(tmp_path)
    Path("jeton").write_text("x")
    app = typer.Typer()
    register(app)
    answered = CliRunner().invoke(app, ["fuzz", "platform", *arguments])
    assert answered.exit_code == 2
    assert "Fuzz impossible" in answered.output
    assert word in answered.output
