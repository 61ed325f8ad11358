"""Faulty editors: each is the reference editor with exactly one fault, and is named after it.

They prove that the suite can fail: a fault that no check catches is a hole in the suite.
``python -m conformance.faulty_editors NAME --port 0 --announce`` serves one.
"""
