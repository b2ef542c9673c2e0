"""Large bodies that nobody holds in memory, and how large a process has grown."""

from collections.abc import Iterator

import psutil

BLOCK = bytes(range(256)) * 4096


def stream(size: int) -> Iterator[bytes]:
    """So many bytes, a MiB at a time."""
    while size > 0:
        yield BLOCK[:size]
        size -= len(BLOCK)


def resident(pid: int) -> int:
    """Bytes of memory that a process holds."""
    return int(psutil.Process(pid).memory_info().rss)
