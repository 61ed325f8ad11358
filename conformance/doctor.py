"""Before a run: is the wiring right? Configuration faults are told apart from conformance faults here.

Each examination answers a `Finding`-like line: what was examined, whether it holds, and what to do. A fault
that would make every case meaningless is *blocking*: the campaign ends with code 2 before its first case.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from client.api import Software
from client.bench import BenchClient
from client.http import PlatformUnreachable, Refused
from conformance.drivers.contract import Nonsense
from conformance.drivers.http import DriverDown, DriverLate, HttpDriver
from conformance.evidence.pseudonyms import Pseudonyms
from conformance.evidence.seen import Seen
from conformance.evidence.store import CaseStore
from conformance.profile import Profile
from conformance.steps.case import GP, PHARMACY, Case, Wiring
from conformance.steps.given import PEOPLE


@dataclass(frozen=True)
class Examined:
    """One line of the doctor's answer. `remedy` is empty when `well`; `blocking` when a run makes no sense."""

    what: str
    well: bool
    found: str
    remedy: str = ""
    blocking: bool = True


def machine(runs: Path) -> Iterator[Examined]:
    """This machine: Python, both QR readers, a writable folder for the runs."""
    found = ".".join(map(str, sys.version_info[:3]))
    yield Examined("Python", sys.version_info >= (3, 11), found, "installer Python 3.11 ou plus récent")
    from client.reading import zbar_available

    zbar = zbar_available()
    yield Examined(
        "Lecteur ZBar",
        zbar,
        "présent" if zbar else "absent : le contrôle d'impression restera non concluant",
        "" if zbar else "Debian/Ubuntu : sudo apt-get install libzbar0 ; macOS : brew install zbar",
        blocking=False,
    )
    yield _writable(runs)


def _writable(folder: Path) -> Examined:
    parent = folder
    while not parent.exists():
        parent = parent.parent
    well = parent.is_dir() and os.access(parent, os.W_OK)
    if well:
        try:
            with tempfile.TemporaryFile(dir=parent):
                pass
        except OSError:
            well = False
    remedy = "" if well else f"choisir un autre dossier avec --runs, ou donner le droit d'écrire dans {parent}"
    return Examined(
        "Dossier des campagnes", well, f"{folder} ({'inscriptible' if well else 'non inscriptible'})", remedy
    )


def platform(url: str, token: str) -> tuple[Examined, dict[str, Any]]:
    """The simulator: reachable, and its bench open to us."""
    bench = BenchClient(url, token, timeout=10)
    try:
        versions = bench.nomenclatures()
    except PlatformUnreachable as fault:
        return Examined("Simulateur", False, str(fault), "le démarrer : fse serve, ou retirer --simulator"), {}
    except Refused as fault:
        remedy = "jeton de banc : le donner par FSE_BENCH_TOKEN ou --bench-token-file"
        return Examined("Simulateur", False, f"banc refusé ({fault.slug})", remedy), {}
    finally:
        bench.close()
    return Examined("Simulateur", True, url), versions


def driver(endpoint: str, deadline_s: float) -> tuple[Examined, dict[str, Any]]:
    """The software's driver: reachable, and its capabilities follow the contract."""
    lane = HttpDriver(endpoint, min(deadline_s, 10))
    try:
        capabilities = lane.capabilities()
    except (DriverDown, DriverLate) as fault:
        remedy = "démarrer le logiciel et son pilote, puis vérifier l'adresse dans le profil"
        return Examined("Pilote du logiciel", False, str(fault), remedy), {}
    except Nonsense as fault:
        remedy = "GET /driver/v1/capabilities doit suivre conformance/drivers/schemas/capabilities.json"
        return Examined("Pilote du logiciel", False, str(fault), remedy), {}
    finally:
        lane.close()
    what = f"{capabilities['product']} {capabilities['version']} ({capabilities['editor']})"
    return Examined("Pilote du logiciel", True, f"{endpoint} : {what}"), capabilities


def wiring(profile: Profile, capabilities: dict[str, Any], url: str, token: str, nomenclature: str | None) -> Examined:
    """One world, one configuration, one authenticated call: does the software reach this simulator at all?"""
    lane = HttpDriver(profile.endpoints[0], profile.deadline_s)
    bench = BenchClient(url, token)
    with tempfile.TemporaryDirectory(prefix="banc-fse-") as scratch:
        case = Case(
            {"case": "doctor", "scenario": "doctor", "feature": "doctor", "tags": [], "requirements": []},
            Wiring(lane, bench, Software("banc-suite", "suite-1"), profile.client, Pseudonyms(b"doctor"), "doctor",
                   nomenclature),
            CaseStore(Path(scratch)),
        )  # fmt: skip
        try:
            return _try_wiring(case, capabilities)
        finally:
            lane.close()
            bench.close()


def _try_wiring(case: Case, capabilities: dict[str, Any]) -> Examined:
    what = "Câblage du logiciel au simulateur"
    if "check-rights" not in capabilities["actions"]:
        return _configured(case, what)
    key = "vérifier client_id et la clé publique du profil : elle doit être celle du logiciel"
    who = GP if "prescriber" in capabilities["professions"] else PHARMACY
    try:
        case.open()
        case.act(
            "check-rights",
            {
                "professional": who,
                "beneficiary": PEOPLE["un assuré salarié"],
                "date_of_care": str(case.world["now"])[:10],
            },
        )
    except (DriverDown, DriverLate, Nonsense) as fault:
        return Examined(what, False, str(fault), "chaque action déclarée doit répondre selon le contrat de pilote")
    except (PlatformUnreachable, Refused) as fault:
        return Examined(what, False, f"le simulateur a refusé le monde d'essai : {fault}", "vérifier le profil")
    finally:
        if case.world:
            case.wiring.bench.delete_world(case.world["id"])
    seen = Seen(case.observations, case.store.files)
    did, exchanges = seen.action("check-rights"), seen.exchanges()
    said = f"check-rights {did.said}" + (f" (« {did.messages[0][:200]} »)" if did.messages else "")
    if not exchanges:
        remedy = "configure doit changer l'émetteur (issuer) que le logiciel appelle"
        return Examined(what, False, f"{said} ; aucune adresse du monde d'essai n'a été appelée", remedy)
    if did.status != "completed" or not [e for e in seen.exchanges("check-rights") if e.accepted]:
        return Examined(what, False, f"{said} ; réseau : {' ; '.join(map(str, exchanges[-3:]))}", key)
    return Examined(what, True, f"{len(exchanges)} échange(s), droits lus")


def _configured(case: Case, what: str) -> Examined:
    """Without check-rights nothing can be called yet: at least `configure` must be understood."""
    try:
        case.open()
    except (DriverDown, DriverLate, Nonsense) as fault:
        return Examined(what, False, str(fault), "l'action configure doit répondre selon le contrat")
    except (PlatformUnreachable, Refused) as fault:
        return Examined(what, False, f"le simulateur a refusé le monde d'essai : {fault}", "vérifier le profil")
    finally:
        if case.world:
            case.wiring.bench.delete_world(case.world["id"])
    return Examined(what, True, "configure compris ; check-rights n'est pas déclaré, rien d'autre n'est éprouvé ici")
