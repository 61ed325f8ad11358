"""What a server signs of its journals, with a key of its own; verified as `fse journal verify` does."""

from __future__ import annotations

import stat
import threading
from pathlib import Path
from typing import Any

import pytest

from client import seal
from simulator.app import create_app
from simulator.journal import canonical
from simulator.journal.instance import FILE, Instance
from simulator.kit import signing
from simulator.settings import Settings
from tests.simulator.conftest import BASE, TOKEN, Platform
from tests.simulator.database import fresh_url
from tests.simulator.journal.script import exchanges, played


def _signed(platform: Any, world: str) -> seal.Checkpoint:
    return seal.Checkpoint.read(platform.bench("GET", f"/worlds/{world}/journal/checkpoint").json())


def _key(platform: Any) -> Any:
    return platform.bench("GET", "/instance-key").json()["key"]


@pytest.fixture(scope="module")
def lived(shared: Any) -> Any:
    counter = played(shared)
    shared("POST", f"{counter.world['issuer']}/v1/rights-checks", content="\x00\x1b\u2028\u202e\ud7ff".encode())
    shared("POST", f"{counter.world['issuer']}/v1/rights-checks", content=b"\xff", headers={"x-note": b"caf\xe9"})
    return counter


def test_a_journal_is_what_its_checkpoint_says(lived: Any) -> None:
    platform, world = lived.platform, lived.world["id"]
    point = _signed(platform, world)
    told = exchanges(lived)
    assert point.faulty(_key(platform)) is None
    assert (point.claims["world"], point.claims["seq"]) == (world, len(told))
    assert seal.broken(seal.chained(told), [point], frozenset(range(1, len(told) + 1))) is None
    form = canonical.GENESIS
    for one in exchanges(lived, form="canonical"):
        form = seal.link(form, one)
    assert point.claims["canonical"] == form


def test_two_runs_are_told_the_same_by_their_checkpoints(platform: Any) -> None:
    points = [_signed(platform, played(platform).world["id"]).claims for _ in range(2)]
    assert points[0]["canonical"] == points[1]["canonical"]
    assert points[0]["chain"] != points[1]["chain"] and points[0]["life"] != points[1]["life"]


def test_a_checkpoint_grows_with_the_journal(platform: Any) -> None:
    world = platform.world()
    assert _signed(platform, world["id"]).claims["chain"] == seal.GENESIS
    seen = []
    for _ in range(3):
        platform("GET", f"{world['issuer']}/v1/health")
        seen.append(_signed(platform, world["id"]))
    assert [point.claims["seq"] for point in seen] == [1, 2, 3]
    told = platform.bench("GET", f"/worlds/{world['id']}/journal").json()["exchanges"]
    assert seal.broken(seal.chained(told), seen, frozenset({1, 2, 3})) is None


def test_the_key_is_no_seed_s(platform: Any) -> None:
    """Two servers, the same seed: two keys; and none of those that a seed gives."""
    other = Platform(create_app(Settings(base_url=BASE, bench_token=TOKEN, database=fresh_url())))
    keys = [_key(one) for one in (platform, other)]
    other.simulator.close()
    assert keys[0] != keys[1] and "d" not in keys[0]
    world = platform.world()
    seeded = platform.simulator.worlds._cache[world["id"]].keys
    known = {signing.public_jwk(key)["x"] for key in (seeded.qr_key, seeded.token_key, seeded.trust_key)}
    assert keys[0]["x"] not in known and keys[0]["kid"] == seal.thumbprint(keys[0])


def test_a_checkpoint_signed_by_a_key_of_the_world_is_forged(lived: Any) -> None:
    point = _signed(lived.platform, lived.world["id"])
    mine = Instance.new()
    for typ, kid in ((seal.TYPE, point.claims["kid"]), (seal.TYPE, mine.fingerprint), ("JWT", point.claims["kid"])):
        forged = seal.Checkpoint.read({"signed": signing.jws(point.claims, mine.key, kid=kid, typ=typ)})
        fault = forged.faulty(_key(lived.platform))
        assert fault is not None and fault.kind in ("forged", "other-key")
    other = point.faulty(mine.jwk)
    assert other is not None and other.kind == "other-key"
    named = point.faulty(_key(lived.platform), "une-autre-empreinte")
    assert named is not None and named.kind == "other-key"


def test_the_key_is_made_once_and_is_its_owner_s(tmp_path: Path) -> None:
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(Instance.kept(tmp_path).fingerprint)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8 and len(set(found)) == 1 and [file.name for file in tmp_path.iterdir()] == [FILE]
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    (tmp_path / FILE).chmod(0o644)
    assert Instance.kept(tmp_path).fingerprint == found[0]
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


@pytest.mark.parametrize("text", [b"", b"rien", b"-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n"])
def test_a_file_that_holds_no_key_is_not_replaced(tmp_path: Path, text: bytes) -> None:
    (tmp_path / FILE).write_bytes(text)
    with pytest.raises((ValueError, TypeError)):
        Instance.kept(tmp_path)
    assert (tmp_path / FILE).read_bytes() == text


def test_the_private_key_is_nowhere_to_be_read(lived: Any) -> None:
    instance = lived.platform.simulator.worlds.instance
    private = signing.private_jwk(instance.key, "k")["d"]
    settings = lived.platform.simulator.settings
    for said in (lived.platform.bench("GET", "/instance-key").text, repr(settings), repr(instance)):
        assert private not in said
    assert lived.platform("GET", "/bench/v1/instance-key").status_code == 401
