"""The body of an answer: what is made as it is written, and what cannot be written."""

from __future__ import annotations

import pytest

from simulator.kit.answer import Answer, Later


def test_what_comes_later_is_made_each_time_the_body_is_written() -> None:
    made: list[str] = []

    def signature() -> str:
        made.append("once more")
        return "signé"

    answer = Answer(
        {"receipt": Later(signature), "items": [{"receipt": Later(signature)}]}, parts={"claim": b'{"id":1}'}
    )
    assert made == []
    whole = '{"receipt":"signé","items":[{"receipt":"signé"}],"claim":{"id":1}}'.encode()
    assert answer.encoded() == answer.encoded() == whole
    assert len(made) == 4


def test_what_has_no_json_is_a_fault_and_not_a_text() -> None:
    with pytest.raises(TypeError, match="object"):
        Answer({"receipt": object()}).encoded()
    assert Answer({}).encoded() == b"{}"
