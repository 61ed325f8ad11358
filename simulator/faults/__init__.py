"""Faults: what a world can be told to do wrong, when, and on which calls."""
