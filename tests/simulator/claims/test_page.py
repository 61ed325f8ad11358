"""The text of a decision, kept whole beside this file in `explained/`.

PYTHONPATH=. python tests/simulator/claims/test_page.py    # writes them again, to be read before they are kept
"""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import pytest
from msgspec.structs import replace as changed

from fixtures.model import Fidelity, Regime
from simulator.claims.adjudication import adjudicate
from simulator.claims.answers import to_json
from simulator.claims.model import Claim, ClaimLine
from simulator.claims.page import WIDTH, Around, faults, page
from simulator.claims.rules import rule_set
from simulator.claims.sentences import REGIMES, french, percent, told
from simulator.claims.terms import ChargedLine, Circumstances, Filing, Granted, HeldCondition, RightsContext
from simulator.rules.words import BADGES

DAY = date(2026, 11, 23)
KEPT = Path(__file__).parent / "explained"
AROUND = Around("default", "Hassan Idrissi, immatriculation 100000001, assuré", "Cabinet Bennani (CAB-KEN-01)")
ALD = HeldCondition("ALD", "Diabète", Decimal("0.97"), "diabetes")
ALC = HeldCondition("ALC", "Tumeurs malignes", Decimal("1.00"), "malignant-tumour")


def act(charged: str, label: str, letter: str = "C", coefficient: str = "1", quantity: str = "1") -> ChargedLine:
    times = Decimal(coefficient)
    return ChargedLine(1, "act", label, Decimal(quantity), Decimal(charged), letter, letter, coefficient=times)


def box(
    charged: str,
    base: str | None,
    rate: str = "0.70",
    quantity: str = "1",
    label: str = "Amoxiram 500 mg",
    atc: str = "J01CA04",
) -> ChargedLine:
    unit, times = None if base is None else Decimal(base), Decimal(quantity)
    code = "6118999000018"
    return ChargedLine(2, "medicine", label, times, Decimal(charged), code, unit_base=unit, rate=Decimal(rate), atc=atc)


GP = "Consultation du médecin généraliste"
SYRUP = ChargedLine(3, "outside-list", "Sirop local", Decimal(1), Decimal("25.00"))
PRIVATE = RightsContext(True, "salaried")
TADAMON = RightsContext(True, "tadamon", "public")
LATE = Circumstances(Filing(date(2027, 2, 12), date(2026, 12, 11), treatment=True))
OTHER = Circumstances(granted=(Granted(date(2026, 3, 2), Decimal("2100.00")),))
ADULT = Circumstances(birth_date=date(2010, 11, 23))
CAPPED = Circumstances(granted=(Granted(date(2026, 3, 2), Decimal("2475.00")),))
CASES: dict[str, tuple[list[ChargedLine], RightsContext] | tuple[list[ChargedLine], RightsContext, Circumstances]] = {
    "presse": ([act("150.00", GP)], PRIVATE),
    "medicament": ([box("113.60", "42.30", quantity="2"), box("12.55", "12.55")], PRIVATE),
    "tadamon-public": ([act("100.00", GP)], RightsContext(True, "tadamon", "public")),
    "ald": (
        [act("150.00", GP), box("47.50", "47.50", label="Metforken 850 mg", atc="A10BA02"), box("42.30", "42.30")],
        RightsContext(True, "tns", "private", (ALD,), "ALD"),
    ),
    "alc": ([act("2800.00", "IRM", "Z", "250")], RightsContext(True, "public", "private", (ALC,), "ALC")),
    "alc-sans-rapport": (
        [act("520.00", "Verre correcteur", "DM", "150", "2")],
        RightsContext(True, "tns", "private", (ALC,), "ALC"),
    ),
    "dentaire": ([act("3000.00", "Couronne", "D_PROTHESE", "60", "2")], PRIVATE),
    "plafond": ([act("3000.00", "Couronne", "D_PROTHESE", "60", "2")], PRIVATE, CAPPED),
    "plafond-atteint": (
        [act("1500.00", "Couronne", "D_PROTHESE", "60")],
        PRIVATE,
        Circumstances(granted=(Granted(date(2028, 3, 2), Decimal("3000.00")),)),
    ),
    "plafond-public": ([act("1500.00", "Prothèse adjointe", "D_PROTHESE", "120")], TADAMON, OTHER),
    "orthodontie": ([act("2000.00", "Orthodontie", "D_ODF", "90")], PRIVATE, ADULT),
    "tiers-payant": (
        [changed(box("2980.00", "2980.00", label="Sofosbumar", atc="J05AP08"), attestation="ATT-2026-000042")],
        PRIVATE,
    ),
    "hors-delai": ([act("100.00", "Séance", "AMM", "8")], PRIVATE, LATE),
    "droits-fermes": ([act("150.00", GP)], RightsContext(False, "student")),
    "en-partie": ([act("80.00", GP), SYRUP, box("38.00", "38.00", "0.00"), box("20.00", None)], PRIVATE),
}


