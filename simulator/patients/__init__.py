"""What a patient sees: his sheets, his claims, and who read what."""
