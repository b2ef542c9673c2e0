"""Writers of motion: one module a format, each `write_FORMAT(path, motion, name)`. No library but numpy."""
