"""Films for the engine, a network that is none, and tasks without a process."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from jobmill_engines.motion import landmarks as lm
from jobmill_engines.motion.engine import MotionEngine
from jobmill_engines.motion.following import Nets
from jobmill_engines.motion.landmarks import COUNT
from jobmill_engines.motion.network import Answer
from jobmill_engines.motion.regions import Floats, anchors
from jobmill_engines.motion.rotations import Array
from tests.engines.media.made import Ran
from tests.engines.media.made import run as run_engine
from tests.engines.motion import figure
from tests.engines.motion.rendering import Pixels

_AT = 24 * 14
_TALL = 0.35
"""Of the square, from the hips to the top."""


class Statue:
    """Sees one person who walks on the spot in the middle of every picture.

    In pictures of the numbers in `absent` nobody is there.
    """

    def __init__(self, absent: Sequence[int] = (), people: int = 1) -> None:
        self.looked = 0
        self.threads = 0
        self._absent, self._people = set(absent), people
        self._anchors = anchors()
        truth = figure.walk(1.0, 30.0, speed=0.0)
        points = figure.points_of(truth)
        self._points = points - lm.middle(points, lm.HIPS)[:, None]

    def detect(self, square: Floats) -> tuple[Floats, Floats]:
        assert square.shape == (224, 224, 3)
        boxes = np.zeros((2254, 12), dtype=np.float32)
        logits = np.full(2254, -50.0, dtype=np.float32)
        for number in range(self._people):
            place = _AT + 8 * number
            boxes[place, 4:6] = (0.5 - 0.3 * number - self._anchors[place, 0]) * 224, 0.0
            boxes[place, 5] = (0.5 - self._anchors[place, 1]) * 224
            boxes[place, 6:8] = boxes[place, 4:6] + [0.0, -60.0 / (1 + number)]
            logits[place] = 4.0
        return boxes, logits

    def landmarks(self, square: Floats) -> Answer:
        assert square.shape == (256, 256, 3)
        assert 0.0 <= float(square.min()) <= float(square.max()) <= 1.0
        number, self.looked = self.looked, self.looked + 1
        points = self._points[number % len(self._points)]
        inside = np.zeros((39, 2))
        inside[:COUNT] = points[:, :2] * [1.0, -1.0] * _TALL
        inside[34] = (0.0, -0.4)
        score = 0.0 if number in self._absent else 0.99
        world = points * [1.0, -1.0, -1.0]
        return Answer(score, inside, np.full(COUNT, 0.9), world)


def engine_with(nets: Nets) -> type[MotionEngine]:
    """The engine with this network instead of a loaded one."""

    class Fitted(MotionEngine):
        def __init__(self) -> None:
            super().__init__(lambda *_: nets)

    return Fitted


def run(path: Path, workdir: Path, nets: Nets | None = None, **parameters: Any) -> Ran:
    """Run the engine on a file in this process."""
    return run_engine(engine_with(nets or Statue()), path, workdir, **parameters)


def grey(width: int = 320, height: int = 240) -> Pixels:
    """A picture in which nobody is: a slope of grey."""
    slope = np.linspace(40, 200, width * height).reshape(height, width, 1)
    return np.ascontiguousarray(np.repeat(slope, 3, axis=2).astype(np.uint8))


def film(
    path: Path,
    count: int = 30,
    fps: int = 30,
    *,
    size: tuple[int, int] = (320, 240),
    times: Sequence[float] | None = None,
    sound: bool = False,
) -> Path:
    """A film of `count` grey pictures, at even times or at `times` (seconds), maybe with a tone."""
    picture = grey(*size)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=fps, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        stream.codec_context.time_base = Fraction(1, 1000 * fps)
        tone = container.add_stream("aac", rate=48000, layout="stereo") if sound else None
        for number in range(count):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            time = number / fps if times is None else times[number]
            frame.pts, frame.time_base = round(time * 1000 * fps), Fraction(1, 1000 * fps)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if tone is not None:
            for sounding in _tone(count / fps):
                container.mux(tone.encode(sounding))
            container.mux(tone.encode(None))
    return path


def _tone(seconds: float) -> Iterator[av.AudioFrame]:
    wave = 0.3 * np.sin(np.arange(round(seconds * 48000)) * 2 * np.pi * 440 / 48000)
    samples = np.stack([wave, wave]).astype(np.float32)
    for start in range(0, samples.shape[1], 1024):
        block = np.ascontiguousarray(samples[:, start : start + 1024])
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = 48000, start, Fraction(1, 48000)
        yield frame


def lying(path: Path) -> Path:
    """The same file, with the order in its header to turn the picture by a quarter."""
    data = bytearray(path.read_bytes())
    place = data.index(b"tkhd")
    matrix = place + 4 + 4 + 20 + 8 + 8  # version 0: times and ids, two reserves, layer to volume
    quarter = [0, 0x10000, 0, -0x10000 & 0xFFFFFFFF, 0, 0, 0, 0, 0x40000000]
    data[matrix : matrix + 36] = b"".join(each.to_bytes(4, "big") for each in quarter)
    turned = path.with_name(f"lying-{path.name}")
    turned.write_bytes(bytes(data))
    return turned


def spans(document: Any, key: str) -> list[tuple[float, float]]:
    """The spans of a movement as pairs."""
    return [(each["start_ms"], each["end_ms"]) for each in document["motion"][key]]


def joints_of(csv: str) -> Array:
    """The places (T, 22, 3) in a table of joints."""
    rows = [line.split(",") for line in csv.splitlines()[1:]]
    numbers = np.array([[float(each) for each in row[3:]] for row in rows])
    return numbers.reshape(len(rows), 22, 8)[..., :3]
