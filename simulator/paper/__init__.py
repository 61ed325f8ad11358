"""The hybrid period: where electronic care is open, and what paper and digital owe each other."""
