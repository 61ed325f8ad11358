"""Who acts: for each person of a population, the bearer that his software's token would prove."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fixtures.model import Beneficiary, Professional
from simulator.identity.model import EXECUTING_ACR, ISSUING_ACR, granted
from simulator.identity.store import Client
from simulator.kit.call import Actor
from simulator.populations.chance import Dice
from simulator.populations.model import Population


class Cast:
    """Actors of one population, each made once; the same software for all of an establishment."""

    def __init__(self, people: Population) -> None:
        self._people = people
        self._software: Mapping[str, Any] = people.said["software"]
        self._actors: dict[tuple[str, bool], Actor] = {}
        self._places: dict[tuple[str, str, str], list[Professional]] = {}
        for one in people.generated:
            place = one.establishment.province
            for speciality in (one.speciality, ""):
                for province in (place, ""):
                    self._places.setdefault((one.role, speciality, province), []).append(one)

    def clients(self) -> tuple[Client, ...]:
        """The softwares of these people, to be registered in their world."""
        known = {id: name for softwares in self._software.values() for id, name in softwares}
        return tuple(Client(id, name) for id, name in known.items())

    def of(self, role: str, province: str, speciality: str = "") -> Sequence[Professional]:
        """Those of a province; of the region when it has none."""
        places = self._places
        return places.get((role, speciality, province)) or places.get((role, speciality, "")) or ()

    def professional(self, who: Professional, *, delegate: bool = False) -> Actor:
        """The professional, or the one who acts under his name (when there is one: never to issue)."""
        delegate = delegate and bool(who.delegates)
        key = (who.inpe, delegate)
        if (actor := self._actors.get(key)) is None:
            actor = self._actors[key] = self._made(who, who.delegates[0].id if delegate else None)
        return actor

    def _made(self, who: Professional, delegate: str | None) -> Actor:
        acr = ISSUING_ACR if who.role == "prescriber" else EXECUTING_ACR
        softwares = self._software.get(who.role) or self._software["others"]
        return Actor(
            client_id=Dice(self._people.seed, "software", who.establishment.id).pick(softwares)[0],
            inpe=who.inpe,
            role=who.role,
            speciality=who.speciality,
            establishment=who.establishment.id,
            acr=acr,
            scopes=frozenset(granted(who.role, acr, None, delegate)),
            mode="professional",
            delegate=delegate,
        )

    def patient(self, who: Beneficiary) -> Actor:
        return Actor(
            client_id=self._software["patient"][0][0],
            role="patient",
            scopes=frozenset(granted("patient", None, None)),
            mode="patient",
            patient=(who.registration_number, who.dependant_rank),
        )
