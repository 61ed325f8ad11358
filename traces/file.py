"""A trace as a file: one JSON object, gzipped when its name ends in ``.gz``; its shape is `schema.json`. Pure, but for
reading and writing that file.

A step is a request (``at``, ``request``, ``expected``, ``as`` for a token) or an operation of the bench (``at``,
``bench``). ``at`` is the world's time. Secrets stand as fingerprints, the address of the world as ``{world}``.
"""

from __future__ import annotations

import gzip
import io
import json
import zlib
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, cast

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match

from terminal.system import reason

FORMAT = "fse-trace/1"
MOST_BYTES = 32_000_000
MOST_STEPS = 5_000
Trace = dict[str, Any]
_TYPES = {
    "object": "un objet", "array": "une liste", "string": "un texte", "integer": "un nombre entier",
    "boolean": "vrai ou faux", "null": "null",
}  # fmt: skip


class BrokenTrace(ValueError):
    """A file that is no trace; French, for the person who gave it."""


def read(path: Path) -> Trace:
    """Raises BrokenTrace."""
    try:
        raw = path.read_bytes() if path.stat().st_size <= MOST_BYTES else None
    except OSError as error:
        raise BrokenTrace(f"{path} ne se lit pas ({reason(error)}).") from None
    if raw is not None and raw[:2] == b"\x1f\x8b":
        raw = _unzipped(raw, path)
    if raw is None or len(raw) > MOST_BYTES:
        raise _too_large(path)
    try:
        trace = json.loads(raw.decode())
        json.dumps(trace, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise BrokenTrace(f"{path} : une moitié de caractère (\\ud800 à \\udfff) y est seule.") from None
    except UnicodeDecodeError:
        raise BrokenTrace(f"{path} n'est pas un texte UTF-8.") from None
    except json.JSONDecodeError as error:
        raise BrokenTrace(f"{path}, ligne {error.lineno} : ce n'est pas du JSON ({error.msg}).") from None
    except ValueError:
        raise BrokenTrace(f"{path} : un nombre y a trop de chiffres.") from None
    except RecursionError:
        raise BrokenTrace(f"{path} : trop de niveaux emboîtés.") from None
    check(trace, str(path))
    return dict(trace)


def write(path: Path, trace: Trace) -> int:
    """The same bytes for the same trace; how many. Raises BrokenTrace when it cannot be written, or not read again."""
    data = text(trace).encode()
    if len(data) > MOST_BYTES:
        raise _too_large(path)
    if path.suffix == ".gz":
        packed = io.BytesIO()
        with gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0) as stream:
            stream.write(data)
        data = packed.getvalue()
    try:
        path.write_bytes(data)
    except OSError as error:
        raise BrokenTrace(f"{path} ne s'écrit pas ({reason(error)}).") from None
    return len(data)


def text(trace: Trace) -> str:
    """One line for each step, so that a person can read and compare two traces."""
    steps = ",\n".join(f"  {_line(step)}" for step in trace["steps"])
    head = [f' "{name}": {_line(value)}' for name, value in trace.items() if name != "steps"]
    return "{\n" + ",\n".join([*head, f' "steps": [\n{steps}\n ]' if steps else ' "steps": []']) + "\n}\n"


def check(trace: Any, name: str) -> None:
    """Raises BrokenTrace: the first fault, and where it is."""
    if isinstance(trace, dict) and trace.get("format") != FORMAT:
        raise BrokenTrace(
            f"{name} n'est pas une trace de ce format ({FORMAT}) : « format » vaut {trace.get('format')!r}."
        )
    fault = best_match(_validator().iter_errors(trace))
    if fault is not None:
        where = "".join(f"/{part}" for part in fault.absolute_path) or "/"
        raise BrokenTrace(f"{name}, {where} : {_french(fault)}.")


def _too_large(path: Path) -> BrokenTrace:
    return BrokenTrace(f"{path} dépasse {MOST_BYTES // 1_000_000} Mo : une trace est un petit fichier.")


def _unzipped(raw: bytes, path: Path) -> bytes | None:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(raw)) as stream:
            found = stream.read(MOST_BYTES + 1)
    except (OSError, EOFError, zlib.error):
        raise BrokenTrace(f"{path} : archive gzip abîmée.") from None
    return found if len(found) <= MOST_BYTES else None


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": "))


@cache
def _validator() -> Any:
    schema = json.loads(resources.files("traces").joinpath("schema.json").read_text(encoding="utf-8"))
    return Draft202012Validator(schema)


def _french(fault: ValidationError) -> str:
    rule, wanted, schema = str(fault.validator), cast(Any, fault.validator_value), cast(Any, fault.schema)
    given = cast(Any, fault.instance)
    if rule == "required":
        missing = [name for name in wanted if name not in given]
        return f"il manque « {missing[0]} »" if missing else "il manque un membre"
    if rule == "additionalProperties":
        known = schema.get("properties", {})
        return f"« {next((name for name in given if name not in known), '?')} » n'est pas connu"
    if rule == "type":
        kinds = [wanted] if isinstance(wanted, str) else wanted
        return f"{' ou '.join(_TYPES.get(kind, kind) for kind in kinds)} est attendu"
    if rule in ("maxItems", "maxLength"):
        return f"{wanted} au plus"
    if rule in ("enum", "const"):
        return f"valeur inattendue : {str(given)[:60]!r}"
    if rule == "pattern":
        return f"forme inattendue : {str(given)[:60]!r}"
    return "une étape est une requête (« request », « expected ») ou une opération du banc (« bench »)"
