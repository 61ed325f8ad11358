"""`python -m tests.traces.remake` records `petite.json` again, when an answer of the simulator changed on purpose."""

from __future__ import annotations

from pathlib import Path

from client.bench import BenchClient
from client.launch import simulator
from tests.traces.script import Actors, play_little
from traces.file import Trace, write
from traces.recording import record

LITTLE = Path(__file__).with_name("petite.json")


def recorded(bench: BenchClient, world: str = "essai-1") -> Trace:
    actors = Actors(bench, world)
    try:
        play_little(actors)
        return record(bench, world)
    finally:
        actors.close()


if __name__ == "__main__":
    with simulator() as running:
        print(write(LITTLE, recorded(BenchClient(running.url, running.bench_token))))
