"""The outside world, one folder a technology. Implements ports of the core; knows no transport."""
