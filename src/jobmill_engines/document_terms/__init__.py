"""The document terms engine: terms of a taxonomy in the zones of a document. See `engine`."""
