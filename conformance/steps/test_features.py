"""Every scenario of `conformance/features` as one test; the plan decides which ones run."""

from __future__ import annotations

from pytest_bdd import scenarios

scenarios(".")
