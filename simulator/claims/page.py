"""The decision on a claim as a person reads it, in French, for a terminal of 80 columns.

Pure: the JSON of a claim (see `schemas.ClaimAnswer`) → text; nothing is decided again, each line is told by the
steps that were stored with it. `faults` says what does not add up in it, such as in a file that was edited.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from re import compile as pattern
from textwrap import wrap

from msgspec import Struct

from simulator.claims.answers import AMOUNTS
from simulator.claims.sentences import DOCUMENTS, french, source, told
from simulator.codes.number import grouped
from simulator.kit import clock
from simulator.kit.answer import Json
from simulator.professionals.words import name as section_name

WIDTH = 80
_BEFORE = pattern(r" (?=[;:!?»%])|(?<=«) ")
_TITLE = 18
_DECISIONS = {"granted": "ACCORDÉE", "partial": "ACCORDÉE EN PARTIE", "rejected": "REFUSÉE"}
_OUTCOMES = {"granted": "accordée", "partial": "accordée en partie", "pending": "EN ATTENTE"}
_HOLDS = {
    "prior-approval": "de l'accord préalable pour {asks}, à demander au plus tard le {until}",
    "document": "de la pièce demandée ({asks}), au plus tard le {until}",
    "medical-review": "du contrôle médical, au plus tard le {until}",
    "duplicate": "de la comparaison avec la demande {asks}, au plus tard le {until}",
}
_ASKED = "de la décision sur l'accord préalable demandé pour {asks}"
"""The request was made: it is decided whenever it is."""
_SHARES = {
    "charged": "facturé",
    "base": "base ou tarif",
    "cnss_share": "part de la CNSS",
    "state_share": "part de l'État",
    "patient_share": "part du patient",
    "excess": "dont dépassement",
}
_MEANING = {
    "deduced": "déduit : d'une annonce ou d'un texte, sans le texte officiel.",
    "hypothesis": "HYPOTHÈSE : choix de ce banc, à confirmer par la CNSS.",
}


class Around(Struct, frozen=True):
    """What a claim does not say itself: its world, its patient, its establishment, as texts; empty when unknown."""

    world: str = ""
    patient: str = ""
    establishment: str = ""


def page(claim: Json, around: Around = Around()) -> str:
    """The whole decision, no line longer than 80 columns."""
    parts = [*_head(claim, around)]
    several = len(_days(claim)) > 1
    for line in claim["lines"]:
        parts += ["", *_line(line, dated=several)]
    parts += ["", *_totals(claim)]
    if found := faults(claim):
        parts += ["", "CETTE DEMANDE NE S'ADDITIONNE PAS :", *(text for fault in found for text in _kept("  ", fault))]
    fidelities = {step["fidelity"] for line in claim["lines"] for step in line["explanation"]}
    meanings = [meaning for fidelity, meaning in _MEANING.items() if fidelity in fidelities]
    return "\n".join([*parts, *([""] if meanings else []), *meanings])


def faults(claim: Json) -> list[str]:
    """What does not add up, in French: shares of a line, its excess, sums of lines."""
    found = []
    for line in claim["lines"]:
        sums = {name: Decimal(line[name]) for name in AMOUNTS}
        paid = sums["cnss_share"] + sums["state_share"] + sums["patient_share"]
        if paid != sums["charged"]:
            found.append(f"ligne {line['line']} : les parts font {_french(paid)}, {french(line['charged'])} facturés")
        excess = max(Decimal(0), sums["charged"] - sums["base"])
        if excess != sums["excess"]:
            found.append(f"ligne {line['line']} : dépassement de {french(line['excess'])} au lieu de {_french(excess)}")
    for name, word in _SHARES.items():
        total = sum((Decimal(line[name]) for line in claim["lines"]), Decimal(0))
        if total != Decimal(claim["totals"][name]):
            found.append(f"total « {word} » : {french(claim['totals'][name])}, les lignes font {_french(total)}")
    return found


def _head(claim: Json, around: Around) -> Iterator[str]:
    undecided = "RETIRÉE, rien n'est plus demandé" if claim["status"] == "withdrawn" else "EN ATTENTE D'UNE DÉCISION"
    decision = _DECISIONS.get(claim.get("decision", ""), undecided)
    yield from _wrapped(f"Demande de remboursement {claim['id']} : {decision}")
    received = clock.parse(claim["received_at"]).astimezone(clock.CASABLANCA)
    days = _days(claim)
    care = f"{days[0]:%d/%m/%Y}" if len(days) == 1 else f"du {days[0]:%d/%m/%Y} au {days[-1]:%d/%m/%Y}"
    facts = {
        "Monde": around.world,
        "Patient": around.patient,
        "Feuille": f"{_feuille(claim)}, section {section_name(claim['section'])}",
        "Établissement": around.establishment or claim["establishment"],
        "Date des soins": f"{care}, demande reçue le {received:%d/%m/%Y à %H h %M}",
    }
    for title, fact in facts.items():
        if fact:
            yield from _kept(f"  {title:<{_TITLE}}", fact)


def _feuille(claim: Json) -> str:
    said = [f"papier {claim['reference']}"] if "reference" in claim else []
    return ", ".join([*said, *([grouped(claim["number"])] if "number" in claim else [])])


def _days(claim: Json) -> list[date]:
    """The days of care of its lines, in order; its own without any line."""
    said = {line.get("date_of_care", claim["date_of_care"]) for line in claim["lines"]} or {claim["date_of_care"]}
    return [date.fromisoformat(day) for day in sorted(said)]


def _line(line: Json, *, dated: bool = False) -> Iterator[str]:
    """`dated`: its day of care is not that of every other one."""
    outcome = _OUTCOMES.get(line["decision"], "REFUSÉE")
    yield from _wrapped(f"Ligne {line['line']} — {line['label']} : {outcome}", "", "  ")
    if dated and "date_of_care" in line:
        yield from _kept(f"  {'Date des soins':<{_TITLE}}", _local(line["date_of_care"]))
    yield from _kept(f"  {'Exécution':<{_TITLE}}", line["execution"])
    if hold := line.get("hold"):
        yield from _kept(f"  {'En attente':<{_TITLE}}", f"{_held(line, hold)} ; les parts sont celles qu'elle aurait")
    for title, sentence in _way(line):
        yield from _kept(f"  {title:<{_TITLE}}", sentence)
    yield from _kept(f"  {'Facturé':<{_TITLE}}", french(line["charged"]))
    for step in line["explanation"]:
        title, sentence = told(step)
        yield from _kept(f"  {title:<{_TITLE}}", sentence)
        yield from _kept(" " * (_TITLE + 4), source(step))
    if Decimal(line["excess"]):
        # A refused line has no step for what is eligible: its base, or none.
        eligible = min(Decimal(line["charged"]), Decimal(line["base"]))
        amounts = f"{french(line['charged'])} − {_french(eligible)} = {french(line['excess'])}"
        yield from _kept(f"  {'Dépassement':<{_TITLE}}", f"{amounts}, compris dans la part du patient")
    if line.get("remedy"):
        yield from _kept(f"  {'Que faire':<{_TITLE}}", line["remedy"])


def _held(line: Json, hold: Json) -> str:
    """What it waits for, and until when."""
    said = _HOLDS.get(hold["kind"], "{asks}, au plus tard le {until}")
    if hold["kind"] == "prior-approval" and line.get("due_at") is None:
        said = _ASKED
    asks = hold.get("asks") or ""
    return said.format(asks=DOCUMENTS.get(asks, asks), until=_day(hold["until"]))


def _way(line: Json) -> Iterator[tuple[str, str]]:
    """What it waits for and until when; what was paid. Nothing of a line that was only decided."""
    status, due = line.get("status", "adjudicated"), line.get("due_at")
    if status == "contested":
        yield "En attente", f"contestée, réexamen le {_day(due)}" if due else "contestée"
    elif status == "received" and "hold" not in line:
        yield "En attente", f"reçue, contrôle le {_day(due)}" if due else "reçue"
    elif status == "rechecked":
        what = "complément" if line.get("payments") else "paiement"
        yield "État", "réexaminée" + (f", {what} à ordonner le {_day(due)}" if due else "")
    for one in line.get("payments") or ():
        done = f"payés le {_local(one['paid_on'])}" if "paid_on" in one else f"ordonnés le {_local(one['ordered_on'])}"
        yield "Paiement", f"{french(one['amount'])} {done} ({one['statement']})"


def _day(instant: str) -> str:
    return f"{clock.day(clock.parse(instant)):%d/%m/%Y}"


def _local(day: str) -> str:
    return f"{date.fromisoformat(day):%d/%m/%Y}"


def _totals(claim: Json) -> Iterator[str]:
    totals, many = claim["totals"], len(claim["lines"])
    yield f"Total en dirhams, {many} ligne{'s' if many > 1 else ''}"
    for name, word in _SHARES.items():
        yield f"  {word:<{_TITLE}}{french(totals[name]):>12}"
    shares = [french(totals[name]) for name in ("cnss_share", "state_share", "patient_share")]
    yield from _wrapped(f"{' + '.join(shares)} = {french(totals['charged'])}", "  ")


def _kept(title: str, text: str) -> list[str]:
    """A text after its title, its further lines aligned below it; words too long for the column are cut."""
    return _wrapped(text, title, " " * len(title)) or [title.rstrip()]


def _wrapped(text: str, first: str = "", further: str = "") -> list[str]:
    """As French wraps: no line begins with what a space only precedes (; : ! ? » %), or ends with an opening quote."""
    bound = _BEFORE.sub("\N{NO-BREAK SPACE}", _shown(text))
    lines = wrap(bound, WIDTH, initial_indent=first, subsequent_indent=further)
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines]


def _shown(text: str) -> str:
    """Without what would steer the terminal: a label comes from a software."""
    return "".join(c if c.isprintable() or c.isspace() else "\N{REPLACEMENT CHARACTER}" for c in text)


def _french(amount: Decimal) -> str:
    return french(f"{amount:.2f}")
