"""The pages of what the bench makes: kinds of tokens, states of the factory, personas and magic values."""

from __future__ import annotations

from fixtures import magic
from simulator.factories.model import states
from simulator.identity.forgeries import kinds
from simulator.reference.blocks import Block, Heading, Page, Table, Text


def pages() -> list[Page]:
    """`jetons`, `fabriques`, `personas`."""
    return [tokens(), factories(), personas()]


def tokens() -> Page:
    rows = [
        (
            f"`{kind.name}`",
            kind.title,
            f"`{kind.against}`",
            f"{kind.status}" + (f" [`{kind.problem}`](problemes.md#{kind.problem})" if kind.problem else ""),
            f"`{kind.twin}`" if kind.twin else "",
        )
        for kind in kinds().values()
    ]
    said = (
        "[`mint-token`](banc.md#mint-token) fabrique ces jetons, et dit à chaque fois ce que la plateforme doit en "
        "répondre. Le jumeau n'en diffère que par là, et il est accepté. Au terminal : `fse token mint expired`."
    )
    return Page(
        "jetons",
        "Les genres de jetons",
        [Text(said), Table(("Genre", "Sens", "À essayer sur", "Réponse", "Jumeau"), rows)],
    )


def factories() -> Page:
    rows = [
        (
            f"`{state.name}`",
            state.title,
            f"`{state.line}`",
            f"`{state.claim}`" if state.claim else "",
            "oui" if state.until else "",
        )
        for state in states().values()
    ]
    said = (
        "[`make-sheet`](banc.md#make-sheet) donne une feuille dans l'un de ces états, en un appel, avec de quoi "
        "continuer. Elle est faite par les opérations qu'appelleraient ses gens : la même piste d'audit, les mêmes "
        "refus. Le médicament est de la liste du monde : celui de la liste du banc, sinon le premier qui convient à "
        "l'état ; une liste qui n'en a aucun fait refuser cet état seul, et le refus dit quoi faire. Les états sont "
        "ceux de la [page des états](etats.md). Au terminal : `fse sheet make held`."
    )
    head = ("État", "Sens", "Lignes", "Demande de remboursement", "L'horloge avance")
    return Page("fabriques", "Les états des fabriques", [Text(said), Table(head, rows)])


def personas() -> Page:
    blocks: list[Block] = [
        Text(
            "Qui et quoi fait répondre la plateforme d'une façon particulière, quel que soit le reste de la requête. "
            "Les âges et les droits valent au 23 novembre 2026. Des essais jouent chaque ligne. Au terminal : "
            "`fse persona list` ; par le banc : [`list-personas`](banc.md#list-personas)."
        )
    ]
    for kind, title in magic.KINDS.items():
        rows = [
            (f"`{row.value}`", f"`{row.persona}` {row.name}" if row.persona else row.name, row.special)
            for row in magic.table()
            if row.kind == kind
        ]
        blocks += [Heading(2, title), Table(("Valeur", "Nom", "Ce qu'elle a de particulier"), rows)]
    return Page("personas", "Personnes et valeurs particulières", blocks)
