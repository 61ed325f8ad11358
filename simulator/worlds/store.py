"""The table `worlds` and its queries; snapshots are rows of it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple, cast

import sqlalchemy as sa

from simulator.faults import store as faults
from simulator.journal import store as journal
from simulator.kit import clock
from simulator.kit.call import WorldLike
from simulator.kit.clock import WorldClock
from simulator.kit.storage import Row, Tx, metadata, query
from simulator.worlds import copies, marks
from simulator.worlds.copies import BIRTH, kept_as
from simulator.worlds.counters import draw
from simulator.worlds.model import World

worlds = sa.Table(
    "worlds",
    metadata,
    sa.Column("world", sa.Text, primary_key=True),
    sa.Column("seed", sa.Text, nullable=False),
    sa.Column("nomenclature", sa.Text, nullable=False),
    sa.Column("tariff_set", sa.Text, nullable=False),
    sa.Column("clock_mode", sa.Text, nullable=False),
    sa.Column("clock_start", sa.Text, nullable=False),
    sa.Column("clock_since", sa.Text, nullable=False),
    sa.Column("qr_generation", sa.Integer, nullable=False, server_default="1"),
    sa.Column("token_generation", sa.Integer, nullable=False, server_default="1"),
    sa.Column("rate_requests", sa.Integer),
    sa.Column("rate_window", sa.Integer),  # seconds
    sa.Column("marks", sa.Integer, nullable=False, server_default="0"),  # grows with each change of trust
    sa.Column("life", sa.Text, nullable=False, server_default=""),  # drawn anew for each world of that name
    sa.Column("deployment", sa.Text, nullable=False, server_default="homologation"),
    sa.Column("persona_set", sa.Text, nullable=False, server_default="default"),
    sa.Column(
        "paper", sa.Integer, nullable=False, server_default="0"
    ),  # 1 once a claim, or a prescription, came on paper
    sa.Column("era", sa.Integer, nullable=False, server_default="0"),  # of the access tokens given from now on
    sa.Column("eras", sa.Text, nullable=False, server_default="0"),  # whose tokens are good, separated by spaces
)

_insert = query(sa.insert(worlds))
_all_of_it = sa.select(worlds, sa.exists().where(faults.table.c.world == worlds.c.world).label("faults"))
_by_id = query(_all_of_it.where(worlds.c.world == sa.bindparam("world")))
_life = query(sa.select(worlds.c.life, worlds.c.paper).where(worlds.c.world == sa.bindparam("world")))
_all = query(_all_of_it.where(copies.reachable(worlds.c.world)).order_by(worlds.c.world))
_own = (worlds.c.world >= sa.bindparam("first"), worlds.c.world < sa.bindparam("last"))
_kept = query(sa.select(worlds).where(*_own).order_by(worlds.c.world))
_this = sa.update(worlds).where(worlds.c.world == sa.bindparam("id"))
_set_clock = query(_this.values({name: sa.bindparam(name) for name in ("clock_mode", "clock_start", "clock_since")}))
_set_nomenclature = query(_this.values(nomenclature=sa.bindparam("version")))
_changed = query(_this.values(marks=worlds.c.marks + 1))
_paper = query(_this.values(paper=1))
_new_life = query(_this.values(life=sa.bindparam("new_life")))
_new_eras = query(_this.values(era=sa.bindparam("new_era"), eras=sa.bindparam("new_eras")))
_next_key = {
    "qr": query(_this.values(qr_generation=worlds.c.qr_generation + 1)),
    "token": query(_this.values(token_generation=worlds.c.token_generation + 1)),
}


def _clock_columns(value: WorldClock) -> dict[str, str]:
    return {
        "clock_mode": value.mode,
        "clock_start": clock.to_text(value.start),
        "clock_since": value.since.isoformat(),
    }


def add(tx: Tx, world: World) -> None:
    """Raises Duplicate when the id is taken."""
    tx.run(
        _insert,
        world=world.id,
        seed=world.seed,
        nomenclature=world.nomenclature,
        tariff_set=world.tariff_set,
        **_clock_columns(world.clock),
        qr_generation=world.keys.qr_key_id,
        token_generation=world.keys.token_generation,
        rate_requests=world.rate_limit[0] if world.rate_limit else None,
        rate_window=world.rate_limit[1] if world.rate_limit else None,
        marks=world.marks_epoch,
        life=world.life,
        deployment=world.deployment,
        paper=int(world.paper),
        persona_set=world.persona_set,
        era=world.era,
        eras=_eras_text(world.eras),
    )
    tx.held.pop(world.id, None)


def changed_trust(tx: Tx, world_id: str) -> None:
    """The keys or the marks of the world changed: every process reads them again."""
    tx.run(_changed, id=world_id)


def next_key(tx: Tx, world_id: str, kind: Literal["qr", "token"]) -> None:
    """The next generation of that key signs from now on."""
    tx.run(_next_key[kind], id=world_id)


def generations(tx: Tx, world_id: str) -> tuple[int, int]:
    """Generations of the keys that sign now: (QR, token)."""
    row = cast(Row, tx.one(_by_id, world=world_id))
    return row["qr_generation"], row["token_generation"]


def find(tx: Tx, world_id: str, base: str) -> World | None:
    """The world, its issuer under `base`; None when unknown."""
    row = tx.one(_by_id, world=world_id)
    if row is None:
        return None
    world = _world(row, base)
    world.remark(marks.load(tx, world_id))
    world.exchanges = journal.newest(tx, world_id)
    return world


def reread(tx: Tx, world: World, base: str) -> World | None:
    """The cached world with what another process may have changed of it: clock, list, keys, limit, faults, marks.

    None when it was deleted; another world when it was made again.
    """
    row = tx.one(_by_id, world=world.id)
    if row is None or row["life"] != world.life:
        return None if row is None else find(tx, world.id, base)
    fresh = _world(row, base)
    world.clock, world.nomenclature, world.rate_limit = fresh.clock, fresh.nomenclature, fresh.rate_limit
    world.faults = fresh.faults
    world.keys.qr_key_id, world.keys.token_generation = fresh.keys.qr_key_id, fresh.keys.token_generation
    world.era, world.eras = fresh.era, fresh.eras
    if world.marks_epoch != fresh.marks_epoch:
        world.remark(marks.load(tx, world.id))
        world.marks_epoch = fresh.marks_epoch
    return world


def life(tx: Tx, world_id: str) -> str | None:
    """Which world has that name, as the transaction finds it under the world's lock; None: there is none."""
    if world_id not in tx.held:
        row = tx.one(_life, world=world_id)
        tx.held[world_id] = None if row is None else row["life"]
        tx.held["paper", world_id] = row is not None and bool(row["paper"])
    found: str | None = tx.held[world_id]
    return found


