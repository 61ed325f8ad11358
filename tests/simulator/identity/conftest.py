"""One simulator for all of these tests: each works in a world of its own."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def platform(shared: Any) -> Any:
    return shared
