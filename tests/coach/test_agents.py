"""Only what a library sends by itself is taken for it: a product whose name begins like one is a product."""

from __future__ import annotations

import pytest

from coach.advice import Coach
from coach.rules.agents import DEFAULTS, EXAMPLES, PRODUCTS
from tests.coach.told import numbered, told

REAL = [
    "Node-Officine/1 Editeur/essai",
    "Java-Pharma/2.0 Editeur/essai",
    "PythonPharma/3 Editeur/essai",
    "Curlisse/1.2 Editeur/essai",
    "GotMed/1 Editeur/essai",
    "PHParmacie/1.0 Editeur/essai",
    "Go-Sante/1 Editeur/essai",
    "Dart-Medical/4 Editeur/essai",
    "HttpClient/1.0 Editeur/essai",
    "Mozilla-Officine/9 Editeur/essai",
    "MonLogicielDePharmacie/2 Editeur/essai",
    "Officine/1 Node/essai",
    "Officine/1 Java Conseil/essai",
    "Officine/1 MaSocieteDeSante/essai",
    "Officine/curl Editeur/essai",
]


def rules(agent: str) -> set[str]:
    coach = Coach("essai")
    coach.read(numbered(told(headers={"user-agent": agent})))
    return {advice.rule.id for advice in coach.all()} & {"user-agent-missing", "user-agent-unchanged"}


@pytest.mark.parametrize("agent", DEFAULTS)
def test_what_a_library_sends_by_itself_is_noticed(agent: str) -> None:
    assert len(rules(agent)) == 1


@pytest.mark.parametrize("agent", EXAMPLES)
def test_so_is_an_example(agent: str) -> None:
    assert rules(agent) == {"user-agent-unchanged"}


@pytest.mark.parametrize("product", sorted(PRODUCTS))
def test_so_is_its_name_before_that_of_the_editor_and_its_version_in_the_editor_s_place(product: str) -> None:
    assert rules(f"{product.title()}/1.2.3 Editeur/essai") == {"user-agent-unchanged"}
    assert rules(f"Officine/1 {product}/8.4.0") == {"user-agent-unchanged"}


@pytest.mark.parametrize("agent", REAL)
def test_a_product_of_its_own_is_not(agent: str) -> None:
    assert rules(agent) == set()
