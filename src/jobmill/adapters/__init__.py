"""The outside of the core: one folder a technology, each implementing ports of the core."""
