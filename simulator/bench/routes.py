"""`/bench/v1`: worlds, their people, clock, journal, state and audit, and what the other files of the room add."""

from __future__ import annotations

from simulator.audit import store as audit
from simulator.audit import verify
from simulator.bench import (
    advice,
    agenda,
    decisions,
    deliveries,
    explanations,
    factories,
    faults,
    journal,
    kept,
    nomenclatures,
    personas,
    probes,
    rewinding,
    schemas,
    tokens,
    triggers,
    trust,
)
from simulator.bench.operation import Asked, Operation
from simulator.kit import clock
from simulator.kit.answer import Json
from simulator.kit.pages import bad_parameter
from simulator.worlds import state
from simulator.worlds.model import World


async def create(asked: Asked, body: schemas.WorldRequest) -> Json:
    worlds, new = asked.worlds, body.world()
    version = await worlds.db.read(lambda tx: nomenclatures.choose(tx, new.nomenclature))
    return personas.description(await worlds.create(new, version))


async def everything(asked: Asked) -> Json:
    return {"worlds": [personas.summary(world) for world in await asked.worlds.everything()]}


async def read(_: Asked, world: World) -> Json:
    return personas.description(world)


async def special(asked: Asked, world: World) -> Json:
    kind = asked.query.get("kind")
    return await asked.worlds.within(world).read(lambda tx: personas.special(tx, world, kind))


async def professionals(asked: Asked, world: World) -> Json:
    after, limit = asked.number("after", 0, 2**31 - 1), asked.limit()
    return personas.others_who_practise(world, asked.query.get("role"), after, limit)


async def families(asked: Asked, world: World) -> Json:
    return personas.families(world, asked.number("after", 0, 2**31 - 1), asked.limit())


async def delete(asked: Asked, world: World) -> None:
    await asked.worlds.delete(world.id)


async def read_clock(_: Asked, world: World) -> Json:
    return {"now": clock.to_text(world.now()), "mode": world.clock.mode}


async def set_clock(asked: Asked, world: World, body: schemas.ClockRequest) -> Json:
    await asked.worlds.move(world, body.now, body.mode)
    return await read_clock(asked, world)


async def advance(asked: Asked, world: World, body: schemas.Advance) -> Json:
    await asked.worlds.advance(world, body.seconds)
    return await read_clock(asked, world)


async def read_state(asked: Asked, world: World) -> Json:
    number = asked.query.get("number")
    return await asked.worlds.db.read(lambda tx: state.dump(tx, world, number), world.id)


async def read_audit(asked: Asked, world: World) -> Json:
    after, limit, subject = asked.number("after", 0, 2**31 - 1), asked.limit(), asked.query.get("subject")
    rows = await asked.worlds.db.read(lambda tx: audit.page(tx, world.id, after, limit, subject), world.id)
    return {"entries": [audit.as_json(row) for row in rows], "next": rows[-1]["seq"] if rows else after}


async def verify_audit(asked: Asked, world: World) -> Json:
    try:
        noted = verify.Head.of(asked.query["head"]) if "head" in asked.query else None
    except ValueError:
        said = "« head » est une tête de chaîne notée plus tôt, seq:empreinte (64 chiffres hexadécimaux)."
        raise bad_parameter("head", said) from None
    return verify.as_json(await verify.world_served(asked.worlds.db, world.id, noted))


async def versions(asked: Asked) -> Json:
    return {"nomenclatures": await asked.worlds.db.read(nomenclatures.versions)}


async def refused_calls(asked: Asked) -> Json:
    """``{"count": n, "last": {at, method, path, why} | None}``: who has no bench token, or comes by another host."""
    return {"count": asked.refused.count, "last": asked.refused.last}


WORLD = "/worlds/{world}"
OPERATIONS = (
    Operation("POST /worlds", "create-world", create, schemas.WorldRequest, status=201),
    Operation("GET /worlds", "list-worlds", everything),
    Operation(f"GET {WORLD}", "read-world", read),
    Operation(f"GET {WORLD}/personas", "list-personas", special),
    Operation(f"GET {WORLD}/professionals", "list-professionals", professionals),
    Operation(f"GET {WORLD}/families", "list-families", families),
    Operation(f"DELETE {WORLD}", "delete-world", delete),
    *rewinding.OPERATIONS,
    Operation(f"GET {WORLD}/clock", "read-clock", read_clock),
    Operation(f"PUT {WORLD}/clock", "set-clock", set_clock, schemas.ClockRequest),
    Operation(f"POST {WORLD}/clock/advance", "advance-clock", advance, schemas.Advance),
    *agenda.OPERATIONS,
    *journal.OPERATIONS,
    *advice.OPERATIONS,
    Operation(f"GET {WORLD}/state", "read-state", read_state),
    Operation(f"GET {WORLD}/audit", "read-audit", read_audit),
    Operation(f"GET {WORLD}/audit/verification", "verify-audit", verify_audit),
    Operation("GET /refused-calls", "read-refused-calls", refused_calls),
    Operation("GET /nomenclatures", "list-nomenclatures", versions),
    *trust.OPERATIONS,
    *decisions.OPERATIONS,
    *deliveries.OPERATIONS,
    *explanations.OPERATIONS,
    *kept.OPERATIONS,
    *probes.OPERATIONS,
    *tokens.OPERATIONS,
    *factories.OPERATIONS,
    *faults.OPERATIONS,
    *triggers.OPERATIONS,
)
