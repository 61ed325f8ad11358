#!/bin/sh
# Installs what is missing: a virtual environment with the locked dependencies, and ZBar (the second QR reader).
# Asks for sudo only for ZBar, and only when it is not there. Safe to run again.
set -eu
cd "$(dirname "$0")/.."
venv=${VENV:-.venv}
python=${PYTHON:-python3}

"$python" - <<'PY' || { echo "Python 3.11 ou plus récent est nécessaire (paquet python3, python3-venv)." >&2; exit 2; }
import sys
sys.exit(sys.version_info < (3, 11))
PY
if [ ! -x "$venv/bin/python" ]; then
    "$python" -m venv "$venv" || { echo "Le module venv manque : sudo apt-get install python3-venv" >&2; exit 2; }
fi
if [ ! -x "$venv/bin/uv" ]; then
    "$venv/bin/python" -m pip install -q --disable-pip-version-check "$(grep '^uv==' requirements.lock | cut -d' ' -f1)"
fi
echo "Installation des dépendances verrouillées…"
# Compiled once here: where PYTHONDONTWRITEBYTECODE is set, every start would compile everything again.
"$venv/bin/uv" pip install -q --compile-bytecode --python "$venv/bin/python" -r requirements.lock
"$venv/bin/uv" pip install -q --python "$venv/bin/python" --no-deps --editable .
"$venv/bin/python" -m compileall -q benchmarks client conformance fixtures load coach qrlab reports simulator terminal workbench fse.py

if ! "$venv/bin/python" -c 'import pyzbar.pyzbar' 2>/dev/null; then
    if command -v apt-get >/dev/null 2>&1; then
        echo "Installation de ZBar, le second lecteur de QR (paquet libzbar0)…"
        sudo=''
        [ "$(id -u)" = 0 ] || sudo='sudo'
        $sudo apt-get update -qq && $sudo apt-get install -y -qq libzbar0 >/dev/null || true
    fi
    "$venv/bin/python" -c 'import pyzbar.pyzbar' 2>/dev/null ||
        echo "ZBar reste absent : le contrôle d'impression sera non concluant (voir fse doctor)." >&2
fi
touch "$venv/.ready"
