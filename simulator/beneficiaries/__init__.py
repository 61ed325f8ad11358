"""The people covered, and their rights on a date of care."""
