"""The native API's words: what bodies may hold and what answers look like. No behaviour."""