def claim(name: str) -> dict[str, Any]:
    """The JSON of a claim, as it is stored and answered."""
    lines, rights, *around = CASES[name]
    decided = tuple(
        ClaimLine("exe-7q2m5xk3wz4n6b2d", adjudicate(line, rights, rule_set("tnr-2006"), DAY, *around), DAY)
        for line in lines
    )
    received = datetime(2026, 11, 23, 9, 5, tzinfo=UTC)
    number = "2604817390552494"
    made = Claim("clm-7q2m5xk3wz4n6b2d", number, "prescriber", "CAB-KEN-01", DAY, received, decided)
    return dict(json.loads(to_json(made)))


@pytest.mark.parametrize("name", CASES)
def test_the_text(name: str) -> None:
    assert page(claim(name), AROUND) + "\n" == (KEPT / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", CASES)
def test_eighty_columns_every_step_and_its_source(name: str) -> None:
    asked = claim(name)
    text = page(asked, AROUND)
    assert max(map(len, text.splitlines())) <= WIDTH
    flat = " ".join(text.split())
    for step in (step for line in asked["lines"] for step in line["explanation"]):
        fidelity = {"official": "officiel", "deduced": "déduit", "hypothesis": "HYPOTHÈSE"}[step["fidelity"]]
        assert f"{step['rule']} · {fidelity} · {step['legal_reference']}" in flat
    assert all(line.get("remedy", "") in flat for line in asked["lines"])
    assert faults(asked) == []


@pytest.mark.parametrize(
    ("place", "name", "value", "said"),
    [
        ("line", "cnss_share", "57.00", "ligne 1 : les parts font 151,00, 150,00 facturés"),
        ("line", "excess", "71.00", "ligne 1 : dépassement de 71,00 au lieu de 70,00"),
        ("totals", "patient_share", "93.99", "total « part du patient » : 93,99, les lignes font 94,00"),
    ],
)
def test_what_does_not_add_up_is_said(place: str, name: str, value: str, said: str) -> None:
    edited = deepcopy(claim("presse"))
    (edited["totals"] if place == "totals" else edited["lines"][0])[name] = value
    assert said in faults(edited)
    assert "NE S'ADDITIONNE PAS" in page(edited)


def test_a_withdrawn_claim_asks_nothing() -> None:
    asked = {**claim("presse"), "lines": [], "status": "withdrawn"}
    asked["totals"] = dict.fromkeys(asked["totals"], "0.00")
    del asked["decision"]
    assert "RETIRÉE" in page(asked).splitlines()[0]
    assert "Total en dirhams, 0 ligne" in page(asked)


def test_a_rule_that_is_not_known_yet_is_told_by_its_label() -> None:
    step = {"rule": "RGL-N", "label_fr": "Plafond sur deux ans", "inputs": {"spent": "10.00"}, "result": "5.00"}
    assert told(step) == ("Règle", "Plafond sur deux ans : spent 10.00 → 5.00")
    edited = {**step, "inputs": {"eligible": "dix", "rate": "0.70"}}
    assert told(edited) == ("Règle", "Plafond sur deux ans : eligible dix, rate 0.70 → 5.00")


def test_a_label_does_not_steer_the_terminal() -> None:
    asked = claim("en-partie")
    asked["lines"][1]["label"] = asked["lines"][1]["explanation"][0]["inputs"]["label"] = "Sirop\x1b[2J\u202elocal"
    text = page(asked)
    assert "\x1b" not in text and "\u202e" not in text
    assert "Sirop\N{REPLACEMENT CHARACTER}[2J" in text


def test_numbers_for_people() -> None:
    assert [french(x) for x in ("0.05", "80.00", "1234567.80", "2")] == ["0,05", "80,00", "1\u202f234\u202f567,80", "2"]
    assert [percent(x) for x in ("0.70", "0.975", "1.00", "0.00")] == ["70 %", "97,5 %", "100 %", "0 %"]


def test_every_regime_and_fidelity_has_its_words() -> None:
    assert set(REGIMES) == set(get_args(Regime))
    assert set(BADGES) == set(get_args(Fidelity))


if __name__ == "__main__":
    for name in CASES:
        (KEPT / f"{name}.txt").write_text(page(claim(name), AROUND) + "\n", encoding="utf-8")
