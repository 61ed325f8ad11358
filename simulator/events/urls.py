"""Which URLs a webhook may call: this machine's, or https to a host named in ``FSE_WEBHOOK_HOSTS``."""

from __future__ import annotations

import os
import re

from simulator.settings import is_loopback

# Nothing that two URL parsers could read differently: no user info, no backslash, no fragment, printable ASCII.
_URL = re.compile(r"^(https?)://(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9.-]{1,253})(?::([0-9]{1,5}))?(?:[/?][^\s#\\]*)?$")


def named_hosts() -> frozenset[str]:
    """Hosts that the operator of this server allowed, in lower case: names or addresses, separated by commas."""
    return frozenset(
        name.strip().lower() for name in os.environ.get("FSE_WEBHOOK_HOSTS", "").split(",") if name.strip()
    )


def refusal(url: str, issuer: str, named: frozenset[str]) -> str | None:
    """Why this URL may not be called (French), or None.

    `issuer`: URL of the world. A server that other machines reach calls its own machine only when told:
    otherwise a remote caller could make it speak to what listens there.
    """
    found = _URL.match(url) if url.isascii() and url.isprintable() else None
    if found is None:
        return "L'adresse doit avoir la forme http(s)://hôte[:port]/chemin, sans identifiants ni fragment."
    scheme, host, port = found.group(1), found.group(2).lower(), found.group(3)
    if port is not None and not 0 < int(port) < 65536:
        return "Le port de l'adresse n'existe pas."
    if host.strip("[]") not in named and not (is_loopback(host) and _local(issuer)):
        return "Ce serveur n'appelle que cette machine et les hôtes nommés dans FSE_WEBHOOK_HOSTS."
    if scheme == "http" and not is_loopback(host):
        return "Hors de cette machine, l'adresse doit être en https."
    return None


def _local(issuer: str) -> bool:
    found = _URL.match(issuer)
    return found is not None and is_loopback(found.group(2))
