"""Role × resource × field: nobody sees more than the matrix says, nobody less; and a leak turns it red."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from simulator.care_sheets import views
from tests.simulator.disclosure.case import RESOURCES, ROLES, Case, build, differences, expected, paid
from tests.simulator.lifecycle.door import open_door


@pytest.fixture(scope="module")
def case() -> Iterator[Case]:
    door = open_door()
    yield build(door)
    door.close()


@pytest.fixture(scope="module")
def later(case: Case) -> Case:
    """A world of its own, whose clock went on."""
    return paid(case.play.door)


@pytest.mark.parametrize("resource", RESOURCES)
def test_every_role_has_its_cell(resource: str) -> None:
    assert set(RESOURCES[resource]["seen"]) == set(ROLES)


@pytest.mark.parametrize("resource", RESOURCES)
def test_nobody_sees_more_nor_less(resource: str, case: Case, later: Case) -> None:
    assert differences(later if RESOURCES[resource].get("when") == "paid" else case, resource) == []


def test_who_reads_a_claim_may_know_why_rights_were_closed() -> None:
    """A claim tells of rights what the rights check tells: a death, an end of work. No reader learns more by it."""
    themselves = {"patient", "insured-parent"}
    asking = {role for role in ROLES if not isinstance(expected("rights", role), str)}
    for resource in RESOURCES:
        for role in ROLES:
            cell = expected(resource, role)
            if not isinstance(cell, str) and any(field.startswith("claim.") for field in cell):
                assert role in asking | themselves, f"{role} reads claims in {resource}"


def test_a_view_that_adds_a_section_turns_the_matrix_red(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = views.section

    def leaky(sheet: Any, standing: Any, *rest: Any, **more: Any) -> Any:
        section = honest(sheet, standing, *rest, **more)
        return {**section, "lines": [*section["lines"], *honest(sheet, sheet.sections["biology"])["lines"]]}

    monkeypatch.setattr(views, "section", leaky)
    red = differences(case, "resolution")
    assert "resolution / holder: leaks section.biology" in red
    monkeypatch.undo()
    assert differences(case, "resolution") == []
