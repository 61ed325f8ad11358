"""The driver over HTTP, the command line and the editor's own key."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys

import httpx

from conformance.reference_editor.development_key import development_key, public_jwks
from conformance.reference_editor.editor import ReferenceEditor
from conformance.reference_editor.server import create_app


def drive(editor, method, path, **request):
    async def once():
        transport = httpx.ASGITransport(create_app(editor))
        async with httpx.AsyncClient(transport=transport, base_url="http://editor") as client:
            return await client.request(method, path, **request)

    return asyncio.run(once())


def test_capabilities_and_public_key():
    told = drive(ReferenceEditor(), "GET", "/driver/v1/capabilities").json()
    assert told["contract"] == "1" and "execute" in told["actions"]
    (key,) = told["client"]["jwks"]["keys"]
    assert key["kid"] == "ref-1" and "d" not in key
    assert public_jwks() == told["client"]["jwks"]
    assert development_key() is development_key()


def test_an_action_has_the_contract_shape_and_an_unknown_one_is_404(cnss):
    editor = ReferenceEditor(transport=httpx.MockTransport(cnss))
    order = {"case": "c", "deadline_s": 5, "input": {}}
    told = drive(editor, "POST", "/driver/v1/actions/describe-screen", json=order).json()
    assert set(told) == {"status", "messages", "data", "document", "durations"}
    assert told["data"]["title"] == "Accueil"
    assert drive(editor, "POST", "/driver/v1/actions/fly", json=order).status_code == 404
    assert drive(editor, "POST", "/driver/v1/actions/issue", content=b"{").status_code == 422
    refused = drive(editor, "POST", "/driver/v1/actions/issue", json={**order, "input": {"professional": "1"}})
    assert refused.json()["status"] == "refused"


def test_a_platform_without_tls_elsewhere_is_refused(cnss):
    settings = {**cnss.settings(), "issuer": "http://fse.example/w/x"}
    assert ReferenceEditor().run("configure", settings).status == "refused"


def test_the_command_announces_its_address_and_a_bad_key_is_one_line(tmp_path):
    command = [sys.executable, "-m", "conformance.reference_editor", "--port", "0", "--announce"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            ready = re.fullmatch(r"EDITOR_READY (\{.*\})\n", process.stdout.readline())
            url = json.loads(ready[1])["url"]
            assert httpx.get(f"{url}/driver/v1/capabilities").json()["product"] == "EditeurReference"
        finally:
            process.terminate()
    bad = tmp_path / "key.json"
    bad.write_text("{}")
    done = subprocess.run([*command, "--key-file", str(bad)], capture_output=True, text=True)
    assert done.returncode == 2 and done.stderr.count("\n") == 1
