"""The text-language engine: which language a text is in. See `engine.TextLanguage`."""
