"""The suite's own trial: each faulty editor in turn, and whether exactly its pinned checks turn red.

One simulator serves all; campaigns run side by side, one lane each. The score is per requirement: faults
planted (a pinned check verifies it) and caught.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from client.launch import Running, simulator
from conformance import campaign, doctor
from conformance.faulty_editors.registry import Fault, all_faults
from conformance.profile import Profile
from conformance.programs import editors
from conformance.requirements.catalogue import requirements

#: What a pinned check does under its fault: it fails, or (for a SHOULD) it warns.
RED = ("failed", "warning")


@dataclass(frozen=True)
class Tried:
    """What one faulty editor did: the checks that turned red, and the campaign's exit code."""

    fault: Fault
    red: frozenset[str]
    broken: frozenset[str]
    exit_code: int

    #: 1, or 0 (with reservations) for a fault that only breaks SHOULDs.
    expected_code: int

    @property
    def caught(self) -> bool:
        """Exactly the pinned checks, at least one of them, and the exit code that goes with them."""
        return self.fault.pinned and self.red == self.fault.breaks and self.exit_code == self.expected_code


def try_all(names: Iterable[str] = (), *, side_by_side: int = 2) -> Iterator[Tried]:
    """Try the named faults (all by default), in the order of their names. `KeyError` for an unknown one."""
    known = all_faults()
    chosen = [known[name] for name in (names or known)]
    with simulator("--memory") as running, tempfile.TemporaryDirectory(prefix="banc-fse-") as scratch:
        one: Callable[[Fault], Tried] = lambda fault: _try(fault, running, Path(scratch))  # noqa: E731
        with ThreadPoolExecutor(side_by_side) as pool:
            yield from pool.map(one, chosen)


def _try(fault: Fault, running: Running, scratch: Path) -> Tried:
    with editors(f"faulty:{fault.name}", 1) as endpoints:
        _, capabilities = doctor.driver(endpoints[0], 20)
        client = capabilities["client"]
        _, verdict = campaign.run(
            campaign.Campaign(
                profile=Profile(
                    endpoints=tuple(endpoints),
                    client={"client_id": client["client_id"], "name": fault.name, "jwks": client["jwks"]},
                ),
                capabilities=capabilities,
                simulator=running.url,
                bench_token=running.bench_token,
                platform={"name": "banc-fse", "issuer_base": running.url},
                folder=scratch / fault.name,
            )
        )
    judged = [check for case in verdict["cases"] for check in case["checks"] if check["verdict"] in RED]
    return Tried(
        fault,
        frozenset(check["check"] for check in judged),
        frozenset(check["requirement"] for check in judged),
        int(verdict["run"]["exit_code"]),
        expected_code=int(any(check["verdict"] == "failed" for check in judged)),
    )


@dataclass(frozen=True)
class Score:
    """For one requirement: how many faults were planted against it, and how many were caught."""

    requirement: str
    keyword: str
    planted: int
    caught: int
    not_tested: str | None


def scores(tried: Iterable[Tried]) -> list[Score]:
    """The score of every requirement; a MUST without a planted fault shows as 0 of 0, not as a success."""
    rows = list(tried)
    found = []
    for requirement in requirements().values():
        against = [row for row in rows if requirement.id in row.broken]
        caught = sum(row.caught for row in against)
        found.append(Score(requirement.id, requirement.keyword, len(against), caught, requirement.not_tested))
    return found


def as_json(tried: Iterable[Tried]) -> list[dict[str, Any]]:
    """The trial as plain data, for a file or another tool."""
    return [
        {
            "editor": row.fault.name,
            "pinned": sorted(row.fault.breaks),
            "red": sorted(row.red),
            "requirements": sorted(row.broken),
            "exit_code": row.exit_code,
            "caught": row.caught,
        }
        for row in tried
    ]
