"""What was seen of a film, picture by picture, in a file that outlives a crash. Knows no network.

A row a picture: its time, what the follower remembers after it, the points, and a checksum, so that
a row which a crash cut short is known. In memory stay times and whether anybody was seen.
"""

import errno
import fcntl
import hashlib
import os
import zlib
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from jobmill_engines.motion.following import Memory, Sighting
from jobmill_engines.motion.landmarks import COUNT
from jobmill_engines.motion.regions import Region
from jobmill_engines.motion.rotations import Array

COLUMNS = COUNT * 6
"""World, picture and visibility of a person."""
_MEMORY = 11
_SUMMED = 8 * (1 + _MEMORY) + 4 * COLUMNS
_ROW = np.dtype(
    [
        ("time", "<f8"),
        ("memory", "<f8", (_MEMORY,)),
        ("points", "<f4", (COLUMNS,)),
        ("sum", "<u4"),
    ]
)
_AT_ONCE = 1024
_HEAD = 32


class Sightings:
    """The rows of an open file: `times` in seconds, `seen` 1 where there was somebody, and `kept`,
    how many of them an earlier attempt has left."""

    def __init__(self, fd: int, key: str) -> None:
        self.times = array("d")
        self.seen = bytearray()
        self.kept = 0
        self._fd = fd
        head = hashlib.sha256(f"1 {_ROW} {key}".encode()).digest()
        if os.pread(fd, _HEAD, 0) == head:
            self._read()
        else:
            os.ftruncate(fd, 0)
            os.pwrite(fd, head, 0)

    def __len__(self) -> int:
        return len(self.times)

    def add(self, time: float, sighting: Sighting | None, memory: Memory) -> None:
        """The next picture, at `time` seconds, and what the follower remembers after it."""
        row = np.zeros((), dtype=_ROW)
        row["time"], row["memory"] = time, _packed(memory, sighting is not None)
        if sighting is not None:
            parts = (sighting.world, sighting.picture, sighting.visibility)
            row["points"] = np.concatenate([each.ravel() for each in parts])
        row["sum"] = zlib.crc32(row.tobytes()[:_SUMMED])
        if os.pwrite(self._fd, row.tobytes(), _place(len(self))) < _ROW.itemsize:
            raise OSError(errno.ENOSPC, "the notes of a picture could not be written")
        self._note(time, sighting is not None)

    def cut(self, count: int) -> None:
        """Forget all pictures but the first `count`: the film goes on in another way."""
        os.ftruncate(self._fd, _place(count))
        del self.times[count:], self.seen[count:]
        self.kept = min(self.kept, count)

    def memory(self) -> Memory | None:
        """What the follower remembered after the last picture; None before the first."""
        if not self.times:
            return None
        return _unpacked(self._rows(len(self) - 1, len(self))["memory"][0])

    def rows(self, begin: int, end: int) -> Array:
        """World, picture and visibility of the pictures [begin, end), (n, 198)."""
        points: Array = self._rows(begin, end)["points"].astype(np.float64)
        return points

    def _rows(self, begin: int, end: int) -> NDArray[np.void]:
        data = os.pread(self._fd, (end - begin) * _ROW.itemsize, _place(begin))
        whole = len(data) // _ROW.itemsize * _ROW.itemsize
        return np.frombuffer(data[:whole], dtype=_ROW)

    def _read(self) -> None:
        """Take up what is there, up to the first row that is not whole."""
        while len(rows := self._rows(len(self), len(self) + _AT_ONCE)):
            for row in rows:
                if zlib.crc32(row.tobytes()[:_SUMMED]) != row["sum"]:
                    break
                self._note(float(row["time"]), bool(row["memory"][0]))
            else:
                continue
            break
        self.kept = len(self)
        self.cut(self.kept)

    def _note(self, time: float, seen: bool) -> None:
        self.times.append(time)
        self.seen.append(seen)


@contextmanager
def open_sightings(folder: Path, spare: Path, key: str) -> Iterator[Sightings]:
    """The sightings in `folder`, if they were made of what `key` tells, else none yet.

    While somebody else writes there (an attempt that was given up and still lives) a file in the
    folder `spare` is used.
    """
    fd = _opened(folder)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(fd)
        fd = _opened(spare)
    try:
        yield Sightings(fd, key)
    finally:
        os.close(fd)


def _opened(folder: Path) -> int:
    return os.open(folder / "sightings", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _place(row: int) -> int:
    return _HEAD + row * _ROW.itemsize


def _packed(memory: Memory, seen: bool) -> list[float]:
    def square(region: Region | None) -> list[float]:
        if region is None:
            return [np.nan] * 4
        return [region.x, region.y, region.size, region.angle]

    squares = [*square(memory.region), *square(memory.last)]
    return [float(seen), *squares, float(memory.lost), float(memory.people)]


def _unpacked(values: Array) -> Memory:
    def square(four: Array) -> Region | None:
        return None if np.isnan(four[0]) else Region(*(float(each) for each in four))

    return Memory(square(values[1:5]), square(values[5:9]), int(values[9]), int(values[10]))
