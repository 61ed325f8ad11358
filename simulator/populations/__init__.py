"""Worlds full of people: a population drawn from the seed of its world, and the days it has lived through."""
