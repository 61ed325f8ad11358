"""One exchange as a command to paste in bash: the same request, credentials to be put in variables. Pure.

Nothing that a caller sent is read by the shell or by curl: each word is quoted, and a body that a terminal should not
be given (control characters, what is no text, what is very long) goes through base64.
"""

from __future__ import annotations

import base64
import shlex
from collections.abc import Callable, Mapping
from typing import Any

from simulator.journal.har import address, raw
from simulator.journal.redaction import MARK

LEFT_OUT = frozenset(
    {"host", "content-length", "connection", "accept-encoding", "transfer-encoding", "expect", "keep-alive"}
)
ADDED = ("accept", "content-type", "user-agent")
"""Headers that curl adds by itself unless told not to."""
LONGEST = 32_000


def command(shown: Mapping[str, Any], issuer: str) -> dict[str, Any]:
    """``{"command": text, "variables": [names to set first]}``."""
    asked = shown["request"]
    method, headers, body = asked["method"], asked["headers"], raw(asked)
    hidden = _Hidden()
    words = ["--globoff", "--path-as-is"]
    if method == "HEAD":
        words.append("--head")
    elif method != "GET" or body:
        words.append(f"--request {quoted(method)}")
    words.append(hidden.spelled(address(asked, issuer)))
    for name, value in headers.items():
        if name not in LEFT_OUT:
            words.append(f"--header {hidden.spelled(f'{name}: {value}' if value else f'{name};')}")
    words += [f"--header {quoted(f'{name}:')}" for name in ADDED if name not in headers]
    before, after = "", ""
    if body and _shows(asked["body"]):
        words.append(f"--data-raw {hidden.spelled(asked['body'], shlex.quote)}")
    elif body:
        words.append("--data-binary @-")
        before, after = "base64 -d <<'FSE' | ", f"\n{base64.encodebytes(body).decode()}FSE"
    asking = " \\\n  ".join(words)
    text = f"{before}curl --silent --show-error {asking}{after}"
    return {"command": text, "variables": hidden.names}


class _Hidden:
    """The variables of one command, a name for each secret."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    @property
    def names(self) -> list[str]:
        return list(self._names.values())

    def spelled(self, text: str, quote: Callable[[str], str] | None = None) -> str:
        """The text as one word of bash, each fingerprint replaced by a variable that must be set."""
        parts = MARK.split(text)  # plain, mark, plain, mark, … plain
        bearer = text.lower().startswith("authorization: bearer ")
        word = "".join(
            f'"${{{self._name(part, bearer)}:?}}"' if at % 2 else (quote or quoted)(part)
            for at, part in enumerate(parts)
            if part
        )
        return word or "''"

    def _name(self, mark: str, bearer: bool) -> str:
        if mark not in self._names:
            self._names[mark] = "FSE_TOKEN" if bearer else f"FSE_SECRET_{len(self._names) + 1}"
        return self._names[mark]


def quoted(text: str) -> str:
    """One word of bash; headers and queries are bytes (read as latin-1): each that is not plain ASCII is spelled."""
    if all(" " <= char <= "~" for char in text):
        return shlex.quote(text)
    spelled = (
        f"\\{char}" if char in "\\'" else char if " " <= char <= "~" else "".join(map(_byte, _bytes(char)))
        for char in text
    )
    return f"$'{''.join(spelled)}'"


def _bytes(char: str) -> bytes:
    return char.encode("latin-1") if ord(char) < 256 else char.encode()


def _byte(value: int) -> str:
    return f"\\x{value:02x}"


def _shows(text: str | None) -> bool:
    """Whether a terminal may be given this body as it is."""
    return text is not None and len(text) < LONGEST and all(char.isprintable() or char == "\n" for char in text)
