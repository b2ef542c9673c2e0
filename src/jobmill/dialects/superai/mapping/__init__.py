"""Between the vendor's objects and the core's: pure functions."""
