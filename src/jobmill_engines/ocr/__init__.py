"""The ocr engine: text in pictures. See `engine.OcrEngine`."""
