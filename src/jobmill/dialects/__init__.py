"""Other products' job APIs, one folder each, found by scanning this one. Each can be deleted."""
