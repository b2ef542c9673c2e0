"""The outside world, one folder a technology. Implements the core's ports and decides nothing."""
