"""The sentiment engine: how positive and negative an English text is. See `SentimentEngine`."""
