"""Which URLs a webhook may call: this machine's but the simulator's own, or https to a host named in
``FSE_WEBHOOK_HOSTS``.
"""

from __future__ import annotations

import os
import re

from simulator.settings import is_loopback

LISTENING: set[int] = set()
"""The ports on which this process serves."""
OWN = "Cette adresse est celle du simulateur lui-même : donner celle du logiciel qui reçoit les notifications."
_PORTS = {"http": 80, "https": 443}

# Nothing that two URL parsers could read differently: no user info, no backslash, no fragment, printable ASCII.
_URL = re.compile(r"^(https?)://(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9.-]{1,253})(?::([0-9]{1,5}))?(?:[/?][^\s#\\]*)?$")


def named_hosts() -> frozenset[str]:
    """Hosts that the operator of this server allowed, in lower case: names or addresses, separated by commas."""
    return frozenset(
        name.strip().lower() for name in os.environ.get("FSE_WEBHOOK_HOSTS", "").split(",") if name.strip()
    )


def refusal(url: str, issuer: str, named: frozenset[str]) -> str | None:
    """Why this URL may not be called (French), or None.

    `issuer`: URL of the world. A server never calls itself: what it would tell one world would be a request of another.
    One that other machines reach calls its own machine only when told: otherwise a remote caller could make it speak to
    what listens there.
    """
    found = _URL.match(url) if url.isascii() and url.isprintable() else None
    if found is None:
        return "L'adresse doit avoir la forme http(s)://hôte[:port]/chemin, sans identifiants ni fragment."
    scheme, host, port = found.group(1), found.group(2).lower(), found.group(3)
    if port is not None and not 0 < int(port) < 65536:
        return "Le port de l'adresse n'existe pas."
    if _own(host, int(port or _PORTS[scheme]), issuer):
        return OWN
    if host.strip("[]") not in named and not (is_loopback(host) and _local(issuer)):
        return "Ce serveur n'appelle que cette machine et les hôtes nommés dans FSE_WEBHOOK_HOSTS."
    if scheme == "http" and not is_loopback(host):
        return "Hors de cette machine, l'adresse doit être en https."
    return None


def _own(host: str, port: int, issuer: str) -> bool:
    """Whether the server itself answers there: at its public address, or on its socket under any of its names."""
    here, loopback = _URL.match(issuer), is_loopback(host)
    if here is not None and port == int(here.group(3) or _PORTS[here.group(1)]):
        name = here.group(2).lower()
        if host.rstrip(".") == name.rstrip(".") or (loopback and is_loopback(name)):
            return True
    return loopback and port in LISTENING


def _local(issuer: str) -> bool:
    found = _URL.match(issuer)
    return found is not None and is_loopback(found.group(2))
