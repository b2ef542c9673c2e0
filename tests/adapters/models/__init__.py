"""Installing models from a package index; the index is a folder of wheels made here."""
