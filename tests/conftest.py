"""One Hypothesis profile for every room: no deadline (shared machines are slow), a bounded number of examples."""

import pytest
from hypothesis import settings

settings.register_profile("house", deadline=None, max_examples=60, derandomize=True)
settings.load_profile("house")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long tests first."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
