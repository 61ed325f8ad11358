"""Sheets in any state of their life, made in one call by the operations that people would call."""
