"""The keywords engine: what a text is about, and whom it names. See `engine.KeywordsEngine`."""
