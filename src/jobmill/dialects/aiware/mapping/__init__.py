"""From the vendor's words to the core's records and back: pure, without I/O."""
