"""The film again with the solved skeleton drawn over it, and its sound: what one looks at to judge.

What is drawn is the result, seen by the camera that was assumed, not what the network said.
"""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from jobmill_engines.media.aac import sound_lane
from jobmill_engines.media.av_file import AvFile
from jobmill_engines.media.decode import Reader
from jobmill_engines.media.pictures import Shown
from jobmill_engines.media.streams import wanted_sound
from jobmill_engines.motion.drawing import Canvas, Colour
from jobmill_engines.motion.film import Film, FilmFrame
from jobmill_engines.motion.motion import Motion
from jobmill_engines.motion.rotations import Array
from jobmill_engines.motion.tables import BLOCK

_LINES = 720
_LEFT, _RIGHT, _MIDDLE = (142, 184, 80), (157, 71, 191), (171, 87, 76)
"""Blue, orange and green; YUV as all of this module's colours."""
_BRIDGED = (150, 128, 128)


class Overlay:
    """Writes the overlay of a film; its `reader` must decode sound and picture."""

    def __init__(self, film: Film, motion: Motion, start: Fraction, focal: float) -> None:
        self._film, self._motion, self._start = film, motion, start
        self._focal = focal  # of the longer side
        self._block, self._sight = -1, np.zeros((0, 0, 2))
        audio = wanted_sound(film.source.container, None)
        streams = [each for each in (film.stream, audio) if each is not None]
        film.reader = Reader(film.source.container, streams)
        self._sound = sound_lane(film.source, audio, film.reader, ("aac",))

    def write(self, path: Path, told: Callable[[Fraction], None]) -> None:
        """Read the film through to the window's end."""
        file = AvFile.mp4(path, self._start, None, self._sound)
        for packet in self._film.reader.packets():
            if packet.stream.type == "video":
                for frame in self._film.decoded(packet):
                    file.picture(self._drawn(frame))
            elif self._sound is not None:
                for coded in self._sound.coded(packet):
                    if self._heard(coded.shown):
                        file.copy(coded)
            told(self._film.clock.reached)
            if self._film.ended and (self._sound is None or self._sound.reached >= self._last()):
                break
        file.close()

    def _last(self) -> Fraction:
        return self._film.window.end or Fraction(0)

    def _heard(self, time: Fraction) -> bool:
        end = self._film.window.end
        return time >= self._start and (end is None or time < end)

    def _drawn(self, frame: FilmFrame) -> Shown:
        by = min(1.0, _LINES / min(frame.width, frame.height))
        width, height = (max(2, int(side * by) // 2 * 2) for side in (frame.width, frame.height))
        picture = frame.planes(width, height)
        number = round(float(frame.shown.start - self._start) * self._motion.fps)
        if 0 <= number < len(self._motion):
            self._draw(Canvas(picture), number, width, height)
        made = av.VideoFrame.from_ndarray(picture, format="yuv420p")
        return Shown(made, frame.shown.start, frame.shown.end)

    def _draw(self, canvas: Canvas, number: int, width: int, height: int) -> None:
        pixels = self._seen_at(number) * [1.0, -1.0] * self._focal * max(width, height)
        pixels = np.clip(pixels + np.array([width, height]) / 2, -1e5, 1e5)
        thick = max(1.0, min(width, height) / 240)
        skeleton, tracked = self._motion.skeleton, bool(self._motion.tracked[number])
        for joint, parent in enumerate(skeleton.parents):
            colour = _colour(skeleton.names[joint]) if tracked else _BRIDGED
            if parent >= 0:
                canvas.line(pixels[parent], pixels[joint], thick, colour)
            canvas.line(pixels[joint], pixels[joint], 1.8 * thick, colour)

    def _seen_at(self, number: int) -> Array:
        """Where the joints are seen in a frame (22, 2); pictures come in order: a block serves."""
        block, place = divmod(number, BLOCK)
        if block != self._block:
            self._sight = self._motion.sight(slice(block * BLOCK, (block + 1) * BLOCK))
            self._block = block
        seen: Array = self._sight[place]
        return seen


def _colour(joint: str) -> Colour:
    return _LEFT if joint.startswith("Left") else _RIGHT if joint.startswith("Right") else _MIDDLE
