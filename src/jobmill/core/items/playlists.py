"""Playlists (HLS, RFC 8216) that lie as assets beside their segments. Pure."""

import re
from collections.abc import Callable

HLS = "application/vnd.apple.mpegurl"
LONGEST_PLAYLIST = 8 << 20
"""Bytes; a segment a second of a day is half of it."""
_URI = re.compile(r'(URI=")([^"]*)(")')


def with_addresses(playlist: str, address_of: Callable[[str], str | None]) -> str:
    """The playlist with the address of each file that it names; None leaves a name as it is."""

    def put(name: str) -> str:
        return address_of(name) or name

    lines = []
    for line in playlist.splitlines():
        if line.startswith("#"):
            lines.append(_URI.sub(lambda m: m[1] + put(m[2]) + m[3], line))
        else:
            lines.append(put(line) if line.strip() else line)
    return "\n".join(lines) + "\n"
