"""Tables with a row a frame: in files where a clip may be long, so that memory holds a block of it.

Whatever works on a movement reads and writes slices of rows; a plain array will do for a table.
"""

import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from jobmill_engines.motion.rotations import Array

BLOCK = 1024
_PART, _OVER = 2048, 256
_MOST = 8192


class Table(Protocol):
    """Rows of numbers. A slice that is read is a copy, or must be taken for one."""

    def __len__(self) -> int: ...
    def __getitem__(self, rows: slice, /) -> Array: ...
    def __setitem__(self, rows: slice, values: Array, /) -> None: ...


class Desk:
    """Makes tables, in files of `folder` (without names, so that nothing is left behind), or in
    memory. They last as long as the desk is open."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._files: list[int] = []

    def table(self, count: int, *shape: int, single: bool = False) -> Table:
        """A table of `count` rows of this shape, all 0; `single`: seven digits are enough."""
        if self._folder is None:
            return np.zeros((count, *shape))
        fd, path = tempfile.mkstemp(".table", dir=self._folder)
        Path(path).unlink()
        self._files.append(fd)
        return _FileTable(fd, count, shape, "<f4" if single else "<f8")

    def __enter__(self) -> "Desk":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        while self._files:
            os.close(self._files.pop())


class _FileTable:
    """A table in an open file."""

    def __init__(self, fd: int, count: int, shape: tuple[int, ...], kind: str) -> None:
        self._fd, self._count, self._shape, self._kind = fd, count, shape, kind
        self._row = int(np.prod(shape, initial=1)) * np.dtype(kind).itemsize
        os.ftruncate(fd, count * self._row)

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, rows: slice, /) -> Array:
        begin, end, _ = rows.indices(self._count)
        size = max(0, end - begin) * self._row
        data = bytearray(size)
        got = os.preadv(self._fd, [data], begin * self._row)
        if got != size:
            raise OSError(f"{got} of {size} bytes of a table could be read")
        return np.frombuffer(data, self._kind).reshape(-1, *self._shape).astype(np.float64)

    def __setitem__(self, rows: slice, values: Array, /) -> None:
        begin, end, _ = rows.indices(self._count)
        whole = np.broadcast_to(values, (end - begin, *self._shape))
        left = memoryview(np.ascontiguousarray(whole, self._kind).tobytes())
        place = begin * self._row
        while left:
            done = os.pwrite(self._fd, left, place)
            left, place = left[done:], place + done


def blocks(count: int, begin: int = 0, size: int = BLOCK) -> Iterator[slice]:
    """The rows [begin, count) in blocks."""
    for first in range(begin, count, size):
        yield slice(first, min(first + size, count))


@dataclass(frozen=True, slots=True)
class Part:
    """Rows to be worked on together: `seen` goes so far over the ends of `own` that nothing is left
    there of what it does not see; `inner` is where the own rows are in it."""

    own: slice
    seen: slice

    @property
    def inner(self) -> slice:
        return slice(self.own.start - self.seen.start, self.own.stop - self.seen.start)


def parts(count: int) -> Iterator[Part]:
    """All rows in parts that overlap."""
    for own in blocks(count, size=_PART):
        yield Part(own, slice(max(0, own.start - _OVER), min(count, own.stop + _OVER)))


def evenly(frames: NDArray[np.int64]) -> NDArray[np.int64]:
    """Frames that stand for all of these: each of a short clip, of a long one some thousand."""
    return frames[:: max(1, -(-len(frames) // _MOST))]


def gathered(frames: NDArray[np.int64], read: Callable[[slice], Array]) -> Array:
    """The rows of some frames, in their order; never more than a block is read at once."""
    found = []
    begin = 0
    while begin < len(frames):
        first = int(frames[begin])
        end = int(np.searchsorted(frames, first + BLOCK))
        rows = read(slice(first, int(frames[end - 1]) + 1))
        found.append(rows[frames[begin:end] - first])
        begin = end
    return np.concatenate(found)
