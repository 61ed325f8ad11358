"""The page of states: the life of a line, the hold on a section, the status of a sheet, from their tables."""

from __future__ import annotations

from decimal import Decimal

from simulator.approvals import model as approvals
from simulator.care_sheets import states, status
from simulator.claims import states as claims
from simulator.reference import words
from simulator.reference.blocks import Code, Drawing, Heading, Page, Table, Text
from simulator.reference.diagram import Arrow, State, mermaid, svg
from simulator.reference.words import said
from simulator.resolutions import model as leases

TITLE = "La vie d'une ligne"


def columns() -> list[State]:
    """The states, the living ones first."""
    ordered = sorted(states.LineState, key=lambda state: state not in states.ACTIVE)
    return [State(str(s), said(words.STATES, s), s not in states.ACTIVE) for s in ordered]


def arrows() -> list[Arrow]:
    """The rows of the table; those that differ only by the state they leave are one arrow."""
    merged: dict[tuple[str, str, str], list[str]] = {}
    for row in states.TABLE:
        sources = merged.setdefault((said(words.TRANSITIONS, row.transition), _roles(row), str(row.becomes)), [])
        if str(row.state) not in sources:
            sources.append(str(row.state))
    return [Arrow(label, who, tuple(sources), goal) for (label, who, goal), sources in merged.items()]


def _roles(row: states.Row) -> str:
    return " ou ".join(said(words.ROLES, role) for role in row.roles)


def page() -> Page:
    """`etats`."""
    return Page(
        "etats",
        "Les états d'une feuille",
        [
            Text(
                "La vérité est la **ligne** : un acte ou un produit prescrit. Le verrou est la **section** ; il "
                "appartient à un établissement et tombe de lui-même. Le statut de la **feuille** se déduit de ses "
                "lignes : rien ne le garde. Les tables ci-dessous appliquent les transitions ; la page en est tirée."
            ),
            Heading(2, TITLE),
            Drawing("etats-ligne.svg", svg(columns(), arrows(), TITLE), "Les transitions d'une ligne, état par état"),
            Text(
                "Un point marque l'état quitté, la flèche l'état atteint. Les états bleus vivent encore ; les gris "
                "sont terminaux. Une prise (le bail) n'est jamais un état de ligne."
            ),
            Code("mermaid", mermaid(columns(), arrows()), folded="Le même schéma, pour Mermaid"),
            _lines(),
            Text(
                "Une transition absente de la table est refusée par `line-terminal` (409), avec `current_state` et "
                "`allowed_transitions`. Le refus de la dernière colonne est rendu, condition par condition, quand "
                "aucune ligne du tableau de la même transition n'accepte la demande. Rectifier une exécution, c'est la "
                "retirer puis exécuter, en une fois."
            ),
            Heading(2, "La prise d'une section"),
            Text(
                "Deux heures par défaut, à l'horloge du monde. Un autre établissement n'apprend jamais qui tient la "
                "section, seulement jusqu'à quand. L'expiration d'un bail n'écrit rien : elle se lit. Le bail prend "
                "fin de lui-même quand plus aucune ligne de la section n'est à exécuter."
            ),
            Text(
                "Cette table vaut pour un établissement qui tient ou a tenu la section. Qui l'a seulement lue, par une "
                "résolution sans `hold`, n'a pas pris part : prolonger, relire, rendre un bail ou exécuter lui répond "
                f"{_slug('not-found')} (404), comme si la feuille n'existait pas. Il la prend d'abord, par une "
                "résolution avec `hold: true`."
            ),
            _leases(),
            Heading(2, "Le statut d'une feuille"),
            Text(
                "Déduit des lignes demandées aux exécutants ; celles du prescripteur, faites à l'émission, ne "
                "comptent que si la feuille ne demande rien d'autre."
            ),
            _sheets(),
            Heading(2, "Un accord préalable"),
            Text(
                "Demandé pour une ligne, décidé plus tard ; l'horloge accorde ce que personne n'a décidé. Ce qui n'est "
                f"pas dans la table est refusé par {_slug('approval-closed')} (409). Une ligne n'a qu'une demande à "
                f"la fois ({_slug('approval-live')})."
            ),
            _approvals(),
            Heading(2, "Une ligne d'une demande de remboursement"),
            Text(
                "Chaque ligne exécutée avance seule vers son paiement ; la demande en est où en est la moins avancée "
                "de celles qui rapportent. Une ligne électronique passe de `received` à `adjudicated` en une fois, à "
                "moins que quelque chose ne la retienne. `withdrawn` : toutes les exécutions ont été retirées."
            ),
            _claim_lines(),
        ],
    )


