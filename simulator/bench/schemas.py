"""Wire shapes of the bench API."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, field_validator

import fixtures
from simulator.identity.store import Client
from simulator.kit.signing import load_public_jwk
from simulator.kit.wire import Form, Instant, Wire
from simulator.worlds.service import NewWorld

Slug = Annotated[
    str,
    Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$", examples=["essai-1"]),
    Form("un nom comme essai-1 (minuscules, chiffres et tirets, 63 au plus)"),
]
Label = Annotated[str, Field(min_length=1, max_length=200)]


def _known(tariff_set: str) -> str:
    known = fixtures.tariff_sets()
    if tariff_set not in known:
        raise ValueError(f"Ce jeu de tarifs n'existe pas ; connus : {', '.join(known)}.")
    return tariff_set


TariffSet = Annotated[str, AfterValidator(_known), Field(json_schema_extra={"enum": list(fixtures.tariff_sets())})]


class JwkSet(Wire):
    """Public keys, EC P-256, each with its `kid`."""

    keys: list[dict[str, Any]] = Field(max_length=20)

    @field_validator("keys")
    @classmethod
    def _usable(cls, keys: list[dict[str, Any]]) -> list[dict[str, Any]]:
        for jwk in keys:
            if "d" in jwk:
                raise ValueError("Une clé privée ne s'enregistre pas ; envoyer la clé publique.")
            if not isinstance(jwk.get("kid"), str):
                raise ValueError("Chaque clé doit porter un « kid ».")
            try:
                load_public_jwk(jwk)
            except ValueError:
                raise ValueError(f"La clé « {jwk['kid']} » n'est pas une clé EC P-256.") from None
        return keys


class ClientRegistration(Wire):
    """A software to register in the world."""

    client_id: Annotated[
        str,
        Field(pattern=r"^[^\s/:]{1,100}$", examples=["mon-logiciel"]),
        Form("un identifiant de 100 caractères au plus, sans espace, / ni :"),
    ]
    name: Label
    jwks: JwkSet | None = None
    secret: Label | None = None

    def client(self) -> Client:
        keys = tuple(self.jwks.keys) if self.jwks else ()
        return Client(self.client_id, self.name, keys, self.secret)


class RateLimit(Wire):
    """What each software may ask in a window of the world's time."""

    requests: int = Field(ge=1, le=10_000_000)
    window_s: int = Field(ge=1, le=86_400)


class WorldRequest(Wire):
    """A world to create; everything has a default."""

    id: Slug | None = None
    seed: Label | None = None
    now: Instant | None = None
    clock: Literal["frozen", "running"] = "frozen"
    nomenclature: Label | None = None
    tariff_set: TariffSet | None = None
    deployment: Literal["homologation", "kenitra-pilot", "national", "staged"] = "homologation"
    clients: list[ClientRegistration] = Field(default_factory=list, max_length=50)
    rate_limit: RateLimit | None = None
    persona_set: Literal["default", "kenitra"] = "default"

    @field_validator("clients")
    @classmethod
    def _distinct(cls, clients: list[ClientRegistration]) -> list[ClientRegistration]:
        if len({client.client_id for client in clients}) != len(clients):
            raise ValueError("Deux logiciels portent le même identifiant.")
        return clients

    def world(self) -> NewWorld:
        return NewWorld(
            id=self.id,
            seed=self.seed,
            now=self.now,
            mode=self.clock,
            nomenclature=self.nomenclature,
            tariff_set=self.tariff_set,
            deployment=self.deployment,
            clients=tuple(client.client() for client in self.clients),
            rate_limit=(self.rate_limit.requests, self.rate_limit.window_s) if self.rate_limit else None,
            persona_set=self.persona_set,
        )


class ClockRequest(Wire):
    """Set the clock: never back."""

    now: Instant | None = None
    mode: Literal["frozen", "running"] | None = None


class Advance(Wire):
    """Seconds to move forward: as many as one wants."""

    seconds: int = Field(ge=0)
