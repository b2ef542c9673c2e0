"""The translate engine: texts into another language. See `engine.TranslateEngine`."""
