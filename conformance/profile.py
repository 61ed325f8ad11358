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
from pathlib import Path
from typing import Any


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
    driver, client = data.get("driver", {}), data.get("client", {})
    endpoints = driver.get("endpoints")
    if not isinstance(endpoints, list) or not endpoints or not all(isinstance(e, str) for e in endpoints):
        raise BadProfile(f"{path} : [driver] endpoints doit être une liste d'adresses, une par couloir")
    if not isinstance(client.get("client_id"), str):
        raise BadProfile(f"{path} : [client] client_id manque")
    return Profile(
        endpoints=tuple(endpoints),
        client={
            "client_id": client["client_id"],
            "name": client["client_id"],
            "jwks": _jwks(path, client.get("jwks")),
        },
        deadline_s=float(driver.get("deadline_s", 20)),
        waivers=tuple(_waiver(path, entry) for entry in data.get("waiver", [])),
        source=str(path),
    )


def _jwks(path: Path, value: Any) -> dict[str, Any]:
    if isinstance(value, str):
        try:
            value = json.loads((path.parent / value).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise BadProfile(f"{path} : [client] jwks ne mène pas à un fichier JSON lisible ({value})") from None
    keys = value.get("keys") if isinstance(value, dict) else None
    if not isinstance(keys, list) or not keys or not all(isinstance(k, dict) and k.get("kid") for k in keys):
        raise BadProfile(f'{path} : [client] jwks doit être {{"keys": [{{"kid": …}}]}}')
    if any("d" in key for key in keys):
        raise BadProfile(f"{path} : [client] jwks contient une clé privée ; n'y mettre que la clé publique")
    return dict(value)


def _waiver(path: Path, entry: dict[str, Any]) -> dict[str, Any]:
    missing = [name for name in ("check", "cause", "ticket", "owner", "expires") if not entry.get(name)]
    if missing:
        raise BadProfile(f"{path} : une dérogation sans {', '.join(missing)} n'est pas une dérogation")
    return {key: str(value) for key, value in entry.items()}
