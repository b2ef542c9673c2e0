"""What engines of texts share: reading an input, sentences, languages. No engine, no model."""
