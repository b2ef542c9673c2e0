"""Between the vendor's words and the core's records, both ways. Pure: no I/O, no framework."""
