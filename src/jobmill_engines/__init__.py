"""The bundled engines, a folder each: found by `engine.toml`, never imported by the server."""
