"""The engine `output-writer`: one document of those of all chunks, and the same as AION."""
