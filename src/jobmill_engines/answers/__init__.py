"""Turns what engines found into one answer of a given shape. No model, no network."""
