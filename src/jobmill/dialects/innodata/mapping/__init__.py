"""Pure mappings between the vendor's documents and the core's records, both ways."""
