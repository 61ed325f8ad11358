"""`fse explain` as a French reader has it before his eyes: every kind of claim, read in full."""

from __future__ import annotations

import re
from typing import Any

import pytest

import fixtures
from simulator.claims.page import page
from simulator.claims.sentences import told
from tests.simulator.approvals.test_claims import SESSIONS, ask, visit
from tests.simulator.catalogue.reviews import contest, decide, glasses, send
from tests.simulator.catalogue.scene import DAY_S, Scene, act, must
from tests.simulator.claims.test_explain import fse
from tests.simulator.reviews.test_remedies import PLAYED

CODE_WORDS = re.compile(
    r"→|\brien\b(?= →)|\b(rejected|granted|upheld|pending|open|closed|related|provider)\b|\b[a-z]+_[a-z]+\b"
)


def texts(play: Scene, claim: dict[str, Any] | None = None) -> list[str]:
    """What is said of that claim, or of all of the world."""
    state = play.door.bench("GET", f"/worlds/{play.world.id}/state")
    names = [claim["id"]] if claim else [one["number"] for one in state["care_sheets"]]
    found = [play.door.bench("GET", f"/worlds/{play.world.id}/explanations/{name}") for name in names]
    return [one["text"] for answer in found for one in answer["claims"]]


def read(text: str) -> None:
    """As it is printed: no word of code, no line that begins with what a space only precedes."""
    for line in text.splitlines():
        assert not re.match(r"\s*[;:!?»%]", line), line
        assert not line.endswith("«"), line
    said = re.sub(r"(clm|exe|pap|apr|stm)-\S+|RGL-\S+|\d{4}/\d\d", "", text).replace("0,00 → ", "")
    assert not CODE_WORDS.search(re.sub(r"[\d\u202f,]+ → [\d\u202f,]+", "", said)), text


@pytest.mark.parametrize("reason", [one for one in PLAYED if one[0] == "refusal"], ids=lambda one: one[1])
def test_every_refusal_and_what_became_of_it(play: Scene, reason: tuple[str, str]) -> None:
    PLAYED[reason](play)
    for text in texts(play):
        read(text)


def test_a_medical_refusal_says_so(play: Scene) -> None:
    claim = glasses(play, "6000.00")
    must(send(play, claim))
    must(decide(play, claim, "refused"))
    (text,) = texts(play, claim)
    assert "Refus             une ligne que le contrôle médical refuse n'est pas payée" in text
    must(contest(play, claim))
    (text,) = texts(play, claim)
    read(text)


def test_each_session_has_its_own_day(play: Scene) -> None:
    sheet = play.issue(SESSIONS)
    for first in (1, 2, 3):
        visit(play, sheet, first=first)
        play.world.advance(DAY_S)
    (text,) = texts(play, {"id": sheet["number"]})
    assert "Date des soins    du 23/11/2026 au 25/11/2026, demande reçue le 23/11/2026" in text
    assert re.findall(r"^  Date des soins    (\S+)$", text, re.M) == ["23/11/2026", "24/11/2026", "25/11/2026"]
    assert "de l'accord préalable pour AMM-REEDUC, à demander au plus tard le 23/12/2026" in " ".join(text.split())
    ask(play, sheet)
    play.world.advance(30 * DAY_S)
    for one in texts(play, {"id": sheet["number"]}):
        read(one)


def test_what_is_waited_for_is_named(play: Scene) -> None:
    claim = glasses(play)
    (text,) = texts(play, claim)
    assert "de la pièce demandée (facture), au plus tard le 23/12/2026" in " ".join(text.split())
    must(play.claim_on_paper())
    second = must(play.claim_on_paper("FSP-0002"))
    play.world.advance(3 * DAY_S)
    (text,) = texts(play, second)
    assert "de la comparaison avec la demande clm-" in " ".join(text.split())
    read(text)


@pytest.mark.parametrize("person", [one for one in fixtures.beneficiaries() if one.dependant_rank == 0])
def test_a_woman_is_assuree(play: Scene, person: fixtures.Beneficiary) -> None:
    who = {"registration_number": person.registration_number, "dependant_rank": 0}
    own = {"type": "prescriber", "lines": [act("C", charged="150.00")]}
    sheet = play.issue(own, beneficiary=who, rights_acknowledged=True)
    (text,) = texts(play, sheet["claims"][0])
    word = "assurée" if person.sex == "F" else "assuré"
    assert f"immatriculation {person.registration_number}, {word}\n" in text
    read(text)


def test_a_space_that_french_puts_before_a_sign_breaks_no_line() -> None:
    claim: dict[str, Any] = {
        "id": "clm-7q2m5xk3wz4n6b2d", "section": "pharmacy", "status": "adjudicated", "decision": "granted",
        "date_of_care": "2026-11-23", "received_at": "2026-11-23T09:00:00Z", "establishment": "X",
        "totals": dict.fromkeys(("charged", "base", "cnss_share", "state_share", "patient_share", "excess"), "0.00"),
    }  # fmt: skip
    for many in range(40, 58):
        line = {**claim["totals"], "line": 1, "label": f"{'a' * many} ; « {'b' * 8} » : c", "decision": "granted"}
        text = page({**claim, "lines": [{**line, "execution": "exe-1", "explanation": [], "remedy": line["label"]}]})
        read(text)


def test_a_refusal_that_looked_at_nothing_is_told_by_its_rule() -> None:
    step = {"label_fr": "Une pièce jamais reçue refuse la ligne", "inputs": {}, "result": "rejected"}
    assert told(step) == ("Refus", "une pièce jamais reçue refuse la ligne")


def test_a_file_that_is_not_there_or_no_claim_is_refused_in_french(tmp_path: Any) -> None:
    missing = fse("--file", str(tmp_path / "none.json"))
    assert missing.exit_code == 2 and "fichier ou dossier introuvable" in missing.output
    (tmp_path / "demi.json").write_text('{"totals": {}, "establishment": "X"}', encoding="utf-8")
    half = fse("--file", str(tmp_path / "demi.json"))
    assert half.exit_code == 2 and "Ce champ est obligatoire" in half.output, half.output


def test_the_names_of_conditions_are_french() -> None:
    for one in fixtures.conditions().values():
        assert not re.search(r"\S;|coeur|^E(?=pi)", one.label), one.label
