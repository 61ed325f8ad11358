"""Base45: this project's encoder against the reference library and the examples of RFC 9285."""

import base45
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.codes import b45


@pytest.mark.parametrize(("clear", "text"), [(b"AB", "BB8"), (b"Hello!!", "%69 VD92EX0"), (b"ietf!", "QED8WEX0")])
def test_examples_of_the_standard(clear: bytes, text: str) -> None:
    assert b45.encode(clear) == text
    assert b45.decode(text) == clear


@settings(deadline=None)
@given(st.binary(max_size=120))
def test_same_text_as_the_library(data: bytes) -> None:
    assert b45.encode(data) == base45.b45encode(data).decode()
    assert b45.decode(b45.encode(data)) == data


@settings(deadline=None)
@given(st.text(b45.ALPHABET, max_size=30))
def test_same_refusals_as_the_library(text: str) -> None:
    try:
        expected = base45.b45decode(text)
    except ValueError:
        with pytest.raises(ValueError):
            b45.decode(text)
    else:
        assert b45.decode(text) == expected


@pytest.mark.parametrize("text", ["bb8", "BB8\n", "É", "GGW", "A", "::"])
def test_what_is_no_base45(text: str) -> None:
    with pytest.raises(ValueError):
        b45.decode(text)
