"""Ground truth, measured."""
