"""Checks of the printed page: read from the document itself, as a counter would, at 203 and 300 dpi.

The document is stored; these checks render it again wherever they run. Without ZBar a page that zxing-cpp
reads is *inconclusive*: the rule asks for two independent readers.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from client.geometry import measure
from client.reading import Page, Reading, UnreadableDocument, pages_of, read_zbar, read_zxing, zbar_available
from conformance.checks.registry import check, failed, inconclusive, passed, shown
from conformance.evidence.model import Finding
from conformance.evidence.seen import Absent, Action, Seen

DPIS = (203, 300)
#: Millimetres; half a millimetre less the rounding of one rendered pixel over 41 modules.
MODULE_MM = 0.5
TOLERANCE_MM = 0.01
QUIET_MODULES = 4.0
CHILD_AGE = 12


def _pages(seen: Seen, action: Action, dpi: int) -> list[Page]:
    document = action.outcome.get("document") or {}
    content = seen.file(action.document)
    try:
        return pages_of(content, str(document.get("media_type")), dpi)
    except UnreadableDocument as error:
        raise Absent(f"le document imprimé est illisible ({error})") from None


@check("qr-read-from-page", "declared", "le QR de la page, lu par deux lecteurs à 203 et 300 dpi")
def qr_read_from_page(seen: Seen) -> Finding:
    """Both readers, at both resolutions, return exactly the payload of the issuance."""
    action = seen.action("print")
    payload = str(seen.accepted("issue").answer["qr"]["payload"])
    readers: dict[str, Callable[..., list[Reading]]] = {"zxing-cpp": read_zxing}
    if zbar_available():
        readers["ZBar"] = read_zbar
    faults, read = [], 0
    for dpi in DPIS:
        pages = _pages(seen, action, dpi)
        for name, reader in readers.items():
            texts = {reading.text for page in pages for reading in reader(page.image)}
            read += 1
            if payload not in texts:
                faults.append(f"{name} à {dpi} dpi : {'autre contenu' if texts else 'rien lu'}")
            elif texts != {payload}:
                faults.append(f"{name} à {dpi} dpi : plusieurs symboles différents")
    expected = "le contenu remis par la plateforme, deux lecteurs, 203 et 300 dpi"
    if faults:
        return failed(
            expected,
            shown(faults),
            action,
            cause="symbole trop petit, trop pâle, coupé ou réécrit",
            next="imprimer le QR tel que la plateforme le donne, à 25 mm ou plus",
        )
    if len(readers) < 2:
        return inconclusive(
            expected,
            "lu par zxing-cpp seulement",
            action,
            cause="ZBar n'est pas installé ici (paquet libzbar0) : fse doctor",
        )
    return passed(expected, f"{read} lectures exactes", action)


@check("qr-large-enough", "declared", "module d'au moins 0,5 mm et marge de quatre modules")
def qr_large_enough(seen: Seen) -> Finding:
    """Measured on the page rendered at 300 dpi."""
    action = seen.action("print")
    expected = f"module ≥ {MODULE_MM} mm, marge ≥ {QUIET_MODULES:.0f} modules"
    for page in _pages(seen, action, 300):
        for reading in read_zxing(page.image):
            if reading.modules is None:
                continue
            found = measure(page.image, reading, page.dpi or 300)
            received = f"module {found.module_mm:.2f} mm, marge {found.quiet_zone:.1f} modules"
            if found.module_mm >= MODULE_MM - TOLERANCE_MM and found.quiet_zone >= QUIET_MODULES - 0.25:
                return passed(expected, received, action)
            return failed(expected, received, action, cause="le symbole est réduit ou collé à un autre élément")
    return failed(expected, "aucun symbole lisible à 300 dpi", action, cause="le symbole manque ou est trop petit")


def _text(seen: Seen, action: Action) -> str:
    text = " ".join(page.text for page in _pages(seen, action, 100))
    return " ".join(text.split())


@check("number-printed-in-groups", "declared", "le numéro imprimé 4 × 4")
def number_printed(seen: Seen) -> Finding:
    """The page's own text holds the number in four groups of four digits."""
    action = seen.action("print")
    number = str(seen.accepted("issue").answer["number"])
    grouped = " ".join(number[i : i + 4] for i in range(0, 16, 4))
    text = _text(seen, action)
    if grouped in text:
        return passed(grouped, grouped, action)
    received = "numéro sans espaces" if number in text else "numéro absent du texte de la page"
    return failed(grouped, received, action, cause="seize chiffres d'affilée se recopient mal")


@check("backup-code-printed", "declared", "le code de secours imprimé")
def backup_code_printed(seen: Seen) -> Finding:
    """The page's own text holds the backup code, dashes and spaces apart."""
    action = seen.action("print")
    code = str(seen.accepted("issue").answer["backup_code"])
    squeezed = _squeeze(_text(seen, action))
    expected = "le code de secours remis par la plateforme"
    if _squeeze(code) in squeezed:
        return passed(expected, "imprimé", action)
    return failed(
        expected,
        "absent du texte de la page",
        action,
        cause="si le QR est illisible, la pharmacie ne pourra pas ouvrir la feuille",
    )


def _squeeze(text: str) -> str:
    return "".join(c for c in text.upper() if c.isalnum())


@check("mentions-printed", "declared", "les mentions de l'article 34 imprimées")
def mentions_printed(seen: Seen) -> Finding:
    """Date, prescriber, patient, and the age of a child under twelve, in the page's own text."""
    action = seen.action("print")
    sheet = seen.accepted("issue").answer
    text = _plain(_text(seen, action))
    year, month, day = str(sheet["date_of_care"]).split("-")
    patient = sheet["beneficiary"]
    age = _age(patient["birth_date"], str(sheet["date_of_care"]))
    wanted = {
        "date": [f"{day}/{month}/{year}", _plain(f"{int(day)} {MONTHS[int(month) - 1]} {year}")],
        "prescripteur": [_plain(str(sheet["prescriber"]["name"]).removeprefix("Dr "))],
        "patient": [_plain(str(patient["family_name"]))],
    }
    if age < CHILD_AGE:
        wanted["âge de l'enfant"] = [f"{age} ans", f"{age} an "]
    missing = [name for name, forms in wanted.items() if not any(form in text for form in forms)]
    expected = f"{', '.join(wanted)} sur la page"
    if not missing:
        return passed(expected, "tout y est", action)
    return failed(
        expected,
        f"manque : {', '.join(missing)}",
        action,
        cause="mention oubliée à l'impression",
        next="loi 17-04, art. 34 : sans elle le pharmacien doit s'abstenir ou rappeler le prescripteur",
    )


MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def _age(born: str, on: str) -> int:
    years = int(on[:4]) - int(born[:4])
    return years - (on[5:] < born[5:])
