from __future__ import annotations

import json

import pytest

from reports.text import harmless, harmless_json, laid_out


def test_characters_that_lie_are_shown_and_letters_stay() -> None:
    assert harmless("a\u202eb\x00c\ud800") == "a⟨U+202E⟩b⟨U+0000⟩c⟨U+D800⟩"
    assert harmless("Ordonnance : وصفة طبية\r\n\tfin") == "Ordonnance : وصفة طبية\n\tfin"


def test_a_layout_changes_no_character() -> None:
    body = '{"a":56.10,"a":1e2,"é":"\\u00e9 {x, \\"y\\"}","l":[],"o":{},"n":[1,{"k":null}]}'
    laid = laid_out(body)
    assert laid.splitlines()[1] == '  "a": 56.10,'
    assert '"a": 1e2' in laid and '"l": []' in laid and "\\u00e9 {x" in laid
    assert json.loads(laid) == json.loads(body)


@pytest.mark.parametrize("body", ["", "<html>", "{broken", "[" * 5000, "grant_type=x"])
def test_what_is_not_json_stays_as_it_was(body: str) -> None:
    assert laid_out(body) == body


def test_too_deep_is_refused_before_it_hurts() -> None:
    deep: list[object] = []
    for _ in range(100):
        deep = [deep]
    with pytest.raises(ValueError, match="niveaux"):
        harmless_json(deep)
