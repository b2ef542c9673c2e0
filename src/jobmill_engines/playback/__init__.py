"""Makes a rendition that a browser plays: HLS with fragmented MP4."""
