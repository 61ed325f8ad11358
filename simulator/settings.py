"""What a server is started with."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.journal.instance import Instance

DEFAULT_PORT = 8700
DEFAULT_WORLD = "default"
DEFAULT_SEED = "banc-fse"
DEMO_CLIENT = "demo"
DEMO_SECRET = "demo-secret"  # noqa: S105 - public, for the first hour on a local test world
LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "::1", "[::1]"})


@cache
def simulator_version() -> str:
    """``banc-fse/0.1.0``."""
    try:
        return f"banc-fse/{version('banc-fse')}"
    except PackageNotFoundError:
        return "banc-fse/0"


def is_loopback(host: str) -> bool:
    """True for an address that only this machine reaches."""
    if host in LOOPBACK_NAMES:
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True)
class Settings:
    """`base_url` without a trailing slash; `bench_token` None leaves the bench unmounted.

    `bench_hosts`: names allowed in the bench's Host header, beside loopback. `instance`: what signs in the name of this
    server; None: a key that lives as long as it.
    """

    base_url: str = f"http://127.0.0.1:{DEFAULT_PORT}"
    database: str = field(default="sqlite://", repr=False)
    bench_token: str | None = None
    bench_hosts: frozenset[str] = field(default_factory=frozenset)
    default_world: bool = True
    instance: Instance | None = field(default=None, repr=False)
