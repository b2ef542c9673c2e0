"""The transcribe engine: speech to words with times, by Whisper. See `engine.TranscribeEngine`."""
