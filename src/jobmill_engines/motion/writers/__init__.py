"""Writers of motion: one module a format, each `write_FORMAT(path, motion, name)`."""
