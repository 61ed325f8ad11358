"""The page of rules: each with its value, its period and who says so; and the days when something changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import fixtures
from fixtures import Rule
from simulator.reference.blocks import Block, Bullets, Heading, Page, Table, Text
from simulator.rules.units import day_of, said
from simulator.rules.words import by_family, period, title

FIDELITY = {"official": "texte officiel", "deduced": "déduit", "hypothesis": "⚠ **hypothèse**"}
_HEAD = ("Règle", "Sujet", "Valeur", "Période", "Fidélité", "Source", "Texte")


def page() -> Page:
    """`regles`."""
    rules = fixtures.rules()
    blocks: list[Block] = [
        Text(
            "Une règle est une donnée datée (`fixtures/rules/`) : celle du **jour des soins** s'applique à un "
            "remboursement, celle du jour de l'horloge du monde à tout le reste. L'explication d'un remboursement cite "
            "son identifiant. Au terminal : `fse rules --on 2027-03-01`, `fse rules show RGL-TAUX-PRIVE`."
        ),
        Text("La CNSS n'a publié aucun jeu de règles lisible par un programme. Chacune dit donc ce qui la fonde :"),
        Bullets(
            [
                f"{FIDELITY['official']} : publié ({_count('official')}) ;",
                f"{FIDELITY['deduced']} : tiré de la presse ou de textes, non vérifié mot à mot "
                f"({_count('deduced')}) ;",
                f"{FIDELITY['hypothesis']} : choix de ce banc, faute de source ({_count('hypothesis')}). "
                "Ne rien développer contre elle.",
            ]
        ),
        Heading(2, "Jeux de tarifs"),
        Text(
            "Un monde en a un. Ses règles passent avant celles du jeu qu'il prolonge, et celles-ci avant les règles "
            "communes, sans jeu."
        ),
        Table(
            ("Jeu", "Sens", "Prolonge", "Fidélité", "Source"), [_tariff_set(name) for name in fixtures.tariff_sets()]
        ),
        Heading(2, "Ce qui change, et quand"),
        Text("Les sujets dont la valeur change, et les jours que des règles nomment."),
        Table(("Jour", "Ce qui arrive", "Règle", "Fidélité"), [row for _, row in sorted(_changes())]),
    ]
    for name, members in by_family(rules).items():
        blocks += [Heading(2, title(name)), Table(_HEAD, [_row(rule) for rule in members])]
    return Page("regles", "Les règles datées", blocks)


def _count(fidelity: str) -> str:
    count = sum(rule.fidelity == fidelity for rule in fixtures.rules())
    return f"{count} règle{'s' if count > 1 else ''}"


def _row(rule: Rule) -> tuple[str, ...]:
    subject = f"`{rule.subject}`" + (f" (jeu `{rule.tariff_set}`)" if rule.tariff_set else "")
    return (
        f"**{rule.id}** {rule.label_fr}",
        subject,
        _value(rule),
        period(rule.valid_from, rule.valid_until),
        FIDELITY[rule.fidelity],
        rule.source,
        rule.legal_reference,
    )


def _value(rule: Rule) -> str:
    return f"`{rule.value}`" if rule.unit in ("method", "reason") else said(rule.value, rule.unit)


def _tariff_set(name: str) -> tuple[str, ...]:
    entry = fixtures.tariff_sets()[name]
    parent = f"`{entry['extends']}`" if "extends" in entry else "—"
    return f"`{name}`", entry["label_fr"], parent, FIDELITY[entry["fidelity"]], entry["source"]


def _changes() -> Iterator[tuple[tuple[date, str], tuple[str, ...]]]:
    """(Day and id, to sort by; row) of each change of a value, and of each day that a rule names."""
    rules = sorted(fixtures.rules(), key=lambda rule: rule.valid_from)
    last: dict[tuple[str, str | None], Rule] = {}
    for rule in rules:
        former = last.get((rule.subject, rule.tariff_set))
        last[rule.subject, rule.tariff_set] = rule
        if former is not None:
            told = f"`{rule.subject}` : {_value(former)} ({former.id}) devient {_value(rule)}. {rule.label_fr}"
            yield _change(rule.valid_from, rule, told)
        named = day_of(rule.value) if rule.unit == "date" else None
        if named is not None:
            yield _change(named, rule, f"{rule.label_fr} (`{rule.subject}`)")


def _change(day: date, rule: Rule, told: str) -> tuple[tuple[date, str], tuple[str, ...]]:
    return (day, rule.id), (day.isoformat(), told, f"**{rule.id}**", FIDELITY[rule.fidelity])
