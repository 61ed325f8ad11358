"""The profile of a software: where its driver listens, which public key is its own, which waivers it claims.

A TOML file:

    [driver]
    endpoints = ["http://127.0.0.1:8801"]      # one per lane
    deadline_s = 20
    [client]
    client_id = "editeur-exemple"
    jwks = "cle-publique.json"                  # path beside the profile, or an inline table
    [[waiver]]
    check = "token-reused"
    cause = "…"
    ticket = "EX-12"
    owner = "…"
    expires = 2027-03-31
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from conformance.checks.catalogue import register
from conformance.drivers.contract import Nonsense, check_profile


class BadProfile(Exception):
    """The profile cannot be used; the text says which entry, what was expected, in French."""


@dataclass(frozen=True)
class Profile:
    """A profile, checked. `client` is `{client_id, name, jwks}` as registered in each world."""

    endpoints: tuple[str, ...]
    client: dict[str, Any] = field(default_factory=dict)
    deadline_s: float = 20.0
    waivers: tuple[dict[str, Any], ...] = ()
    source: str = "ligne de commande"

    def public(self) -> dict[str, Any]:
        """What the evidence keeps: no secret is in a profile, and none may be."""
        return {
            "endpoints": list(self.endpoints),
            "client_id": self.client.get("client_id"),
            "deadline_s": self.deadline_s,
            "source": self.source,
        }


def load(path: Path) -> Profile:
    """Read a profile. `BadProfile` says what to mend."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadProfile(f"le profil {path} n'existe pas") from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadProfile(f"le profil {path} est illisible ({type(error).__name__})") from None
    except tomllib.TOMLDecodeError as error:
        raise BadProfile(f"le profil {path} n'est pas du TOML : {error}") from None
    if isinstance(data.get("client"), dict):
        data["client"]["jwks"] = _jwks(path, data["client"].get("jwks"))
    try:
        data = check_profile(json.loads(json.dumps(data, default=str)))
    except Nonsense as fault:
        raise BadProfile(f"{path}, {fault}") from None
    driver, client = data["driver"], data["client"]
    return Profile(
        endpoints=tuple(driver["endpoints"]),
        client={"client_id": client["client_id"], "name": client["client_id"], "jwks": client["jwks"]},
        deadline_s=float(driver.get("deadline_s", 20)),
        waivers=tuple(_waiver(path, entry) for entry in data.get("waiver", [])),
        source=str(path),
    )


def _jwks(path: Path, value: Any) -> Any:
    """The key set itself, inline or in the file named, beside the profile."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads((path.parent / value).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise BadProfile(f"{path} : [client] jwks ne mène pas à un fichier JSON lisible ({value})") from None


def _waiver(path: Path, entry: dict[str, Any]) -> dict[str, Any]:
    """A waiver that can apply: a known check, a real date."""
    if entry["check"] not in register():
        raise BadProfile(f"{path} : dérogation sur « {entry['check']} », qui n'est le nom d'aucune vérification")
    try:
        date.fromisoformat(entry["expires"])
    except ValueError:
        raise BadProfile(f"{path} : la dérogation {entry['ticket']} expire à une date impossible") from None
    return dict(entry)
