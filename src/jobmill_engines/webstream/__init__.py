"""Takes a stream in and hands it on in parts."""
