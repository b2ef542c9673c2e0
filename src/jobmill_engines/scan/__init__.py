"""The scan engine: every audio and picture check of a file over one decode. See `analyse`."""
