"""What a kill -9 may take from the journal: the last moments, never what was answered a second before."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import httpx
import pytest

from client.bench import BenchClient
from client.launch import simulator

MANY = 25


@pytest.mark.skipif(os.name != "posix", reason="there is no kill -9 elsewhere")
def test_what_was_answered_a_second_before_is_in_the_journal(tmp_path: Path) -> None:
    database = ("--database", f"sqlite:///{tmp_path}/base.sqlite")
    with simulator(*database, data=tmp_path) as running:
        with httpx.Client(base_url=running.url, headers={"user-agent": "A/1 B/c"}, trust_env=False) as http:
            for number in range(MANY):
                assert http.get(f"/w/default/v1/rien/{number}").status_code == 404
        time.sleep(1)
        os.kill(running.pid, signal.SIGKILL)
        with simulator(*database, data=tmp_path) as again:
            bench = BenchClient(again.url, again.bench_token)
            kept = [one["request"]["path"] for one in bench.journal("default")]
            bench.close()
    assert kept == [f"/v1/rien/{number}" for number in range(MANY)]
