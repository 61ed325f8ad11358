"""What a campaign stands on: a simulator (given, or started here) and a software (given, or one of ours)."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from client.launch import LaunchError, simulator
from conformance import doctor
from conformance.doctor import Examined
from conformance.profile import BadProfile, Profile, load
from conformance.programs import EditorDidNotStart, editors


class Misconfigured(Exception):
    """The campaign cannot start; the text is French and says what to do (exit code 2)."""


@dataclass(frozen=True)
class Ground:
    """Everything examined and ready."""

    profile: Profile
    capabilities: dict[str, Any]
    simulator: str
    bench_token: str
    platform: dict[str, Any]
    nomenclature: str | None


@contextmanager
def stand(
    *,
    profile: Path | None,
    editor: str | None,
    driver: str | None,
    simulator_url: str | None,
    bench_token_file: Path | None,
    medicines: Path | None,
    lanes: int,
    runs: Path,
    say: Any,
) -> Iterator[Ground]:
    """Start what must be started, examine everything, yield the ground. `Misconfigured` otherwise.

    `say` is called with each `Examined`, as it is known.
    """
    with ExitStack() as stack:
        for examined in doctor.machine(runs):
            _expect(examined, say)
        wanted = _profile(stack, profile, editor, driver, lanes)
        examined, capabilities = doctor.driver(wanted.endpoints[0], wanted.deadline_s)
        _expect(examined, say)
        for endpoint in wanted.endpoints[1:]:
            _expect(doctor.driver(endpoint, wanted.deadline_s)[0], say)
        wanted = _identified(wanted, capabilities)
        url, token, imported = _simulator(stack, simulator_url, bench_token_file, medicines)
        if imported:
            say(_imported(imported))
        examined, versions = doctor.platform(url, token)
        _expect(examined, say)
        current = _current(versions)
        _expect(doctor.wiring(wanted, capabilities, url, token, current.get("version")), say)
        platform = {
            "issuer_base": url,
            "started_here": simulator_url is None,
            "nomenclature": {**current, "left_out": list((imported or {}).get("left_out", []))},
            **_identity(url),
        }
        yield Ground(wanted, capabilities, url, token, platform, current.get("version"))


def _expect(examined: Examined, say: Any) -> None:
    if examined.blocking and not examined.well:
        raise Misconfigured(f"{examined.what} : {examined.found}. Remède : {examined.remedy}")
    say(examined)


def _profile(stack: ExitStack, profile: Path | None, editor: str | None, driver: str | None, lanes: int) -> Profile:
    if sum(x is not None for x in (profile, editor, driver)) != 1:
        raise Misconfigured("indiquer un seul logiciel : --profile FICHIER, --editor reference ou --driver ADRESSE")
    try:
        if profile is not None:
            return load(profile)
        if driver is not None:
            if not driver.startswith(("http://", "https://")):
                raise BadProfile(f"--driver attend une adresse complète, par exemple http://{driver}")
            return Profile(endpoints=(driver,), source=driver)
        return Profile(endpoints=tuple(stack.enter_context(editors(str(editor), lanes))), source=f"éditeur {editor}")
    except (BadProfile, EditorDidNotStart) as fault:
        raise Misconfigured(str(fault)) from None


def _identified(profile: Profile, capabilities: dict[str, Any]) -> Profile:
    """The client to register in the worlds: the profile's, else the one the capabilities announce."""
    if profile.client:
        return profile
    announced = capabilities.get("client")
    if not isinstance(announced, dict) or not announced.get("client_id") or not announced.get("jwks"):
        raise Misconfigured("le logiciel n'annonce pas sa clé publique : écrire un profil (--profile) avec [client]")
    client = {"client_id": announced["client_id"], "name": capabilities["editor"], "jwks": announced["jwks"]}
    return replace(profile, client=client)


def _simulator(
    stack: ExitStack, url: str | None, token_file: Path | None, medicines: Path | None
) -> tuple[str, str, Mapping[str, Any] | None]:
    if url is None:
        options = ["--memory", *(["--medicines", str(medicines)] if medicines else [])]
        try:
            running = stack.enter_context(simulator(*options))
        except LaunchError as fault:
            raise Misconfigured(str(fault)) from None
        return running.url, running.bench_token, running.medicines
    if medicines:
        raise Misconfigured("--medicines vaut pour un simulateur démarré ici ; sinon : fse nomenclature import")
    try:
        token = token_file.read_text(encoding="utf-8").strip() if token_file else os.environ["FSE_BENCH_TOKEN"]
    except KeyError:
        raise Misconfigured("avec --simulator, donner le jeton : --bench-token-file ou FSE_BENCH_TOKEN") from None
    except OSError:
        raise Misconfigured(f"jeton de banc illisible : {token_file}") from None
    return url.rstrip("/"), token, None


def _imported(report: Mapping[str, Any]) -> Examined:
    """The list given on the command line: rows taken, and each row left out with its line and reason."""
    return Examined("Liste de médicaments", True, "\n  ".join(str(line).strip() for line in report["lines"]))


def _current(versions: dict[str, Any]) -> dict[str, Any]:
    rows = versions.get("items") or versions.get("nomenclatures") or []
    chosen = next((row for row in rows if row.get("current")), rows[-1] if rows else {})
    return dict(chosen)


def _identity(url: str) -> dict[str, Any]:
    import httpx

    try:
        health = httpx.get(f"{url}/health", timeout=5, trust_env=False).json()
    except (httpx.HTTPError, ValueError):
        return {"name": "inconnu", "version": "inconnue"}
    name, _, version = str(health.get("simulator", "inconnu")).partition("/")
    return {"name": name, "version": version or "inconnue", "unofficial": health.get("unofficial", True)}
