"""Cuts media into chunks: sound, video, pictures or raw bytes."""
