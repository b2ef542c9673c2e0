"""The document zones engine: a layout's text, tables and images in reading order. See `engine`."""
