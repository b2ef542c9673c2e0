"""SHOT_CHANGE_DETECTION: hard cuts to the frame, dissolves and fades to their middle.

A hard cut is a frame whose change from its predecessor stands out from the frames around it (motion
and noise last longer than one frame), whose picture has another layout than the one before (light
that is switched keeps the layout), and after which the old picture does not come back within three
frames (a flash). Where the stream is damaged it must also differ from what was there before the
damage. Gradual changes are found by `gradual`.
"""

from fractions import Fraction
from itertools import islice

import numpy as np

from jobmill_engines.scan.gradual import GradualTracker
from jobmill_engines.scan.pictures import Batch, Bytes

_AROUND = 6
_FLASH = 3
_LEAST, _LEAST_FLAT = 5.0, 8.0
_STANDS_OUT, _MARGIN = 2.5, 2.0
_COMES_BACK = 0.4
_SAME_LAYOUT = 0.7
_SAME_SHOT = 0.5
_FLAT = 4.0
_OTHER_COLOURS = 24.0
_FLASH_BRIGHTER = 25.0


class _Picture:
    """One small picture with what is known about it."""

    __slots__ = ("chroma", "doubtful", "luma", "number", "score", "time", "u", "v")

    def __init__(self, batch: Batch, index: int, number: int) -> None:
        self.number = number
        self.time = batch.times[index]
        self.doubtful = index in batch.doubtful
        self.luma, self.u, self.v = batch.luma[index], batch.u[index], batch.v[index]
        self.chroma = float(batch.chroma_changed[index])
        self.score = float(batch.changed[index]) + self.chroma / 2


class ShotTracker:
    """Follows the pictures of one window."""

    def __init__(self) -> None:
        self._near: list[_Picture] = []
        self._sound: _Picture | None = None
        self._decided = 1
        self._count = 0
        self._cuts: list[_Picture] = []
        self._gradual = GradualTracker()

    def feed(self, batch: Batch) -> None:
        """Take the next pictures; decides all but the last few."""
        for index in range(len(batch.times)):
            self._near.append(_Picture(batch, index, self._count))
            self._count += 1
        self._decide(self._count - _AROUND)
        self._gradual.feed(batch)

    def finish(self) -> list[Fraction]:
        """The first moment of every shot but the first."""
        self._decide(self._count)
        hard = [(cut.number, cut.time) for cut in self._cuts]
        return sorted({time for _, time in hard} | set(self._gradual.finish(hard)))

    def _decide(self, until: int) -> None:
        base = self._near[0].number if self._near else 0
        for number in range(self._decided, until):
            picture = self._near[number - base]
            cut = picture.score >= _LEAST and self._is_cut(number - base)
            if cut:
                self._add(picture, base)
            if cut or not picture.doubtful:
                self._sound = picture
        self._decided = max(self._decided, until)
        keep = max(0, self._decided - base - 2 * _AROUND)
        if keep:
            self._near = self._near[keep:]

    def _is_cut(self, place: int) -> bool:
        near, picture = self._near, self._near[place]
        first = max(0, place - _AROUND)
        around = [near[i].score for i in range(first, min(len(near), place + _AROUND + 1))]
        around.remove(picture.score)
        usual = sorted(around)[-3] if len(around) >= 3 else 0.0
        if picture.score < _STANDS_OUT * usual + _MARGIN:
            return False
        if picture.doubtful and self._is_known(picture):
            return False
        return _is_other(near[place - 1], picture) and not self._is_flash(place)

    def _is_known(self, picture: _Picture) -> bool:
        """Whether a picture from a damaged stretch still shows what was there before the damage."""
        if self._sound is None:
            return True
        likeness = correlation(self._sound.luma, picture.luma)
        return likeness is not None and likeness > _SAME_SHOT

    def _is_flash(self, place: int) -> bool:
        """The old picture comes back soon, or this is it coming back."""
        near, limit = self._near, _COMES_BACK * self._near[place].score
        after = islice(near, place + 1, place + 1 + _FLASH)
        if any(_distance(near[place - 1], later) < limit for later in after):
            return True
        before = near[max(0, place - 1 - _FLASH) : place - 1]
        return any(_distance(earlier, near[place]) < limit for earlier in before)

    def _add(self, cut: _Picture, base: int) -> None:
        """Two changes within three frames are one cut; a flash between them belongs to none."""
        last = self._cuts[-1] if self._cuts else None
        if last is None or cut.number - last.number > _FLASH:
            self._cuts.append(cut)
            return
        if last.number <= base:
            return
        between = float(last.luma.mean())
        sides = (float(self._near[last.number - base - 1].luma.mean()), float(cut.luma.mean()))
        if between > max(sides) + _FLASH_BRIGHTER:
            self._cuts[-1] = cut


def _distance(first: _Picture, second: _Picture) -> float:
    """The same measure as a picture's score, between any two."""
    return (
        _apart(first.luma, second.luma)
        + (_apart(first.u, second.u) + _apart(first.v, second.v)) / 2
    )


def _apart(first: Bytes, second: Bytes) -> float:
    return float((np.maximum(first, second) - np.minimum(first, second)).mean(dtype=np.float32))


def _is_other(before: _Picture, after: _Picture) -> bool:
    """Whether the layout or the colours changed, and not only the light."""
    if after.chroma >= _OTHER_COLOURS:
        return True
    likeness = correlation(before.luma, after.luma)
    if likeness is None:
        return after.score >= _LEAST_FLAT
    return likeness < _SAME_LAYOUT


def correlation(first: Bytes, second: Bytes) -> float | None:
    """How much two pictures share a layout (-1..1); None where one is nearly flat."""
    a = first.astype(np.float32).ravel()
    b = second.astype(np.float32).ravel()
    a -= a.mean()
    b -= b.mean()
    spread = float(a.std()), float(b.std())
    if min(spread) < _FLAT:
        return None
    return float(np.dot(a, b)) / (a.size * spread[0] * spread[1])
