"""What keyboard scanners type comes back, here and in the simulator; what is not a payload does not."""

import itertools
import json
from typing import Any

import pytest

from client.codes import CodeFault
from client.keyboards import LAYOUTS
from fixtures.loader import FOLDER
from qrlab.keyboard import SUFFIXES, recovered, typed
from qrlab.render import vectors
from simulator.codes import payload as simulator

KNOWN: dict[str, Any] = json.loads((FOLDER / "vectors" / "keyboards.json").read_text("utf-8"))
#: Typed by computers that `client.keyboards` does not imitate: the simulator alone knows them.
ELSEWHERE = ("arabic, Linux", "azerty, Caps Lock on Linux")


@pytest.mark.parametrize(
    ("layout", "suffix", "aim"), list(itertools.product((None, *LAYOUTS), (None, *SUFFIXES), (False, True)))
)
def test_every_accident_is_undone_by_both_readers(layout: Any, suffix: Any, aim: bool) -> None:
    text = vectors()["plain"]
    arrived = typed(text, layout, suffix, aim=aim)
    read, accidents = recovered(arrived)
    assert read == simulator.recover(arrived)[0] == text
    assert set(accidents) == {word for word in (layout, suffix and "suffix", aim and "aim-prefix") if word}


@pytest.mark.parametrize("row", KNOWN["valid"], ids=lambda row: row["name"])
def test_the_shared_vectors_are_read(row: dict[str, Any]) -> None:
    if row["name"] in ELSEWHERE:
        pytest.skip("not a layout of the client's")
    assert recovered(row["typed"])[0] == row["payload"]


@pytest.mark.parametrize("row", KNOWN["invalid"], ids=lambda row: row["name"])
def test_the_shared_vectors_are_refused(row: dict[str, Any]) -> None:
    with pytest.raises(CodeFault) as refused:
        recovered(row["typed"])
    assert refused.value.code == "unreadable-scan"
