"""One step of a decision as a person reads it: a title, and the arithmetic or the reason in French.

A step says what went in and what came out, as texts; which sentence it takes follows from the names of what went
in. A step of a kind that is not known here is told by its own label, so that a new rule is never silent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from decimal import Decimal

import fixtures
from simulator.kit.answer import Json
from simulator.rules.words import BADGES

Told = tuple[str, str]
Inputs = Mapping[str, str]

REGIMES: Mapping[str, str] = {
    "salaried": "salariés",
    "tns": "travailleurs non salariés",
    "tadamon": "AMO Tadamon",
    "achamil": "AMO Achamil",
    "domestic": "travailleurs domestiques",
    "public": "secteur public",
    "student": "étudiants",
}
CONDITIONS: Mapping[str, str] = {
    "ALD": "affection de longue durée (ALD)",
    "ALC": "affection lourde et coûteuse (ALC)",
}

DOCUMENTS: Mapping[str, str] = {"invoice": "facture", "report": "compte rendu", "prescription": "ordonnance"}


def told(step: Json) -> Told:
    """(title, sentence) of a step of the JSON of a claim."""
    inputs: Inputs = step["inputs"]
    teller = _TELLERS.get(frozenset(inputs))
    if teller is not None:
        with suppress(ArithmeticError, ValueError):  # inputs that are no numbers, in a file that was edited
            return teller(inputs, step["result"])
    label = step["label_fr"]
    if step["result"] == "rejected":
        return "Refus", f"{label[:1].lower()}{label[1:]}"
    given = ", ".join(f"{name} {value}" for name, value in inputs.items())
    return "Règle", f"{label} : {given} → {step['result']}" if given else f"{label} : {step['result']}"


def source(step: Json) -> str:
    """Who says so: the rule, how well it is known, its legal reference."""
    return f"{step['rule']} · {BADGES.get(step['fidelity'], step['fidelity'])} · {step['legal_reference']}"


def french(amount: str) -> str:
    """``1234.50`` → ``1 234,50`` (a narrow space that no line breaks at). Raises ValueError for no number."""
    whole, point, cents = amount.partition(".")
    return f"{int(whole):,}".replace(",", "\u202f") + ("," if point else "") + cents


def percent(rate: str) -> str:
    """``0.70`` → ``70 %``, ``0.975`` → ``97,5 %``."""
    text = f"{Decimal(rate) * 100:f}"
    return f"{(text.rstrip('0').rstrip('.') if '.' in text else text).replace('.', ',')} %"


def _product(result: str, *factors: tuple[str, str]) -> str:
    """Factors with their words, the exact product, and its rounding where there is one."""
    exact = Decimal(1)
    for _, factor in factors:
        exact *= Decimal(factor)
    shown = " × ".join(f"{word} {french(factor)}".strip() for word, factor in factors)
    if exact == Decimal(result):
        return f"{shown} = {french(result)}"
    return f"{shown} = {french(f'{exact.normalize():f}')}, arrondi à {french(result)}"


def _act(of: Inputs, result: str) -> Told:
    several = [("quantité", of["quantity"])] if Decimal(of["quantity"]) != 1 else []
    letter = of["letter"].replace("_PROTHESE", ", prothèse").replace("_ODF", ", orthodontie")
    letters = (f"lettre {letter} :", of["value"]), ("coefficient", of["coefficient"])
    return "Tarif", _product(result, *letters, *several)


def _medicine(of: Inputs, result: str) -> Told:
    code = f"({of['ean13']}) " if of["ean13"] else ""
    base = (f"base de remboursement {code}:", of["unit_base"])
    return "Base", _product(result, base, ("quantité", of["quantity"]))


def _eligible(of: Inputs, result: str) -> Told:
    least = f"min(facturé {french(of['charged'])} ; base {french(of['base'])})"
    return "Remboursable", f"{least} = {french(result)}"


def _condition(of: Inputs, result: str) -> Told:
    kind = CONDITIONS.get(of["declared"], of["declared"])
    return "Taux", f"{percent(result)} : {kind} déclarée sur la feuille et reconnue au patient, « {of['condition']} »"


def _relation(of: Inputs, result: str) -> Told:
    kind, _, name = of["by"].partition(":")
    by = {"atc": f"classe ATC {name}", "act": f"acte {name}", "letter": f"actes de lettre {name}"}.get(kind, "")
    if name == "?":
        by = "classe du médicament inconnue, la déclaration suffit"
    told = f"en rapport avec l'affection ({by})" if result == "related" else "sans rapport avec l'affection"
    return of["declared"], f"« {of['condition']} » : {of['code'] or 'cette ligne'} est {told}"


def _unrecognised(of: Inputs, _: str) -> Told:
    kind, day = of["declared"], date.fromisoformat(of["date_of_care"])
    told = f"déclarée sur la feuille, mais aucune n'est reconnue au patient le {day:%d/%m/%Y} : taux ordinaire"
    todo = "le prescripteur lit ce qui l'est dans les droits du patient, et remplace la feuille tant que rien n'en est "
    return kind, f"{told} ; {todo}exécuté ; une affection se fait reconnaître par la CNSS, hors de la plateforme"


def _sector(of: Inputs, result: str) -> Told:
    where = {"private": "soins dans le privé", "public": "soins dans un établissement public"}
    return "Taux", f"{percent(result)} : {where.get(of['sector'], of['sector'])}"


def _listed(of: Inputs, result: str) -> Told:
    return "Taux", f"{percent(result)} : taux de la liste des médicaments pour {of['ean13'] or 'ce produit'}"


def _cnss(of: Inputs, result: str) -> Told:
    return "Part CNSS", _product(result, ("", of["eligible"]), ("", of["rate"]))


def _state(of: Inputs, result: str) -> Told:
    return "Part de l'État", f"{french(of['eligible'])} − {french(of['cnss_share'])} = {french(result)}"


def _patient(of: Inputs, result: str) -> Told:
    taken = [french(of["charged"]), french(of["cnss_share"])]
    if Decimal(of["state_share"]):
        taken.append(french(of["state_share"]))
    return "Part du patient", f"{' − '.join(taken)} = {french(result)}"


def _closed(of: Inputs, _: str) -> Told:
    day = date.fromisoformat(of["date_of_care"])
    regime = REGIMES.get(of["regime"], of["regime"])
    return "Refus", f"droits non ouverts le {day:%d/%m/%Y} (régime : {regime})"


def _rights(of: Inputs, result: str) -> Told:
    return "Droits", f"{'ouverts' if result == 'open' else 'fermés'} à la date des soins. {of['why']}"


def _outside(of: Inputs, _: str) -> Told:
    return "Refus", f"« {of['label']} » est hors de la liste admise au remboursement"


def _worthless(of: Inputs, _: str) -> Told:
    nothing = "au taux de 0 %" if of["rate"] and not Decimal(of["rate"]) else "sans tarif ni base de remboursement"
    return "Refus", f"{of['code'] or 'code inconnu'}, {nothing} : non remboursable"


def _manager(of: Inputs, result: str) -> Told:
    return "Régime", f"{REGIMES.get(of['scheme'], of['scheme'])}, géré par la {result} à la date des soins"


def _attested(of: Inputs, _: str) -> Told:
    return "Tiers payant", f"attestation {of['attestation']} pour {of['code']} : la CNSS paie la pharmacie"


def _public_payer(_: Inputs, __: str) -> Told:
    return "Tiers payant", "AMO Tadamon dans le public : la CNSS et l'État paient l'établissement"


def _cut(of: Inputs, result: str) -> Told:
    start, end = (date.fromisoformat(of[name]) for name in ("window_start", "window_end"))
    ceiling, share = french(of["ceiling"]), french(of["cnss_share"])
    granted, available = french(of["already_granted"]), french(of["available"])
    waiting = f" et {french(of['waiting'])} en attente de décision" if "waiting" in of else ""
    counted = f"dont {granted} déjà accordés{waiting}"
    known = f"{ceiling} du {start:%d/%m/%Y} au {end:%d/%m/%Y}, {counted} : {available} disponibles"
    return "Plafond", f"{known} ; min(part {share} ; disponible {available}) = {french(result)}"


def _state_of_cut(of: Inputs, result: str) -> Told:
    covered = f"{french(of['cnss_share'])} ÷ {french(of['rate'])} = {french(of['paid_for'])} pris en charge"
    return "Part de l'État", f"{covered} ; {french(of['paid_for'])} − {french(of['cnss_share'])} = {french(result)}"


def _exhausted(of: Inputs, _: str) -> Told:
    until = date.fromisoformat(of["until"])
    return "Refus", f"plafond de {french(of['ceiling'])} atteint, sur une période qui finit le {until:%d/%m/%Y}"


def _over_age(of: Inputs, _: str) -> Told:
    care, reached = (date.fromisoformat(of[name]) for name in ("date_of_care", "reached"))
    return "Refus", f"soins du {care:%d/%m/%Y}, remboursés avant {of['age_limit']} ans (atteints le {reached:%d/%m/%Y})"


def _late(of: Inputs, _: str) -> Told:
    filed, since, last = (date.fromisoformat(of[name]) for name in ("filed", "since", "last_day"))
    what = "la fin du traitement" if of["from_what"] == "treatment" else "le premier acte"
    told = f"demande déposée le {filed:%d/%m/%Y}, plus de {of['days']} jours après {what} ({since:%d/%m/%Y})"
    return "Refus", f"{told} ; le dernier jour était le {last:%d/%m/%Y}"


def _approved(of: Inputs, result: str) -> Told:
    covered, quantity = french(of["covered"]), french(of["quantity"])
    return "Accord préalable", f"couvre {covered} sur {quantity} : part de la CNSS {french(result)}"


def _rechecked(of: Inputs, result: str) -> Told:
    day = date.fromisoformat(of["contested_on"])
    amount = french(of["after"]) if result == "upheld" else f"{french(of['before'])} → {french(of['after'])}"
    outcome = "la décision est maintenue" if result == "upheld" else "la décision change"
    return "Réexamen", f"contestée le {day:%d/%m/%Y} ; {outcome} : {amount} remboursés"


def _unapproved(of: Inputs, _: str) -> Told:
    return "Refus", _WITHOUT_APPROVAL.get(of["reason"], of["reason"])


def _unapproved_for(of: Inputs, _: str) -> Told:
    """Which request was refused, and why."""
    known = next((one.label_fr for one in fixtures.reasons() if one.code == of["motive"]), of["motive"])
    words = f" (« {of['words']} »)" if "words" in of else ""
    return "Refus", f"accord préalable {of['approval']} refusé : {known[:1].lower()}{known[1:]}{words}"


_WITHOUT_APPROVAL = {
    "prior-approval-missing": "accord préalable non demandé à temps",
    "prior-approval-refused": "accord préalable refusé",
    "prior-approval-exceeded": "au-delà de la quantité que l'accord préalable donne",
}
_CEILING = frozenset({"cnss_share", "ceiling", "window_start", "window_end", "already_granted", "available"})
_TELLERS: Mapping[frozenset[str], Callable[[Inputs, str], Told]] = {
    frozenset({"letter", "value", "coefficient", "quantity"}): _act,
    frozenset({"ean13", "unit_base", "quantity"}): _medicine,
    frozenset({"charged", "base"}): _eligible,
    frozenset({"condition", "declared"}): _condition,
    frozenset({"condition", "declared", "code", "by"}): _relation,
    frozenset({"declared", "date_of_care"}): _unrecognised,
    frozenset({"sector"}): _sector,
    frozenset({"ean13", "rate"}): _listed,
    frozenset({"eligible", "rate"}): _cnss,
    frozenset({"eligible", "cnss_share"}): _state,
    frozenset({"paid_for", "rate", "cnss_share"}): _state_of_cut,
    frozenset({"attestation", "code"}): _attested,
    frozenset({"regime", "sector"}): _public_payer,
    _CEILING: _cut,
    _CEILING | {"waiting"}: _cut,
    frozenset({"ceiling", "until"}): _exhausted,
    frozenset({"age_limit", "reached", "date_of_care"}): _over_age,
    frozenset({"charged", "cnss_share", "state_share"}): _patient,
    frozenset({"date_of_care", "regime"}): _closed,
    frozenset({"scheme"}): _manager,
    frozenset({"rights", "why"}): _rights,
    frozenset({"label"}): _outside,
    frozenset({"code", "rate"}): _worthless,
    frozenset({"quantity", "covered"}): _approved,
    frozenset({"quantity", "covered", "reason"}): _unapproved,
    frozenset({"quantity", "covered", "reason", "approval", "motive"}): _unapproved_for,
    frozenset({"quantity", "covered", "reason", "approval", "motive", "words"}): _unapproved_for,
    frozenset({"claim"}): lambda of, _: ("Refus", f"le même soin est déjà demandé ({of['claim']})"),
    frozenset({"contested_on", "before", "after"}): _rechecked,
    frozenset({"document"}): lambda of, _: (
        "Refus",
        f"pièce demandée jamais reçue ({DOCUMENTS.get(of['document'], of['document'])})",
    ),
    frozenset({"filed", "since", "from_what", "days", "last_day"}): _late,
}
"""Names of what went in → its sentence."""
