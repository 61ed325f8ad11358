"""What a terminal is given of a text from outside: no escape, no second line, nothing invisible."""

import pytest

from terminal.plain import plain


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("« Dr Salma » : 12 %", "« Dr Salma » : 12 %"),
        ("صيدلية", "صيدلية"),
        ("a\x1b[2Jb", "a\\x1b[2Jb"),
        ("a\x9b31mb\x7f", "a\\x9b31mb\\x7f"),
        ("a\r\nb\tc", "a\\x0d\\x0ab\\x09c"),
        ("a\u202eb\u200b\u2028\ufeff", "a\\u202eb\\u200b\\u2028\\ufeff"),
        ("10\u00a0%\u202f!", "10\u00a0%\u202f!"),
    ],
)
def test_what_a_terminal_would_obey_is_spelled_out(told: str, shown: str) -> None:
    assert plain(told) == shown


def test_it_is_bounded() -> None:
    assert plain("x" * 500) == "x" * 300 + "…"
    assert plain("x" * 300) == "x" * 300
    assert len(plain("\x1b" * 10_000)) <= 301
