"""An editor that always says no earns nothing: every refusal it gives stands beside a twin that fails."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.reference_editor.development_key import CLIENT_ID, public_jwks
from tests.conformance.test_commands import program

NO = {
    "status": "refused",
    "messages": [{"level": "error", "text": "Cette action n'est pas possible pour le moment."}],
    "data": {},
}
CAPABILITIES = {
    "contract": "1",
    "product": "ToujoursNon",
    "version": "1",
    "editor": "Essai",
    "professions": ["prescriber", "pharmacy"],
    "actions": ["configure", "reset", "issue", "print", "scan", "execute", "consult-claim"],
    "reconfigurable": True,
    "clock": True,
    "offline_queue": False,
    "print": True,
    "webhooks": False,
    "client": {"client_id": CLIENT_ID, "jwks": public_jwks()},
}


class AlwaysNo(http.server.BaseHTTPRequestHandler):
    """A driver in twenty lines of the standard library, as a stranger would write it."""

    def answer(self, value: Any) -> None:
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        self.answer(CAPABILITIES)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        silent = self.path.endswith(("/reset", "/configure"))
        self.answer({"status": "completed", "messages": [], "data": {}} if silent else NO)

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def always_no() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), AlwaysNo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.long
def test_always_no_passes_no_case(tmp_path: Path, always_no: str) -> None:
    done = program("homologate", "--driver", always_no, "--quiet", cwd=tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    verdict = json.loads(next(tmp_path.glob("runs/*/verdict.json")).read_text(encoding="utf-8"))
    by_case = {case["case"]: case["verdict"] for case in verdict["cases"]}
    assert "passed" not in by_case.values()
    assert by_case["CAS-ISS-05"] == "inconclusive"
    blamed = {check["check"] for case in verdict["cases"] for check in case["checks"] if check["verdict"] == "failed"}
    assert "issued-once" not in blamed  # nothing was sent: nothing was sent twice
