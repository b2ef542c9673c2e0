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
from jobmill_engines.motion.cropping import Picture
from jobmill_engines.motion.drawing import draw_line
from jobmill_engines.motion.film import Film, FilmFrame
from jobmill_engines.motion.motion import Motion

_LINES = 720
_LEFT, _RIGHT, _MIDDLE = (64, 160, 255), (255, 128, 48), (96, 224, 96)
_BRIDGED = (150, 150, 150)


class Overlay:
    """Writes the overlay of a film; its `reader` must decode sound and picture."""

    def __init__(self, film: Film, motion: Motion, start: Fraction, focal: float) -> None:
        self._film, self._motion, self._start = film, motion, start
        self._focal = focal  # of the longer side
        self._sight = motion.sight()
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
        picture = frame.scaled(width, height)
        number = round(float(frame.shown.start - self._start) * self._motion.fps)
        if 0 <= number < len(self._motion):
            self._draw(picture, number)
        made = av.VideoFrame.from_ndarray(picture, format="rgba")
        return Shown(made, frame.shown.start, frame.shown.end)

    def _draw(self, picture: Picture, number: int) -> None:
        height, width = picture.shape[:2]
        pixels = self._sight[number] * [1.0, -1.0] * self._focal * max(width, height)
        pixels += np.array([width, height]) / 2
        skeleton, tracked = self._motion.skeleton, bool(self._motion.tracked[number])
        thick = max(1.0, min(width, height) / 240)
        for joint, parent in enumerate(skeleton.parents):
            name = skeleton.names[joint]
            colour = (
                _LEFT
                if name.startswith("Left")
                else _RIGHT
                if name.startswith("Right")
                else _MIDDLE
            )
            colour = colour if tracked else _BRIDGED
            if parent >= 0:
                draw_line(picture, pixels[parent], pixels[joint], thick, colour)
            draw_line(picture, pixels[joint], pixels[joint], 1.8 * thick, colour)
