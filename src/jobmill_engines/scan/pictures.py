"""Small pictures: each decoded frame thinned out to about 160 x 90 points, gathered in batches.

Points are taken from every n-th row and column of the planes as they are, which costs some ten
microseconds a frame; rows are of one field, so interlacing shows no combs. Other pixel layouts, and
frames of another size than the first, go through FFmpeg's scaler.
"""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from av.video.frame import VideoFrame
from av.video.plane import VideoPlane
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]

WIDTH, HEIGHT = 160, 90
BATCH = 32
CELL = 10
"""Points on each side of the cells in which the strongest local change is looked for."""

_FULL_RANGE = 2
_DIRECT = {
    "yuv420p": 8, "yuvj420p": 8, "yuv422p": 8, "yuvj422p": 8, "yuv444p": 8, "yuvj444p": 8,
    "yuv420p10le": 10, "yuv422p10le": 10, "yuv444p10le": 10, "yuv420p12le": 12, "yuv422p12le": 12,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Batch:
    """Consecutive small pictures with the change from each one's predecessor.

    `luma` has the shape (n, height, width), `u` and `v` half of that, all 8 bits in limited range;
    `changed` is the mean absolute change of luma, `chroma_changed` that of both chroma planes
    together, `strongest` the largest mean change of luma in any cell; 0 for the very first picture.
    `doubtful` holds the places of pictures that may differ from the one before by damage.
    """

    times: tuple[Fraction, ...]
    doubtful: frozenset[int]
    luma: Bytes
    u: Bytes
    v: Bytes
    changed: Floats
    chroma_changed: Floats
    strongest: Floats


class Thinner:
    """Writes thinned frames into a batch, all of the size that the first frame led to."""

    def __init__(self, first: VideoFrame) -> None:
        self._size = (first.width, first.height)
        self._step = max(1, first.width // WIDTH), _even(max(1, first.height // HEIGHT))
        self.width = max(2, _count(first.width, self._step[0]) // 2 * 2)
        self.height = max(2, _count(first.height, self._step[1]) // 2 * 2)
        self._direct = first.width >= 2 and first.height >= 2

    def write(self, frame: VideoFrame, luma: Bytes, u: Bytes, v: Bytes) -> None:
        """Thin one frame into the three given planes."""
        name = frame.format.name
        bits = _DIRECT.get(name)
        if bits is None or (frame.width, frame.height) != self._size or not self._direct:
            frame = frame.reformat(
                width=self.width, height=self.height, format="yuv420p", interpolation="AREA"
            )
            bits = 8
        planes = frame.planes
        for target, plane in zip((luma, u, v), planes, strict=False):
            source = _points(plane, target.shape, bits)
            if name.startswith("yuvj") or frame.color_range == _FULL_RANGE:
                source = _limited(source, chroma=target is not luma)
            target[:] = source


def _points(plane: VideoPlane, shape: tuple[int, ...], bits: int) -> Bytes:
    """Evenly spread points of a plane, 8 bits each."""
    height, width = shape
    wide = bits > 8
    rows = np.frombuffer(memoryview(plane), np.uint16 if wide else np.uint8).reshape(
        plane.height, -1
    )
    down, across = max(1, plane.height // height), max(1, plane.width // width)
    if down > 1 and down % 2:
        down -= 1
    top = ((plane.height - (height - 1) * down - 1) // 2) // 2 * 2 if down > 1 else 0
    left = (plane.width - (width - 1) * across - 1) // 2
    whole = rows[top::down][:height].copy()  # memory likes whole rows better than single points
    points = whole[:, left : plane.width : across][:, :width]
    if wide:
        points = np.right_shift(points.astype(np.uint16), bits - 8)
    return np.asarray(points, dtype=np.uint8)


def _limited(full: Bytes, chroma: bool) -> Bytes:
    """Full range (0..255) to limited range (16..235, chroma 16..240)."""
    scale, base = (224 / 255, 16.0) if chroma else (219 / 255, 16.0)
    return np.asarray(full * np.float32(scale) + np.float32(base + 0.5), dtype=np.uint8)


def _even(step: int) -> int:
    return step if step == 1 else step // 2 * 2


def _count(size: int, step: int) -> int:
    return min(size, max(1, size // step))


class Gatherer:
    """Collects small pictures and measures their changes a batch at a time."""

    def __init__(self, first: VideoFrame) -> None:
        self._thinner = Thinner(first)
        height, width = self._thinner.height, self._thinner.width
        self._luma = np.full((BATCH + 1, height, width), 16, np.uint8)
        self._u = np.full((BATCH + 1, height // 2, width // 2), 128, np.uint8)
        self._v = self._u.copy()
        self._times: list[Fraction] = []
        self._doubtful: set[int] = set()
        self._first = True

    def add(self, frame: VideoFrame, time: Fraction, doubtful: bool = False) -> Batch | None:
        """Take a frame; returns a batch when one is full. `doubtful`: see `Batch`."""
        place = len(self._times) + 1
        if doubtful:
            self._doubtful.add(place - 1)
        self._thinner.write(frame, self._luma[place], self._u[place], self._v[place])
        self._times.append(time)
        return self.take() if place == BATCH else None

    def take(self) -> Batch | None:
        """The batch so far; the arrays belong to the receiver."""
        count = len(self._times)
        if not count:
            return None
        luma, u, v = (plane[: count + 1] for plane in (self._luma, self._u, self._v))
        if self._first:
            for plane in (luma, u, v):
                plane[0] = plane[1]
            self._first = False
        apart = _apart(luma)
        batch = Batch(
            times=tuple(self._times),
            doubtful=frozenset(self._doubtful),
            luma=luma[1:],
            u=u[1:],
            v=v[1:],
            changed=means(apart),
            chroma_changed=means(_apart(u)) + means(_apart(v)),
            strongest=strongest(apart),
        )
        self._luma, self._u, self._v = (_carried(p, count) for p in (self._luma, self._u, self._v))
        self._times, self._doubtful = [], set()
        return batch


def _carried(plane: Bytes, last: int) -> Bytes:
    fresh = np.empty_like(plane)
    fresh[0] = plane[last]
    return fresh


def _apart(planes: Bytes) -> Bytes:
    before, after = planes[:-1], planes[1:]
    return np.asarray(np.maximum(before, after) - np.minimum(before, after))


def means(apart: Bytes) -> Floats:
    """The mean of each picture of a stack (n, height, width)."""
    count = apart.shape[0]
    sums = apart.reshape(count, -1).sum(axis=1, dtype=np.uint32)
    return np.asarray(sums / max(1, apart[0].size), dtype=np.float32)


def strongest(apart: Bytes) -> Floats:
    """The largest mean of any cell, for each picture."""
    count, height, width = apart.shape
    rows, columns = height // CELL, width // CELL
    if not rows or not columns:
        return means(apart)
    cells = apart[:, : rows * CELL, : columns * CELL].reshape(count, rows, CELL, columns, CELL)
    sums = cells.sum(axis=2, dtype=np.uint16).sum(axis=3, dtype=np.uint16)
    return np.asarray(sums.reshape(count, -1).max(axis=1) / (CELL * CELL), dtype=np.float32)
