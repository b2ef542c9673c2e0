"""Hands its input on as one asset."""