def has_paper(tx: Tx, world: WorldLike) -> bool:
    """Whether a claim or a prescription ever came on paper, so that what is claimed is compared with it.

    Costs nothing: what another process wrote is read with `life`, under the world's lock.
    """
    return world.paper or bool(tx.held.get(("paper", world.id)))


def note_paper(tx: Tx, world: WorldLike) -> None:
    """Something came on paper. Written each time: what was noted in memory may have been undone in the base."""
    tx.run(_paper, id=world.id)
    world.paper = True


def everything(tx: Tx, base: str) -> list[World]:
    """All worlds by id."""
    return [_world(row, base) for row in tx.all(_all)]


def clock_of(tx: Tx, world: World) -> WorldClock:
    """The clock as it is stored: another process may have moved it."""
    row = tx.one(_by_id, world=world.id)
    return world.clock if row is None else _world(row, "").clock


def set_clock(tx: Tx, world_id: str, value: WorldClock) -> None:
    tx.run(_set_clock, id=world_id, **_clock_columns(value))


def set_nomenclature(tx: Tx, world_id: str, version: str) -> None:
    tx.run(_set_nomenclature, id=world_id, version=version)


class Snapshot(NamedTuple):
    """`now`: time of the world; `taken_at`: real time."""

    name: str
    now: datetime
    taken_at: datetime


def born(tx: Tx, world_id: str) -> None:
    """What the world holds now is what it is born with: `copies.BIRTH` is made of it."""
    copies.copy(tx, world_id, kept_as(world_id, BIRTH))
    set_eras(tx, kept_as(world_id, BIRTH), 0, frozenset())  # no token was given before


def snapshots(tx: Tx, world_id: str) -> list[Snapshot]:
    """Those that were taken, by name."""
    return [one for one in map(_snapshot, _kept_rows(tx, world_id)) if one.name != BIRTH]


def snapshot(tx: Tx, world_id: str, name: str) -> Snapshot | None:
    """That one; `BIRTH` too."""
    row = tx.one(_by_id, world=kept_as(world_id, name))
    return None if row is None else _snapshot(row)


def _snapshot(row: Row) -> Snapshot:
    return Snapshot(row["world"].partition("/")[2], clock.parse(row["clock_start"]), clock.parse(row["clock_since"]))


def _kept_rows(tx: Tx, world_id: str) -> list[Row]:
    return tx.all(_kept, first=kept_as(world_id, ""), last=f"{world_id}0")  # "0" comes just after "/"


def eras(tx: Tx, world_id: str) -> tuple[int, frozenset[int]]:
    """(that of the tokens given from now on, those whose tokens are good)."""
    row = cast(Row, tx.one(_by_id, world=world_id))
    return row["era"], _eras(row["eras"])


def set_eras(tx: Tx, world_id: str, era: int, good: frozenset[int]) -> None:
    tx.run(_new_eras, id=world_id, new_era=era, new_eras=_eras_text(good))


def set_life(tx: Tx, world_id: str, value: str) -> None:
    tx.run(_new_life, id=world_id, new_life=value)


def _eras(text: str) -> frozenset[int]:
    return frozenset(map(int, text.split()))


def _eras_text(good: frozenset[int]) -> str:
    return " ".join(map(str, sorted(good)))


def remove(tx: Tx, world_id: str) -> None:
    """Delete every row of the world and of its snapshots, in every room's tables."""
    for row in _kept_rows(tx, world_id):
        copies.remove(tx, row["world"])
    copies.remove(tx, world_id)


def _world(row: Row, base: str) -> World:
    world = World(
        id=row["world"],
        seed=row["seed"],
        issuer=f"{base}/w/{row['world']}",
        nomenclature=row["nomenclature"],
        tariff_set=row["tariff_set"],
        clock=WorldClock(row["clock_mode"], clock.parse(row["clock_start"]), clock.parse(row["clock_since"])),
        draw_counter=draw,
        deployment=row["deployment"],
        paper=bool(row["paper"]),
        rate_limit=(row["rate_requests"], row["rate_window"]) if row["rate_requests"] else None,
        marks_epoch=row["marks"],
        life=row["life"],
        persona_set=row["persona_set"],
        era=row["era"],
        eras=_eras(row["eras"]),
        faults=bool(row["faults"]),
    )
    world.keys.qr_key_id, world.keys.token_generation = row["qr_generation"], row["token_generation"]
    return world
