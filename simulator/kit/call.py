"""Who calls, in which world, at what time: handed to every service function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from msgspec import Struct, field

from simulator.kit.agenda import Agenda
from simulator.kit.limits import Usage
from simulator.kit.problems import Problem
from simulator.kit.recent import Recent
from simulator.kit.signing import PrivateKey, PublicKey
from simulator.kit.storage import Tx

if TYPE_CHECKING:
    from fixtures.model import Affiliation

ActorMode = Literal["professional", "patient", "software", "first-hour"]


class Keys(Protocol):
    """A world's keys, all derived from its seed."""

    @property
    def token_key(self) -> PrivateKey: ...
    @property
    def token_kid(self) -> str: ...
    def token_signer(self, kid: str) -> PrivateKey: ...
    def token_public(self, kid: object) -> PublicKey | None: ...
    def scan_key(self, key_id: int) -> PublicKey: ...
    def qr_signer(self, key_id: int) -> PrivateKey: ...
    @property
    def qr_key_id(self) -> int: ...
    @property
    def genuine(self) -> Recent[Any]: ...
    @property
    def trust_key(self) -> PrivateKey: ...
    @property
    def platform_secret(self) -> bytes: ...


class Marks(Protocol):
    """What a world no longer trusts: ids (INPE, client ids, `jti`)."""

    @property
    def suspended_clients(self) -> set[str]: ...
    @property
    def revoked_clients(self) -> set[str]: ...
    @property
    def tokens(self) -> set[str]: ...
    @property
    def affiliations(self) -> Mapping[tuple[str, int], tuple[Affiliation, ...]]: ...
    @property
    def births(self) -> Mapping[tuple[str, int], tuple[int, date, str]]: ...


class People(Protocol):
    """Everybody that a world with a population knows, the personas included (see `simulator.populations.model`)."""

    @property
    def professionals(self) -> Mapping[str, Any]: ...
    @property
    def beneficiaries(self) -> Mapping[tuple[str, int], Any]: ...
    @property
    def establishments(self) -> Mapping[str, Any]: ...


class WorldLike(Protocol):
    """What the kit and the rooms know of a world (see `simulator.worlds.model.World`)."""

    @property
    def id(self) -> str: ...
    @property
    def seed(self) -> str: ...
    @property
    def issuer(self) -> str: ...
    @property
    def nomenclature(self) -> str: ...
    @property
    def tariff_set(self) -> str: ...
    @property
    def deployment(self) -> str: ...

    paper: bool

    @property
    def environment(self) -> Literal["test"]: ...
    @property
    def keys(self) -> Keys: ...
    @property
    def tokens(self) -> dict[str, Known]: ...
    @property
    def suspended(self) -> set[str]: ...
    @property
    def population(self) -> People | None: ...
    @property
    def marks(self) -> Marks: ...
    @property
    def era(self) -> int: ...
    @property
    def eras(self) -> frozenset[int]: ...
    @property
    def rate_limit(self) -> tuple[int, int] | None: ...
    @property
    def usage(self) -> Usage: ...
    @property
    def agenda(self) -> Agenda: ...
    def now(self) -> datetime: ...
    def draw(self, tx: Tx, label: str) -> int: ...
    def random_bytes(self, tx: Tx, label: str) -> bytes: ...


class Actor(Struct, frozen=True):
    """The bearer of an access token: a software, or a person (professional, patient) through a software.

    `patient`: (registration number, dependant rank), role `patient`, no `inpe`. `delegate`: the id of the one
    who acts under the professional's name.
    """

    client_id: str
    inpe: str | None = None
    role: str | None = None
    speciality: str | None = None
    establishment: str | None = None
    acr: str | None = None
    scopes: frozenset[str] = frozenset()
    mode: ActorMode = "software"
    product: str = ""
    patient: tuple[str, int] | None = None
    delegate: str | None = None

    @property
    def person(self) -> str:
        """Who stands behind the software: an INPE, ``number/rank`` of a patient, or nobody."""
        return self.inpe or ("" if self.patient is None else "/".join(map(str, self.patient)))


class Known(NamedTuple):
    """A genuine token: who bears it, when it expires and begins (seconds of world time; 0: at once), the slug that
    refuses it anyway."""

    actor: Actor
    expires: int
    refused: str | None
    begins: int = 0


def _nothing(subject: str) -> None:
    """Nobody is told."""


class Call(Struct, frozen=True):
    """One request, authenticated. `now` is the world's, UTC; header names are lower-case.

    `concerns`: a service tells it the sheet's number as soon as it knows it, where the path does not say it: a
    refusal is then recorded under that sheet.
    """

    world: WorldLike
    now: datetime
    actor: Actor
    trace_id: str
    operation: str
    path: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    concerns: Callable[[str], None] = _nothing

    def require(self, scope: str, *roles: str) -> None:
        """Raises Problem insufficient-scope or role-not-allowed."""
        if scope not in self.actor.scopes:
            raise Problem(
                "insufficient-scope",
                f"Cette opération demande l'habilitation « {scope} », absente du jeton.",
                required_scope=scope,
            )
        if roles and self.actor.role not in roles:
            raise Problem(
                "role-not-allowed",
                "Cette opération est réservée à d'autres métiers, donnés par « allowed_roles ».",
                allowed_roles=list(roles),
            )
