"""Use cases on accounts, one module each."""
