"""The care sheet (FSE): issuing it, reading it, cancelling it; the life of its lines."""
