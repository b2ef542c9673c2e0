"""The document reader: the words of a document with their place. See `engine.DocumentReader`."""
