"""The people of a population: the same for a seed, found without being kept, able to act as personas are."""

from __future__ import annotations

import hashlib
import itertools
import subprocess
import sys
from collections import Counter
from typing import Any

import fixtures
from simulator.beneficiaries.service import rights_on
from simulator.populations import model
from simulator.populations.families import Families
from tests.simulator.conftest import JWT_BEARER

SEED = "kenitra"
PINNED = "8b3e8c8c988c"
"""Of the people of this seed. A world keeps the name of its population, not its people: people who change would change
in the worlds that are there. What makes them differently takes another name."""


def population(seed: str = SEED) -> model.Population:
    found = model.of("kenitra", seed)
    assert found is not None
    return found


def test_the_people_of_a_seed_never_change() -> None:
    people = population()
    said = [f"{x.inpe} {x.name} {x.role} {x.speciality} {x.establishment}" for x in people.generated]
    for rank in range(0, people.families.count, 97):
        for one in people.families.members(rank):
            name = f"{one.registration_number} {one.dependant_rank} {one.given_name} {one.family_name}"
            facts = (
                one.birth_date,
                one.sex,
                one.affiliations,
                one.studying,
                one.long_term_conditions,
                one.attestations,
            )
            said.append(" ".join([name, *map(str, facts)]))
    assert hashlib.sha256("\n".join(said).encode()).hexdigest()[:12] == PINNED


def test_another_seed_other_people() -> None:
    one, other = population(), population("autre")
    assert [x.name for x in one.generated] != [x.name for x in other.generated]
    assert [x.given_name for x in one.families.members(5)] != [x.given_name for x in other.families.members(5)]


def test_codes_are_well_formed_and_nobody_shares_one() -> None:
    people = population()
    assert len(people.professionals) == len(people.generated) + len(fixtures.professionals())
    assert all(len(inpe) == 9 and inpe.isdigit() for inpe in people.professionals)
    kinds = {(one.establishment.id, one.role, one.establishment.name) for one in people.generated}
    assert len(kinds) == len({one[0] for one in kinds})
    families: Families = people.families
    numbers = {families.number(rank) for rank in range(families.count)}
    assert len(numbers) == families.count and not numbers & {
        one.registration_number for one in fixtures.beneficiaries()
    }


def test_a_family_is_found_by_its_number_and_a_stranger_is_not() -> None:
    people = population()
    for rank in range(0, people.families.count, 1009):
        for one in people.families.members(rank):
            key = (one.registration_number, one.dependant_rank)
            assert people.beneficiaries[key] is one and key in people.beneficiaries
        assert (one.registration_number, 99) not in people.beneficiaries
    for stranger in ("299999999", "399999999", "999999999", "30000000", "abcdefghi", "٣٠٠٠٠٠٠٠٠"):
        assert people.beneficiaries.get((stranger, 0)) is None
    personas = [(one.registration_number, one.dependant_rank) for one in fixtures.beneficiaries()]
    assert list(itertools.islice(people.beneficiaries, len(personas))) == personas


def test_families_hold_together() -> None:
    people, seen = population(), Counter[str]()
    for rank in range(0, people.families.count, 53):
        insured, *others = people.families.members(rank)
        assert insured.relation == "insured" and [one.dependant_rank for one in others] == list(
            range(1, len(others) + 1)
        )
        for one in (insured, *others):
            seen[one.affiliations[0].regime] += 1
            seen["open"] += rights_on(one, fixtures.SUITE_DATE).open
            seen["all"] += 1
            assert one.birth_date <= fixtures.SUITE_DATE and one.affiliations[0].start <= fixtures.SUITE_DATE
        children = [one for one in others if one.relation == "child"]
        assert all(one.birth_date.year - insured.birth_date.year >= 18 for one in children)
        assert len({one.birth_date.year for one in children}) >= len(children) - 1
    regimes = {"salaried", "tns", "tadamon", "achamil", "domestic", "public", "student"}
    assert regimes <= seen.keys() and 0.9 < seen["open"] / seen["all"] < 1


def test_every_profession_practises_in_every_province() -> None:
    roles = {(one.role, one.establishment.province) for one in population().generated}
    provinces = {one["code"] for one in population().said["provinces"]}
    for role in (
        "prescriber",
        "pharmacy",
        "biology",
        "imaging",
        "physiotherapy",
        "dental",
        "nursing",
        "midwife",
        "devices",
    ):
        assert {province for known, province in roles if known == role} == provinces


def test_anybody_of_the_population_can_act(platform: Any) -> None:
    world = platform.world(seed=SEED, persona_set="kenitra")
    path = f"/worlds/{world['id']}"
    pharmacy = platform.bench("GET", f"{path}/professionals?role=pharmacy&after=3&limit=1").json()["professionals"][0]
    family = platform.bench("GET", f"{path}/families?after=12&limit=1").json()["families"][0]
    people = {"professionals": [pharmacy], "beneficiaries": family}
    for persona in (pharmacy["persona"], family[0]["persona"]):
        form = {"grant_type": JWT_BEARER, "assertion": platform.credential({**world, **people}, persona)}
        answer = platform.token(world, {**platform.software(world), **form})
        assert answer.status_code == 200, answer.text


def test_a_world_describes_its_personas_and_counts_the_others(platform: Any) -> None:
    plain, full = platform.world(seed=SEED), platform.world(seed=SEED, persona_set="kenitra")
    assert plain["others"] == {"professionals": 0, "families": 0}
    assert full["others"] == {"professionals": len(population().generated), "families": population().families.count}
    assert plain["professionals"] == full["professionals"] and plain["beneficiaries"] == full["beneficiaries"]
    assert full["persona_set"] == "kenitra" and plain["persona_set"] == "default"
    for path, name in (("professionals", "professionals"), ("families", "families")):
        pages, after = [], 0
        for _ in range(3):
            page = platform.bench("GET", f"/worlds/{full['id']}/{path}?after={after}&limit=2").json()
            pages, after = [*pages, *page[name]], page["next"]
        assert after == 6 and len(pages) == 6
        assert platform.bench("GET", f"/worlds/{plain['id']}/{path}").json() == {name: [], "next": 0}
        end = platform.bench("GET", f"/worlds/{full['id']}/{path}?after=2147483647").json()
        assert end == {name: [], "next": 2147483647}
    answer = platform.bench("POST", "/worlds", json={"persona_set": "ailleurs"})
    assert answer.status_code == 422


def test_a_professional_of_the_population_is_suspended_like_another(platform: Any) -> None:
    world = platform.world(seed=SEED, persona_set="kenitra")
    inpe = population().generated[0].inpe
    path = f"/worlds/{world['id']}/suspensions"
    assert inpe in platform.bench("POST", path, json={"inpe": inpe}).json()["suspended"]
    other = platform.world(seed=SEED)
    assert platform.bench("POST", f"/worlds/{other['id']}/suspensions", json={"inpe": inpe}).status_code == 404


def test_a_world_of_personas_alone_loads_no_population() -> None:
    """Neither its start nor its requests pay for what it does not have."""
    program = "import sys, simulator.app as a; s = a.create_app(); w = s.worlds._cache['default']; "
    program += "print(w.population, [m for m in sys.modules if m.startswith('simulator.populations')]); s.close()"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "None []"
