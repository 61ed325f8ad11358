"""The dated rules before a person's eyes: which hold on a day, what they become, what a new set gets wrong."""
