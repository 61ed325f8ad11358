"""From a `Run` to the page's view: the first page, the requirements, then the cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import groupby

from reports import words
from reports.html.cases import _strength, case_view
from reports.html.pictures import Album
from reports.html.sentence import consequence, sentence
from reports.html.view import (
    Anchors,
    Bar,
    BasisRow,
    Fact,
    FamilyView,
    Link,
    Page,
    RequirementView,
    facts,
    mark,
)
from reports.model import BROKEN, OPEN, Case, Requirement, Run

_NO_INSTANCE_KEY = (
    f"clés de test dérivées de la graine de chaque monde{words.NBSP}; ce journal n'est signé par aucune clé d'instance"
)
_PARTIAL = "Campagne partielle : seule une partie des cas a été demandée, les autres restent sans conclusion."
_FAMILIES = {
    "ISS": "Établissement de la feuille de soins",
    "PRT": "Impression de l'ordonnance",
    "RES": "Lecture et ouverture",
    "EXE": "Exécution",
    "CLM": "Remboursement",
    "RTS": "Droits des bénéficiaires",
    "HYB": "Période hybride",
    "RSL": "Résilience",
    "SEC": "Sécurité",
    "ERG": "Charge du professionnel",
    "API": "Bonnes manières sur le réseau",
    "PLT": "Plateforme",
}
#: Requirements listed at the top as "to read first".
_FIRST = 12
_SEVERITY = ("broken", "open", "warning", "passed", "aside")


def page_of(run: Run) -> Page:
    """The whole view of a run."""
    anchors, album = Anchors(), Album()
    cases = {case.case: case for case in run.cases}
    known = frozenset(requirement.id for requirement in run.requirements)
    requirements = [_requirement(r, cases, anchors) for r in run.requirements]
    troubled = [r for r in requirements if r.mark.group in ("broken", "open", "warning")]
    troubled.sort(key=lambda r: (_SEVERITY.index(r.mark.group), r.strength != "must"))
    # The documents of troubled cases are embedded first, while the budget lasts.
    order = sorted(run.cases, key=lambda case: case.verdict not in BROKEN | OPEN)
    views = {case.case: case_view(case, known, frozenset(cases), anchors, album) for case in order}
    bars = _bars(Counter(_words_of(run.totals.cases)))
    product = " ".join(part for part in (run.product.get("name"), run.product.get("version")) if part)
    verdict = "Sans valeur" if run.altered else words.RUN_VERDICTS.get(run.verdict, run.verdict)
    return Page(
        title=f"{'Preuves modifiées — ' * bool(run.altered)}{verdict} — {product} — rapport d'homologation FSE",
        verdict=verdict,
        group="broken" if run.altered else words.RUN_GROUPS.get(run.verdict, "open"),
        sentence=sentence(run),
        consequence=consequence(run),
        identity=_identity(run),
        provenance=_provenance(run),
        digests=facts(((f"SHA-256 de {name}", value) for name, value in run.digests.items()), code=True),
        bars=bars,
        cases_total=words.counted(sum(bar.count for bar in bars), "cas", "cas"),
        groups=tuple(words.GROUPS.values()),
        basis=_basis(run.totals.by_basis),
        waivers=tuple(
            facts(
                (
                    ("Couvre", waiver.covers),
                    ("Cause", waiver.cause),
                    ("Ticket", waiver.ticket),
                    ("Responsable", waiver.owner),
                    ("Expire le", words.day(waiver.expires) + _expired(waiver.expires, run.started_at)),
                )
            )
            for waiver in run.waivers
        ),
        defects=(*([_PARTIAL] if run.partial else []), *run.defects),
        altered=tuple(map(str, run.altered)),
        warning=words.ALTERED.replace(" :", f"{words.NBSP}:"),
        first=tuple(troubled[:_FIRST]),
        first_left_out=words.counted(len(troubled) - _FIRST, "autre") if len(troubled) > _FIRST else "",
        families=_families(requirements),
        filters=_bars(Counter(words.group(case.verdict) for case in run.cases)),
        cases=tuple(views[case.case] for case in run.cases),
    )


def _words_of(counts: Mapping[str, int]) -> dict[str, int]:
    grouped: Counter[str] = Counter()
    for verdict, count in counts.items():
        grouped[words.group(verdict)] += count
    return grouped


def _identity(run: Run) -> tuple[Fact, ...]:
    simulator = run.simulator
    name = " ".join(part for part in (simulator.get("name"), simulator.get("version")) if part)
    return facts(
        (
            ("Produit", run.product.get("name", "")),
            ("Version", run.product.get("version", "")),
            ("Éditeur", run.product.get("editor", "")),
            ("Professions", ", ".join(words.PROFESSIONS.get(p, p) for p in run.professions)),
            ("Date", words.instant(run.started_at)),
            ("Jeu d'exigences", run.suite.get("requirements", "")),
            (
                "Suite de tests",
                " · ".join(p for p in (run.suite.get("version"), _commit(run.suite.get("git", ""))) if p),
            ),
            ("Simulateur", " — ".join(part for part in (name, simulator.get("issuer_base")) if part)),
            ("Clés", simulator.get("keys", "") or _NO_INSTANCE_KEY),
        )
    )


def _provenance(run: Run) -> tuple[Fact, ...]:
    rows = run.simulator.get("rows", "")
    medicines = run.simulator.get("nomenclature", "") + (f" ({rows} lignes)" if rows else "")
    return facts(
        (
            ("Liste des médicaments", medicines),
            ("Graine", run.seed),
            ("Couloirs", run.lanes),
            ("Exécution", run.run_id),
            ("Fin", words.instant(run.finished_at)),
            ("Commande", run.command),
        )
    )


def _commit(state: str) -> str:
    """`4e6baa0c12`, and a warning when the suite had been changed since its commit."""
    commit, _, changed = state.partition("-")
    return f"{commit[:10]} — suite MODIFIÉE depuis ce commit" if changed else commit[:10]


def _bars(counts: Counter[str]) -> tuple[Bar, ...]:
    total, x, bars = sum(counts.values()), 0, []
    for group, word in words.GROUPS.items():
        if counts[group]:
            width = round(1000 * counts[group] / total)
            bars.append(Bar(group, word, counts[group], x, width))
            x += width
    return tuple(bars)


def _basis(by_basis: Mapping[str, Mapping[str, int]]) -> tuple[BasisRow, ...]:
    rows = []
    for basis in [*words.BASES, *(name for name in by_basis if name not in words.BASES)]:
        counts = _words_of(by_basis.get(basis, {}))
        cells = tuple(words.number(counts[group]) if counts.get(group) else "—" for group in words.GROUPS)
        rows.append(BasisRow(words.BASES.get(basis, basis), words.number(sum(counts.values())), cells))
    return tuple(rows)


def _expired(expires: str, on: str) -> str:
    """A waiver that had expired on the day of the run (both ISO, so text order is time order)."""
    return " — EXPIRÉE le jour de l'exécution" if expires and on and expires[:10] < on[:10] else ""


def _requirement(requirement: Requirement, cases: Mapping[str, Case], anchors: Anchors) -> RequirementView:
    checks = (check for case in cases.values() for check in case.checks)
    waived = [check.waived for check in checks if check.waived and check.requirement == requirement.id]
    return RequirementView(
        anchor=anchors.of("exg", requirement.id),
        id=requirement.id,
        keyword=words.KEYWORDS.get(requirement.keyword, requirement.keyword),
        strength=_strength(requirement.keyword),
        sentence=requirement.sentence,
        fidelity=words.FIDELITY.get(requirement.fidelity, requirement.fidelity),
        fidelity_class=requirement.fidelity if requirement.fidelity in words.FIDELITY else "hypothesis",
        source=requirement.source,
        not_tested=requirement.not_tested,
        waived=", ".join(dict.fromkeys(waived)),
        mark=mark(requirement.verdict),
        cases=tuple(
            Link(name, anchors.of("cas", name), _own_group(cases[name], requirement.id))
            if name in cases
            else Link(name)
            for name in dict.fromkeys(requirement.cases)
        ),
    )


def _own_group(case: Case, requirement: str) -> str:
    """How the case ended for this requirement: a case may fail on another one and say nothing against it."""
    whole = words.group(case.verdict)
    own = {words.group(check.verdict) for check in case.checks if check.requirement == requirement}
    if not own or case.verdict not in ("passed", "warning", "failed"):
        return whole
    return min(own, key=_SEVERITY.index)


def _families(requirements: list[RequirementView]) -> tuple[FamilyView, ...]:
    def family(requirement: RequirementView) -> str:
        parts = requirement.id.split("-")
        return parts[1] if len(parts) > 2 else parts[0]

    def place(requirement: RequirementView) -> tuple[int, str]:
        name = family(requirement)
        return (list(_FAMILIES).index(name) if name in _FAMILIES else len(_FAMILIES), name)

    views = []
    for name, members in groupby(sorted(requirements, key=place), key=family):
        group = tuple(members)
        passed = sum(r.mark.group == "passed" for r in group)
        held = f"{words.counted(passed, 'réussie')} sur {len(group)}"
        views.append(FamilyView(_FAMILIES.get(name, name), held, group))
    return tuple(views)
