"""From Edge's words to the dialect's and the core's records and back: pure, without I/O."""