def _lines() -> Table:
    head = ("État", "Transition", "Qui", "À condition que", "Devient", "Sinon")
    rows = [
        (
            f"`{row.state}`",
            f"`{row.transition}` : {said(words.TRANSITIONS, row.transition)}",
            _roles(row),
            ", ".join(said(words.GUARDS, guard.name) for guard in row.guards),
            f"`{row.becomes}`",
            ", ".join(_slug(refusal) for refusal in dict.fromkeys(guard.refusal for guard in row.guards)),
        )
        for row in states.TABLE
    ]
    return Table(head, rows)


def _leases() -> Table:
    """Actions in rows, standings in columns."""
    head = ("Action", *(f"Section {said(words.STANDINGS, standing)}" for standing in leases.Standing))
    rows = []
    for action in leases.Action:
        outcomes = [leases.TABLE.get((standing, action)) for standing in leases.Standing]
        rows.append((f"`{action}` : {said(words.ACTIONS, action)}", *(_outcome(outcome) for outcome in outcomes)))
    return Table(head, rows)


def _outcome(outcome: object) -> str:
    if outcome is None:
        return "—"
    if isinstance(outcome, leases.Effect):
        return said(words.EFFECTS, outcome)
    return _slug(str(outcome))


def _slug(slug: str) -> str:
    return f"[`{slug}`](problemes.md#{slug})"


def _approvals() -> Table:
    head = ("État", "Ce qui arrive", "Par qui", "Devient")
    rows = [
        (
            f"`{row.status}` : {said(words.APPROVALS, row.status)}",
            said(words.APPROVALS, row.step),
            said(words.APPROVALS, row.role),
            f"`{row.becomes}` : {said(words.APPROVALS, row.becomes)}",
        )
        for row in approvals.TABLE
    ]
    return Table(head, rows)


def _claim_lines() -> Table:
    head = ("Statut", "Ce qui arrive", "Par qui", "Devient")
    rows = [
        (
            f"`{row.status}` : {said(words.CLAIM_STATUSES, row.status)}",
            f"`{row.move}` : {said(words.CLAIM_MOVES, row.move)}",
            ", ".join(said(words.CLAIM_ROLES, who) for who in row.who.split(", ")),
            f"`{row.to}` : {said(words.CLAIM_STATUSES, row.to)}",
        )
        for row in claims.TABLE
    ]
    return Table(head, rows)


def _sheets() -> Table:
    """What `sheet_status` answers over representative sets of lines, asked of the function itself."""
    S = states.LineState
    cases = (
        ("aucune ligne touchée, une au moins ouverte", [S.OPEN, S.OPEN]),
        ("une ligne touchée, une au moins vivante", [S.OPEN, S.EXECUTED]),
        ("une ligne due", [S.OWED]),
        ("toutes exécutées", [S.EXECUTED, S.EXECUTED]),
        ("toutes closes, une au moins exécutée", [S.EXECUTED, S.CANCELLED]),
        ("toutes refusées ou passées au papier", [S.NOT_EXECUTED, S.MOVED_TO_PAPER]),
        ("toutes annulées, aucune touchée", [S.CANCELLED, S.CANCELLED]),
        ("toutes closes sans avoir été touchées, une au moins périmée", [S.CANCELLED, S.EXPIRED]),
    )
    rows = [(said_of, *_status(lines)) for said_of, lines in cases]
    rows.append(("remplacée par une autre feuille", *_status([S.CANCELLED], replaced=True)))
    return Table(("Lignes des exécutants", "Statut", "En français"), rows)


def _status(found: list[states.LineState], *, replaced: bool = False) -> tuple[str, str]:
    lines = [states.Line("pharmacy", rank, state, Decimal(1)) for rank, state in enumerate(found, 1)]
    derived = status.sheet_status(lines, replaced=replaced)
    return f"`{derived}`", said(words.SHEETS, derived)
