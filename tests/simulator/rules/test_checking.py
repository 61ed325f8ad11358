"""`fse rules check`: each fault has a file that shows it (`faulty/`, its line marked) and a sound twin (`sound/`)."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import typer
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import fixtures
from simulator.rules import atc, checking, cli, periods, project, shown, written
from simulator.rules.faults import CODES, Fault, near

HERE = Path(__file__).parent
FAULTY = sorted((HERE / "faulty").glob("*.yaml"))
OWN = project.sheets()
WORDS = project.words(OWN)
ESSAY = (HERE / "sound" / "not-text.yaml").read_text(encoding="utf-8")


def check(*files: tuple[str, str | bytes], alone: bool = False) -> list[Fault]:
    sheets = [written.read(text if isinstance(text, bytes) else text.encode(), name) for name, text in files]
    return checking.check(sheets, OWN, WORDS, alone=alone)


def run(*words: str) -> Any:
    app = typer.Typer()
    cli.register(app)
    app.command("other")(lambda: None)
    return CliRunner().invoke(app, ["rules", "check", *words])


@pytest.mark.parametrize("path", FAULTY, ids=lambda path: path.stem)
def test_a_faulty_file_shows_its_fault_on_its_line_and_nothing_else(path: Path) -> None:
    faults = check((path.name, path.read_bytes()))
    marked = [n for n, line in enumerate(path.read_bytes().splitlines(), 1) if b"# FAUTE" in line]
    assert {fault.code for fault in faults} == {path.stem.partition("--")[0]}
    assert [fault.line for fault in faults] == (marked or [1])
    assert all(fault.received and fault.expected and fault.remedy for fault in faults)


@pytest.mark.parametrize("path", FAULTY, ids=lambda path: path.stem)
def test_its_sound_twin_has_none(path: Path) -> None:
    twin = (HERE / "sound" / path.name).read_bytes()
    assert check((path.name, twin)) == [] and check((path.name, twin), alone=True) == []


def test_every_fault_has_its_file() -> None:
    assert {path.stem.partition("--")[0] for path in FAULTY} == set(CODES)
    assert {path.name for path in FAULTY} == {path.name for path in (HERE / "sound").glob("*.yaml")}


def test_the_rules_of_the_project_are_sound() -> None:
    for alone in (False, True):
        assert checking.check(OWN, OWN, WORDS, alone=alone) == []
        for sheet in OWN:
            assert checking.check([sheet], OWN, WORDS, alone=alone) == []
    assert sorted(rule.id for sheet in OWN for rule in sheet.rules) == sorted(rule.id for rule in fixtures.rules())


def test_alone_or_beside_the_rules_of_the_bench() -> None:
    text = ESSAY.replace("2005-12-31", "2006-01-01")
    (fault,) = check(("n.yaml", text))
    assert "RGL-TAUX-PRIVE (fixtures/rules/reimbursement.yaml, ligne " in fault.received
    assert "terminer RGL-ESSAI la veille (valid_until: 2005-12-31)" in fault.remedy
    assert check(("n.yaml", text), alone=True) == []


def test_an_id_of_the_bench_is_free_in_a_file_alone() -> None:
    text = ESSAY.replace("RGL-ESSAI", "RGL-TAUX-PRIVE")
    assert [fault.code for fault in check(("n.yaml", text))] == ["duplicate-id"]
    assert check(("n.yaml", text), alone=True) == []


def test_a_rule_may_last_one_day() -> None:
    assert check(("n.yaml", ESSAY.replace("2000-01-01", "2005-12-31"))) == []


def test_a_refusal_needs_its_reason() -> None:
    text = ESSAY.replace("rate.private", "refusal.moon").replace("0.70", "moon").replace("unit: rate", "unit: reason")
    sheet = written.read(text.encode(), "n.yaml")
    assert sheet.rules[0].get("unit") == "reason"
    words = project.words([*OWN, sheet])
    assert [fault.code for fault in checking.check([sheet], OWN, words, alone=False)] == ["unknown-code"]


@pytest.mark.parametrize(
    ("subject", "value", "unit"),
    [
        ("ceiling.D_PROTHESE", "3500.00", "MAD"),
        ("ceiling.K.period", "1", "years"),
        ("age-limit.C", "12", "years"),
        ("related.diabetes", "atc:A10 letter:C", "codes"),
    ],
)
def test_what_is_asked_for_by_letter_or_condition_is_known(subject: str, value: str, unit: str) -> None:
    text = ESSAY.replace("rate.private", subject).replace("0.70", value).replace("unit: rate", f"unit: {unit}")
    assert check(("n.yaml", text), alone=True) == []
    wrong = text.replace(subject, subject.replace(subject.split(".")[1], "Q"))
    (fault,) = check(("n.yaml", wrong), alone=True)
    assert fault.code == ("unknown-subject" if unit == "codes" else "unknown-letter")


@pytest.mark.parametrize(
    ("code", "sound"),
    [
        *((code, True) for code in ("A", "A10", "J05A", "J05AB", "A10BA02", "V20")),
        *((code, False) for code in ("", "Z99", "A17", "a10", "A1", "A10BA2", "A10BA021", "10A", "J03AB", "E")),
    ],
)
def test_a_class_of_medicines_has_its_form_and_exists(code: str, sound: bool) -> None:
    assert atc.exists(code) is sound


def test_every_class_of_the_list_of_medicines_exists() -> None:
    assert [one.atc for one in fixtures.medicines() if one.atc and not atc.exists(one.atc)] == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("related.gout", None),
        ("related.hepatite", None),
        ("related.diabete", "related.diabetes"),
        ("rate.privat", "rate.private"),
        ("rate_private", "rate.private"),
        ("rate.pirvate", "rate.private"),
        ("rate.pubic", "rate.public"),
        ("ceiling.d_prothese", "ceiling.D_PROTHESE"),
        ("act:ZZ", None),
        ("act:NOPE", None),
        ("act:Z-RX3", None),
        ("act:B-CRF", None),
        ("act:b_nfs", "act:B-NFS"),
        ("act:K-PLATER", "act:K-PLATRE"),
        ("letter:KD", None),
    ],
)
def test_only_a_slip_is_corrected(typed: str, meant: str | None) -> None:
    codes = {*(f"act:{one}" for one in WORDS.acts), *(f"letter:{one}" for one in WORDS.letters)}
    said = near(typed, codes if ":" in typed else WORDS.units, "rien")
    assert said == ("rien" if meant is None else f"écrire « {meant} »")


def rates(old: str, new: str) -> str:
    text = (fixtures.FOLDER / "rules" / "reimbursement.yaml").read_text(encoding="utf-8")
    assert old in text
    return text.replace(old, new)


def test_a_file_of_the_same_name_replaces_that_of_the_bench() -> None:
    begins = 'value: "0.70", unit: rate, valid_from: 2006-01-01'
    ended = rates(begins, f"{begins}, valid_until: 2027-02-28")
    (fault,) = check(("/tmp/reimbursement.yaml", ended))
    assert (fault.code, fault.rule) == ("gap", "RGL-TAUX-PRIVE")
    assert "aucune règle de rate.private depuis le 2027-03-01" in fault.received
    then = ESSAY.replace("2000-01-01", "2027-03-01").replace("    valid_until: 2005-12-31\n", "")
    assert check(("/tmp/reimbursement.yaml", ended), ("new.yaml", then)) == []


def test_a_day_that_was_covered_and_a_subject_that_is_lost_are_gaps() -> None:
    (late,) = check(
        ("reimbursement.yaml", rates('"0.90", unit: rate, valid_from: 2006', '"0.90", unit: rate, valid_from: 2010'))
    )
    assert (
        late.code == "gap"
        and "du 2006-01-01 au 2009-12-31" in late.received
        and "commencer RGL-TAUX-PUBLIC" in late.remedy
    )
    (lost,) = check(("patients.yaml", ESSAY))
    assert (lost.code, lost.line, lost.rule) == ("gap", 1, "")
    assert "aucune règle de patient.majority depuis le 2004-02-05" in lost.received


def test_a_tariff_set_falls_back_on_the_one_it_extends() -> None:
    rule = ESSAY.replace("rate.private", "rate.public") + "    tariff_set: conventions-2020\n"
    assert check(("n.yaml", rule.replace("2000-01-01", "2010-01-01").replace("2005", "2011"))) == []
    twice = rule + rule.removeprefix("rules:\n").replace("ESSAI", "ESSAI-2").replace("2000", "2008").replace(
        "2005", "2009"
    )
    (fault,) = check(("n.yaml", twice), alone=True)
    assert "(jeu conventions-2020) du 2006-01-01 au 2007-12-31" in fault.received
    assert check(("n.yaml", twice)) == []


def test_the_last_and_the_first_day_of_the_calendar_are_days() -> None:
    wide = ESSAY.replace("2000-01-01", "0001-01-01").replace("2005-12-31", "9999-12-31")
    assert [fault.code for fault in check(("n.yaml", wide))] == ["overlap"]
    assert check(("n.yaml", wide), alone=True) == []
    assert [fault.code for fault in check(("n.yaml", wide.replace("9999", "0001")))] == ["gap"]


@pytest.mark.parametrize(
    "text",
    [
        *("[" * 5000, "rules: &a [*a]", "rules: {<<: {a: b}}", "a: b: c", "rules: [{? [a] : b}]", "- - -", "\x00"),
        *("%YAML", "---\n---\n", "rules:\n\t- a", "rules: !!python/object:os.system [x]", "{}", "~", "42"),
    ],
)
def test_strange_files_are_faults_never_an_exception(text: str) -> None:
    faults = check(("x.yaml", text))
    assert faults and all(1 <= fault.line <= text.count("\n") + 1 for fault in faults)
    shown.told(faults, 0)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(ESSAY)), st.integers(0, 12), st.one_of(st.text(max_size=6), st.binary(max_size=4)))
def test_any_damage_is_told(at: int, cut: int, put: str | bytes) -> None:
    inserted = put.encode("utf-8", "surrogatepass") if isinstance(put, str) else put
    shown.told(check(("x.yaml", ESSAY[:at].encode() + inserted + ESSAY[at + cut :].encode())), 1)


@given(st.lists(st.tuples(st.integers(1, 30), st.integers(1, 30)).map(sorted), max_size=6), st.integers(1, 30))
def test_holes_are_the_days_that_nothing_covers(spans: list[list[int]], first: int) -> None:
    pairs = [(start, end) for start, end in spans]
    found = [day for start, end in periods.holes(pairs, first, 30) for day in range(start, end + 1)]
    assert found == [day for day in range(first, 31) if not any(s <= day <= e for s, e in pairs)]


def test_the_command_says_all_of_a_fault_in_80_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(HERE)
    for path in FAULTY:
        answer = run(f"faulty/{path.name}")
        assert answer.exit_code == 1 and max(map(len, answer.stdout.splitlines())) <= 80, path.stem
        for wanted in (f"faulty/{path.name}:", "    reçu :    ", "    attendu : ", "    à faire : "):
            assert wanted in answer.stdout, path.stem
    answer = run("sound/gap.yaml")
    assert (answer.exit_code, answer.stdout) == (0, "1 règle lue, aucune faute.\n")


def test_a_program_reads_the_faults() -> None:
    path = HERE / "faulty" / "not-text.yaml"
    told = json.loads(run("--json", str(path)).stdout)
    assert (told["sound"], told["rules"]) == (False, 1)
    (fault,) = told["faults"]
    assert (fault["file"], fault["line"], fault["code"], fault["rule"]) == (str(path), 5, "not-text", "RGL-ESSAI")
    assert fault["remedy"] == 'écrire value: "0.70"'
    sound = run("--json", str(HERE / "sound" / "not-text.yaml"))
    assert sound.exit_code == 0 and json.loads(sound.stdout) == {"sound": True, "rules": 1, "faults": []}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["nulle-part.yaml"], "nulle-part.yaml ne peut pas être lu : il n'existe pas."),
        ([str(HERE)], "c'est un dossier"),
    ],
)
def test_what_cannot_be_read_is_a_wrong_request(words: list[str], says: str) -> None:
    answer = run(*words)
    assert answer.exit_code == 2 and answer.stdout == "" and says in answer.stderr


def test_broken_rules_of_the_bench_do_not_stop_the_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(fixtures.FOLDER / "rules", tmp_path / "rules")
    broken = tmp_path / "rules" / "delays.yaml"
    broken.write_text("rules:\n  - {id: RGL-X", encoding="utf-8")
    monkeypatch.setattr(fixtures, "FOLDER", tmp_path)
    answer = run(str(broken))
    assert answer.exit_code == 1 and "fichier illisible" in answer.stdout


def test_a_sound_file_loads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the check accepts, the loader reads: rules, and tariff sets whatever the file's name."""
    from fixtures import loader

    shutil.copytree(fixtures.FOLDER / "rules", tmp_path / "rules")
    names = ("not-text", "looping-tariff-set")
    for name in names:
        shutil.copy(HERE / "sound" / f"{name}.yaml", tmp_path / "rules" / f"z-{name}.yaml")
    monkeypatch.setattr(loader, "FOLDER", tmp_path)
    assert {"essai", "essai-2", "tnr-2006"} <= set(loader.tariff_sets.__wrapped__())
    assert len(loader.rules.__wrapped__()) == len(fixtures.rules()) + len(names)
