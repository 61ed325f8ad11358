from __future__ import annotations

import shutil
import stat
import zipfile
from pathlib import Path

import pytest

from reports import archive
from reports.archive import opened, safe_extract
from reports.bundle import check_manifest, make_bundle
from reports.source import RunUnreadable
from reports.writer import write_reports


def named(run: Path) -> list[tuple[str, str]]:
    return [(found.path, found.kind) for found in check_manifest(run)]


def test_the_same_evidence_gives_the_same_bytes(copy: Path, tmp_path: Path) -> None:
    first = make_bundle(copy, tmp_path / "a.zip").read_bytes()
    (copy / "run.json").touch()
    (copy / "verdict.json").chmod(0o600)
    write_reports(copy)  # views are not evidence
    assert make_bundle(copy, tmp_path / "b.zip").read_bytes() == first
    assert named(tmp_path / "a.zip") == [] == named(copy)


def test_each_change_is_named(copy: Path, tmp_path: Path) -> None:
    (copy / "verdict.json").write_text("{}", encoding="utf-8")
    (copy / "cases" / "CAS-ISS-001" / "case.json").unlink()
    (copy / "cases" / "intrus.txt").write_text("x", encoding="utf-8")
    expected = [("cases/CAS-ISS-001/case.json", "missing"), ("cases/intrus.txt", "added"), ("verdict.json", "altered")]
    assert named(copy) == expected
    with pytest.raises(RunUnreadable, match=r"verdict\.json"):
        make_bundle(copy, tmp_path / "x.zip")
    assert not (tmp_path / "x.zip").exists()


def test_a_page_slipped_into_a_zip_is_an_addition(copy: Path, tmp_path: Path) -> None:
    bundle = make_bundle(copy, tmp_path / "a.zip")
    with zipfile.ZipFile(bundle, "a") as opened_zip:
        opened_zip.writestr("report/report.html", "tout va bien")
    assert named(bundle) == [("report/report.html", "added")]


def test_a_run_zipped_again_by_hand_is_still_read(copy: Path, tmp_path: Path) -> None:
    by_hand = Path(shutil.make_archive(str(tmp_path / "main"), "zip", copy.parent, copy.name))
    assert named(by_hand) == []


def test_an_interrupted_run_is_sealed_in_the_zip_only(copy: Path, tmp_path: Path) -> None:
    (copy / "manifest.json").unlink()
    assert named(make_bundle(copy, tmp_path / "a.zip")) == []
    assert not (copy / "manifest.json").exists()
    with pytest.raises(RunUnreadable, match="manifest"):
        check_manifest(copy)


def test_links_stay_out(copy: Path, tmp_path: Path) -> None:
    (copy / "manifest.json").unlink()
    (copy / "cases" / "lien").symlink_to("/etc/hostname")
    with pytest.raises(RunUnreadable, match="lien"):
        make_bundle(copy, tmp_path / "a.zip")


@pytest.mark.parametrize("name", ["../x", "/x", "a/../../x", "a\\b", "C:/x", ""])
def test_a_hostile_path_is_refused_and_nothing_leaves_the_folder(tmp_path: Path, name: str) -> None:
    bundle, target = tmp_path / "h.zip", tmp_path / "target"
    target.mkdir()
    with zipfile.ZipFile(bundle, "w") as made:
        made.writestr(zipfile.ZipInfo(name), "x")
    with pytest.raises(RunUnreadable, match="refusée"):
        safe_extract(bundle, target)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["h.zip", "target"]


def _link() -> zipfile.ZipInfo:
    link = zipfile.ZipInfo("lien")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    return link


@pytest.mark.parametrize(
    ("entries", "says"),
    [
        ([(_link(), "/etc/passwd")], "lien"),
        ([("A.json", "1"), ("a.json", "2")], "deux fois"),
        ([("gros", "x" * 9)], "taille"),
        ([("a", "1"), ("b", "2"), ("c", "3")], "plus de 2 fichiers"),
    ],
)
def test_links_duplicates_and_sizes_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, entries: list[tuple[zipfile.ZipInfo | str, str]], says: str
) -> None:
    monkeypatch.setattr(archive, "MAX_FILE", 8)
    monkeypatch.setattr(archive, "MAX_FILES", 2)
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as made:
        for name, content in entries:
            made.writestr(name, content)
    with pytest.raises(RunUnreadable, match=says), opened(tmp_path / "x.zip"):
        pass


def test_the_bundle_is_not_written_into_the_run(copy: Path) -> None:
    with pytest.raises(RunUnreadable, match="--output"):
        make_bundle(copy, copy / "liasse.zip")


def test_what_is_no_zip_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"PK\x03\x04 pas un zip")
    with pytest.raises(RunUnreadable, match="liasse zip"), opened(tmp_path / "x.zip"):
        pass
