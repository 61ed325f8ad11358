"""One Hypothesis profile for every room: no deadline (shared machines are slow), a bounded number of examples."""

from hypothesis import settings

settings.register_profile("house", deadline=None, max_examples=60, derandomize=True)
settings.load_profile("house")
