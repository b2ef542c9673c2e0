"""The bundled engines, a folder each: found by their `engine.toml`, never imported by the server."""
