from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest

from reports.html import render
from reports.html.pictures import Album
from reports.model import Attachment, Run
from reports.source import read_run
from reports.words import RUN_VERDICTS
from tests.reports.sample import make_run

_TAGS = frozenset(
    re.findall(
        r"\w+",
        """html head meta title style body header main nav section article figure figcaption h1 h2 h3 h4 h5 p strong
        em b br div span a ol ul li dl dt dd table caption thead tbody tr th td input label details summary pre code
        blockquote img svg symbol circle path rect use""",
    )
)


class Page(HTMLParser):
    """Collects what a browser would act upon."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.names: set[str] = set()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.text: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            self.names.add(name)
            if name in ("href", "src"):
                self.links.append(value or "")
            if name == "id":
                self.ids.append(value or "")

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_nothing_of_the_run_becomes_markup(page: str) -> None:
    seen = Page(page)
    assert seen.tags <= _TAGS
    assert not [name for name in seen.names if name.startswith("on") or name == "style"]
    assert "<script>alert('fse')</script>" in "".join(seen.text)  # shown, as text
    assert "⟨U+202E⟩" in page and "\u202e" not in page and "⟨U+D800⟩" in page


def test_the_page_stands_alone(page: str) -> None:
    links = Page(page).links
    assert links and all(link.startswith(("#", "data:image/png;", "data:application/pdf;")) for link in links)
    assert "@import" not in page and "url(" not in page


def test_the_policy_admits_our_style_and_nothing_else(page: str) -> None:
    style = re.search("<style>(.*?)</style>", page, re.S)
    assert style
    digest = b64encode(sha256(style[1].encode()).digest()).decode()
    policy = re.search('Content-Security-Policy" content="([^"]*)"', page)
    assert policy and f"style-src &#39;sha256-{digest}&#39;" in policy[1]
    assert "default-src &#39;none&#39;" in policy[1] and "unsafe" not in policy[1] and "script-src" not in policy[1]


def test_templates_never_lift_the_escaping() -> None:
    import reports.html

    for template in (Path(reports.html.__file__).parent / "templates").glob("*.j2"):
        text = template.read_text(encoding="utf-8")
        assert "safe" not in text and "autoescape" not in text, template.name


def test_anchors_are_unique_and_every_link_leads_somewhere(page: str) -> None:
    seen = Page(page)
    assert len(seen.ids) == len(set(seen.ids))
    assert {link[1:] for link in seen.links if link.startswith("#")} <= set(seen.ids)


def test_the_first_page_says_who_what_when_and_with_which_keys(page: str) -> None:
    first = " ".join("".join(Page(page.split('id="exigences"')[0]).text).split())
    for word in (
        "Banc non officiel",
        "Officine Plus 4.2.1 n'est pas conforme au jeu d'exigences 2026.1",
        "2 exigences obligatoires ne sont pas tenues",  # a third one fails under a waiver
        "23 novembre 2026 à 08:12:04 UTC",
        "0.1.0 · 4e6baa0c12",
        "clés de test dérivées",
        "Constaté sur le réseau",
        "Déclaré par le logiciel",
        "Jugé par une personne",
        "OFF-1841",
        "Correctif livré dans la 4.3",
        "Nadia Chraibi",
        "1er janvier 2027",
    ):
        assert word in first, word


def test_a_failure_shows_expected_received_cause_and_next(page: str) -> None:
    case = page.split('id="cas-CAS-RES-007"')[1].split('<details class="case')[0]
    for word in ("Attendu", "le logiciel refuse la lecture", "Cause probable", "fse homologate --only CAS-RES-007"):
        assert word in case
    assert "POST" in case and "/v1/resolutions" in case and "422" in case
    assert "L’état du simulateur n’a pas changé" in case


def test_what_changed_on_the_simulator_is_named(page: str) -> None:
    case = page.split('id="cas-CAS-EXE-002"')[1].split('<details class="case')[0]
    assert "feuilles[2604817390552494] › sections[pharmacy] › lines[1] › remaining" in case


def test_a_requirement_marks_its_cases_by_its_own_checks(told: Run) -> None:
    (failing,) = (case for case in told.cases if case.case == "CAS-RES-007")
    passing = replace(failing.checks[1], requirement="EXG-ISS-001")
    shown = render(replace(told, cases=(replace(failing, checks=(failing.checks[0], passing)),)))
    for requirement, broken in (("EXG-ISS-001", False), ("EXG-RES-007", True)):
        article = shown.split(f'id="exg-{requirement}"')[1].split("</article>")[0]
        assert ("g-broken" in article.split("Cas :")[-1]) is broken


def test_the_document_is_seen_and_can_be_saved(page: str) -> None:
    case = page.split('id="cas-CAS-PRT-001"')[1].split('<details class="case')[0]
    assert 'src="data:image/png;base64,' in case
    assert 'href="data:application/pdf;base64,' in case and 'download="ordonnance.pdf"' in case


@pytest.mark.parametrize("verdict", [*RUN_VERDICTS, "verdict-inconnu"])
def test_every_verdict_has_its_sentence(told: Run, verdict: str) -> None:
    run = replace(told, verdict=verdict, cases=(), requirements=())
    shown = "".join(Page(render(run)).text)
    assert RUN_VERDICTS.get(verdict, verdict) in shown
    assert "Aucun cas n’a été joué" in shown


def test_a_waiver_past_its_day_is_denounced(told: Run) -> None:
    waivers = tuple(replace(waiver, expires="2026-11-22") for waiver in told.waivers)
    assert "EXPIRÉE" in render(replace(told, waivers=waivers)) and "EXPIRÉE" not in render(told)


def test_a_partial_campaign_and_a_changed_suite_are_said(told: Run) -> None:
    suite = {**told.suite, "git": "abcdef1234567-dirty"}
    shown = render(replace(told, partial=True, suite=suite))
    assert "Campagne partielle" in shown and "MODIFIÉE" in shown
    assert "Campagne partielle" not in render(told)


def test_the_same_run_gives_the_same_bytes(told: Run, page: str) -> None:
    assert render(told) == page


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"%PDF-1.7 rien", "illisible"), (b"\x89PNG\r\n\x1a\nrien", "illisible"), (b"GIF89a", "ni PDF ni PNG")],
)
def test_a_broken_document_is_said_not_shown(tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / "x.pdf").write_bytes(content)
    (shown,) = Album().pictures((Attachment("x.pdf", tmp_path / "x.pdf", "o1"),))
    assert says in shown.about and not shown.image and not shown.link


def test_the_budget_of_images_is_kept(sample: Path) -> None:
    path = sample / "cases" / "CAS-PRT-001" / "files" / "ordonnance.pdf"
    album = Album(left=1000)
    (shown,) = album.pictures((Attachment("o.pdf", path, "o1"),))
    assert not shown.image and not shown.link and album.left == 1000


def test_thirty_cases_are_small(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", copies=4, sealed=False)
    shown = render(read_run(run))
    assert len(shown.encode()) < 5_000_000
