"""What the professional reads: French sentences, without slug, HTTP status, URL or stack trace.

A refusal of the platform is recognised by its slug and told in the words of the counter; a slug this version
does not know falls back on the platform's own French title, cleaned like every text from outside.
"""

from __future__ import annotations

import re
import unicodedata

from .records import Json, Message
from .texts import REFUSALS, UNKNOWN_REFUSAL

_URL = re.compile(r"\b(?:[a-z][a-z0-9+.-]*://|www\.)\S+", re.IGNORECASE)


def shown(text: object, limit: int = 160) -> str:
    """A text from outside, made harmless: no control or invisible character, no markup, shortened."""
    visible = (" " if unicodedata.category(c)[0] in "CZ" else c for c in str(text))
    clean = " ".join("".join(visible).split()).replace("<", "‹").replace(">", "›")
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"


def sentence(text: object) -> str:
    """A French sentence of the platform, made for people: shown whole, but without any address."""
    return shown(_URL.sub("", str(text)), 300)


def sentence_of_problem(problem: Json | None) -> str:
    """The French sentence for a refusal of the platform."""
    known = REFUSALS.get(str((problem or {}).get("code", "")))
    if known:
        return known
    title = sentence((problem or {}).get("title") or "")
    return f"{UNKNOWN_REFUSAL} Motif : {title}" if title else UNKNOWN_REFUSAL


def in_words(code: str) -> str:
    """The sentence for a refusal this software pronounces itself."""
    return REFUSALS.get(code, UNKNOWN_REFUSAL)


def warnings_of(answer: Json) -> list[Message]:
    """The platform's warnings, as the professional must see them."""
    given = answer.get("warnings")
    texts = [entry.get("message") for entry in given if isinstance(entry, dict)] if isinstance(given, list) else []
    return [Message("warning", sentence(text)) for text in texts if text]


def dirhams(amount: object) -> str:
    """``56,00 MAD`` from the wire's ``"56.00"``: the same figures, never recomputed."""
    return f"{shown(amount).replace('.', ',')} MAD" if isinstance(amount, str) else "montant non communiqué"


def in_french(word: object, table: dict[str, str]) -> str:
    """A coded value in words; a value this version does not know is said to be so, not shown raw."""
    return table.get(str(word), "autre (mettez le logiciel à jour)")
