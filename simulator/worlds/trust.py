"""What the bench changes of a world's trust: keys turn, people and software are suspended, secrets are revoked.

Each change is rows, one audit entry of the actor ``bench/-`` and, when a key turns, an event for every software.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Literal

from fixtures.model import Affiliation
from simulator.audit import store as audit
from simulator.beneficiaries.model import Rights
from simulator.beneficiaries.service import register, rights_on
from simulator.events import store as events
from simulator.identity import store as identity
from simulator.kit import clock
from simulator.kit.call import Actor, Call
from simulator.kit.problems import Problem
from simulator.kit.signing import BadToken, open_jws
from simulator.kit.storage import Tx
from simulator.professionals.service import directory
from simulator.worlds import marks, store
from simulator.worlds.model import World
from simulator.worlds.service import Worlds

KeyKind = Literal["qr", "token"]
RevocationKind = Literal["qr-key", "token-key", "client", "token"]
BENCH = Actor(client_id="bench")


async def rotate(worlds: Worlds, world: World, kind: KeyKind) -> None:
    """A new key signs from now on; the one before is retired and still verifies."""
    await _change(worlds, world, lambda tx, call: _turn(tx, call, world, kind))


async def suspend_professional(worlds: Worlds, world: World, inpe: str, suspended: bool) -> None:
    """Suspend a professional, or let him practise again. Raises Problem not-found."""
    if directory(world).find(inpe) is None:
        raise Problem("not-found", f"Aucun professionnel n'a l'INPE {inpe}.")
    at_first = inpe in marks.suspended_at_first()

    def unit(tx: Tx, call: Call) -> None:
        marks.remove(tx, world.id, "reinstated" if suspended else "professional", inpe)
        if suspended != at_first:
            marks.put(tx, world.id, "professional" if suspended else "reinstated", inpe, call.now)
        audit.append(tx, call, "professional-suspended" if suspended else "professional-reinstated", inpe, {})

    await _change(worlds, world, unit)


async def suspend_client(worlds: Worlds, world: World, client_id: str, suspended: bool) -> None:
    """Suspend a software, or let it work again. Raises Problem not-found."""

    def unit(tx: Tx, call: Call) -> None:
        _known_client(tx, world, client_id)
        if suspended:
            marks.put(tx, world.id, "client", client_id, call.now)
        else:
            marks.remove(tx, world.id, "client", client_id)
        audit.append(tx, call, "client-suspended" if suspended else "client-reinstated", client_id, {})

    await _change(worlds, world, unit)


async def revoke(worlds: Worlds, world: World, kind: RevocationKind, id: str) -> None:
    """Revoke a key, a software with its tokens, or one token (itself or its `jti`): for good.

    A key that signs is replaced by a new one in the same unit. Raises Problem not-found.
    """

    def unit(tx: Tx, call: Call) -> None:
        name = id
        if kind == "client":
            _known_client(tx, world, id)
        elif kind == "token":
            name = jti(id)
        elif _key_in_force(tx, world, kind, id):
            _turn(tx, call, world, "qr" if kind == "qr-key" else "token")
        marks.put(tx, world.id, "client-revoked" if kind == "client" else kind, name, call.now)
        audit.append(tx, call, f"{kind}-revoked", name, {})

    await _change(worlds, world, unit)


async def affiliate(worlds: Worlds, world: World, who: tuple[str, int], more: Affiliation) -> Rights:
    """The CNSS registers an affiliation late; rights of its first day, as they are now.

    Raises Problem unknown-beneficiary.
    """
    register(world).find(*who)

    def unit(tx: Tx, call: Call) -> None:
        marks.put(tx, world.id, "affiliation", marks.affiliation(who, more), call.now)
        days = {"from": more.start.isoformat(), "until": None if more.end is None else more.end.isoformat()}
        audit.append(tx, call, "affiliation-registered", audit.beneficiary(*who), {"regime": more.regime, **days})

    await _change(worlds, world, unit)
    return rights_on(register(world).find(*who), more.start)


async def declare_birth(
    worlds: Worlds, world: World, who: tuple[str, int], day: date, sex: str
) -> tuple[tuple[str, int], Rights]:
    """A child without a number, born that day of an insured woman or of a wife: at her number, at the first
    rank that is free. His key, and his rights that day. Raises Problem unknown-beneficiary, invalid-payload.
    """
    mother = register(world).find(*who)
    if mother.sex != "F" or mother.relation == "child":
        raise Problem("invalid-payload", "Une mère est une assurée, ou une conjointe.")
    if not mother.birth_date < day <= clock.day(world.now()):
        raise Problem("invalid-payload", "Une naissance se déclare le jour même, ou après.")
    known = register(world).people
    free = next((rank for rank in range(1, 100) if (who[0], rank) not in known), None)
    if free is None:
        raise Problem("invalid-payload", "Tous les rangs de ce numéro sont pris.")
    child = (who[0], free)

    def unit(tx: Tx, call: Call) -> None:
        marks.put(tx, world.id, "birth", f"{who[0]}/{free}/{who[1]}/{day.isoformat()}/{sex}", call.now)
        audit.append(tx, call, "birth-declared", audit.beneficiary(*child), {"birth_date": day.isoformat()})

    await _change(worlds, world, unit)
    return child, rights_on(register(world).find(*child), day)


async def _change(worlds: Worlds, world: World, unit: Callable[[Tx, Call], Any]) -> None:
    """Run the unit, count the change, then read the world's row again as any other process would."""

    def work(tx: Tx) -> None:
        call = Call(world, world.now(), BENCH, world.random_bytes(tx, "bench-trace")[:16].hex(), "bench")
        store.changed_trust(tx, world.id)
        unit(tx, call)

    await worlds.within(world).write(work)
    await worlds.reread(world)


def _turn(tx: Tx, call: Call, world: World, kind: KeyKind) -> None:
    store.next_key(tx, world.id, kind)
    softwares = [client.client_id for client in identity.world_clients(tx, world.id)]
    events.announce(tx, world.id, call.now, "keys.rotated", softwares, {"kind": kind})
    audit.append(tx, call, "keys-rotated", kind, {"kind": kind})


def _key_in_force(tx: Tx, world: World, kind: str, id: str) -> bool:
    """Is it the key that signs? Raises Problem not-found for a key that never was."""
    qr, token = store.generations(tx, world.id)
    last, prefix = (qr, "") if kind == "qr-key" else (token, "token-")
    if id not in {f"{prefix}{generation}" for generation in range(1, last + 1)}:
        raise Problem("not-found", f"Ce monde n'a pas de clé « {id} ».")
    return id == f"{prefix}{last}"


def _known_client(tx: Tx, world: World, client_id: str) -> None:
    if identity.find_client(tx, world.id, client_id) is None:
        raise Problem("not-found", f"Aucun logiciel « {client_id} » n'est enregistré dans ce monde.")


def jti(text: str) -> str:
    """The `jti` of a token; any other text as it is."""
    if text.count(".") != 2:
        return text
    try:
        return str(open_jws(text).claims.get("jti"))
    except BadToken:
        return text
