"""Whole files: the ways the same list can be written, the rows that must be left out, broken files."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from simulator.nomenclature import importer
from simulator.nomenclature.importer import BrokenList, ParsedList, parse

HEADER = "ean13;nom;dci;dosage;forme;presentation;ppv;ppv_br;taux_cnss"
ONE = "6118999000018;SÉBOXINE;AMOXICILLINE;500 MG;GÉLULE;1 BOITE 12;56,80;42,30;70"
TWO = "6118999000025;DOLIMAR;PARACÉTAMOL;1 G;COMPRIMÉ;1 BOITE 8;13,90;;0"


def read(*rows: str, header: str = HEADER) -> ParsedList:
    return parse("\n".join([header, *rows]).encode(), "liste.csv")


def facts(parsed: ParsedList) -> list[tuple[object, ...]]:
    return [(m.ean13, m.name, m.dci, m.ppv, m.base, m.rate) for m in parsed.medicines]


TEXT = "\n".join([HEADER, ONE, TWO, ""])
WRITINGS = {
    "utf-8": TEXT.encode(),
    "utf-8 avec marque": codecs.BOM_UTF8 + TEXT.encode(),
    "windows-1252": TEXT.encode("cp1252"),
    "utf-16": TEXT.encode("utf-16"),
    "fins de ligne Windows": TEXT.replace("\n", "\r\n").encode(),
    "vieux Mac": TEXT.replace("\n", "\r").encode(),
    "tabulation": TEXT.replace(";", "\t").encode(),
    "virgule et guillemets": "\n".join(
        ",".join(f'"{cell}"' for cell in line.split(";")) for line in TEXT.splitlines()
    ).encode(),
    "sans fin de ligne": TEXT.rstrip().encode(),
    "lignes vides": TEXT.replace("\n", "\n\n;;\n").encode(),
    "titre au-dessus": ("Liste des médicaments admis au remboursement\n\n" + TEXT).encode(),
    "colonnes en majuscules": TEXT.replace(HEADER, HEADER.upper()).encode(),
    "noms de la liste officielle": TEXT.replace(
        HEADER,
        "Code EAN 13;Nom commercial;Substance active (DCI);Dosage;Forme;Présentation;"
        "PPV;Prix base remboursement;Taux de remboursement",
    ).encode(),
}


@pytest.mark.parametrize("content", WRITINGS.values(), ids=WRITINGS.keys())
def test_the_same_list_however_it_is_written(content: bytes) -> None:
    parsed = parse(content, "liste.csv")
    assert facts(parsed) == facts(read(ONE, TWO))
    assert [medicine.name for medicine in parsed.medicines] == ["SÉBOXINE", "DOLIMAR"]
    assert parsed.left_out == ()


def test_line_numbers_are_those_of_the_file() -> None:
    """A quoted line break makes a record of two lines: the next record still says its own line."""
    broken = ONE.replace("SÉBOXINE", '"SÉBO\nXINE"')
    bad = TWO.replace("6118999000025", "6118999000020")
    parsed = read(broken, bad)
    assert [item.line for item in parsed.left_out] == [4]
    assert parsed.medicines[0].name == "SÉBO XINE"


def test_one_row_per_substance_gives_one_medicine() -> None:
    second = ONE.replace("AMOXICILLINE", "ACIDE CLAVULANIQUE").replace("500 MG", "62.5 MG")
    parsed = read(ONE, second, TWO)
    assert parsed.medicines[0].dci == ("AMOXICILLINE", "ACIDE CLAVULANIQUE")
    assert parsed.medicines[0].dosage == "500 MG / 62.5 MG"
    assert (len(parsed.medicines), parsed.merged, parsed.left_out) == (2, 1, ())


def test_the_same_row_twice_counts_once() -> None:
    parsed = read(ONE, ONE, TWO)
    assert (parsed.medicines[0].dci, parsed.merged) == (("AMOXICILLINE",), 1)


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("56,80", "57,80", "prix public"),
        ("42,30", "41,30", "base de remboursement"),
        (";70", ";80", "taux"),
        ("SÉBOXINE", "AUTRE", "nom"),
        ("1 BOITE 12", "1 BOITE 24", "présentation"),
    ],
)
def test_rows_that_contradict_each_other_are_all_left_out(old: str, new: str, what: str) -> None:
    parsed = read(ONE, TWO, ONE.replace(old, new))
    assert [medicine.name for medicine in parsed.medicines] == ["DOLIMAR"]
    assert [item.line for item in parsed.left_out] == [2, 4]
    for item in parsed.left_out:
        assert what in item.reason and "lignes 2 et 4" in item.reason


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (ONE.replace("000018", "000019"), "clé de contrôle"),
        (ONE.replace("56,80", "gratuit"), "prix public illisible"),
        (ONE.rsplit(";", 2)[0], "ligne incomplète"),
        (ONE + ";80;81", "ligne trop longue"),
        ("6118999000018", "ligne incomplète"),
    ],
)
def test_a_bad_row_is_left_out_alone(row: str, reason: str) -> None:
    parsed = read(row, TWO)
    assert [medicine.name for medicine in parsed.medicines] == ["DOLIMAR"]
    assert len(parsed.left_out) == 1
    assert parsed.left_out[0].line == 2 and reason in parsed.left_out[0].reason
    assert parsed.rows == len(parsed.medicines) + parsed.merged + len(parsed.left_out)


def test_an_unprotected_decimal_comma_is_seen() -> None:
    """Price 56,80 in a comma file without quotes shifts the cells: nothing is taken from that row."""
    header, good, bad = HEADER.replace(";", ","), TWO.replace("13,90", "13.90"), ONE
    parsed = read(bad.replace(";", ","), good.replace(";", ","), header=header)
    assert [item.line for item in parsed.left_out] == [2]
    assert "trop longue" in parsed.left_out[0].reason


BROKEN = {
    "vide": (b"", "vide"),
    "que des blancs": (b" \n\n\t ", "vide"),
    "binaire": (bytes(range(256)) * 4, "binaire"),
    "classeur": (b"PK\x03\x04" + b"x" * 40, "tableur"),
    "page HTML": (b"<!doctype html><html><body>404</body></html>", "aucune colonne reconnue"),
    "prose": (("Ceci n'est pas une liste.\n" * 5).encode(), "aucune colonne reconnue"),
    "sans prix": (b"ean13;nom;dci;taux\n6118999000018;A;B;70\n", "ppv .*, base"),
    "première ligne sans fin": (b"a" * 200_000, "aucune colonne reconnue"),
    "en-tête seul": (HEADER.encode(), "aucune ligne"),
    "aucune ligne bonne": (f"{HEADER}\n{ONE.replace('000018', '000019')}\n".encode(), "aucune des 1 lignes"),
    "guillemets ouverts": (f'{HEADER}\n{ONE}\n"{TWO}\n'.encode(), "guillemets"),
}


@pytest.mark.parametrize(("content", "reason"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_file_gives_one_sentence(content: bytes, reason: str) -> None:
    with pytest.raises(BrokenList, match=reason) as caught:
        parse(content, "liste.csv")
    assert "\n" not in str(caught.value)


def test_paths_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(BrokenList, match="dossier"):
        importer.load(tmp_path)
    with pytest.raises(BrokenList, match="n'existe pas"):
        importer.load(tmp_path / "absent.csv")
    good = tmp_path / "liste.csv"
    good.write_text(TEXT, encoding="utf-8")
    assert len(importer.load(good).medicines) == 2


def test_the_version_is_named_after_file_and_content() -> None:
    parsed = read(ONE)
    assert importer.version_name(parsed) == f"liste-{parsed.sha256[:8]}"
    assert importer.version_name(parsed, "cnss-2026.1") == "cnss-2026.1"
    for bad in ("Avec Espace", "../x", "synthetic-2026.1", "é"):
        with pytest.raises(BrokenList):
            importer.version_name(parsed, bad)
