"""Makes the odd files of the scan tests: packets moved about, tracks joined, bytes broken."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np


def restamped(
    source: Path, target: Path, stamp: Callable[[float], float], video_later: float = 0
) -> Path:
    """The same packets with other time stamps (seconds to seconds)."""
    with av.open(str(source)) as given, av.open(str(target), "w") as made:
        streams = {s.index: made.add_stream_from_template(s) for s in given.streams}
        for packet in given.demux():
            if packet.dts is None or packet.pts is None:
                continue
            base = packet.time_base or Fraction(1, 1000)
            later = video_later if packet.stream.type == "video" else 0
            moved = int(Fraction(stamp(float(packet.dts * base)) + later) / base) - packet.dts
            packet.pts += moved
            packet.dts += moved
            packet.stream = streams[packet.stream_index]
            made.mux(packet)
    return target


def broken(source: Path, target: Path, seed: int, count: int) -> Path:
    """The same file with `count` bytes replaced, away from its ends."""
    data = bytearray(source.read_bytes())
    rng = np.random.default_rng(seed)
    for place in rng.integers(20_000, len(data) - 20_000, count):
        data[place] = int(rng.integers(256))
    target.write_bytes(data)
    return target


def one_after_the_other(parts: Sequence[Path], target: Path) -> Path:
    """Transport streams as a recorder writes them when the programme changes its format."""
    target.write_bytes(b"".join(part.read_bytes() for part in parts))
    return target


def wave(path: Path, samples: np.ndarray, layout: str, rate: int = 48000) -> Path:
    """A WAV file of these samples (channels, n), as 32-bit floats."""
    with av.open(str(path), "w") as made:
        stream = made.add_stream("pcm_f32le", rate=rate, layout=layout)
        for start in range(0, samples.shape[1], 4096):
            part = samples[:, start : start + 4096].T.reshape(1, -1).astype(np.float32)
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(part), "flt", layout)
            frame.sample_rate, frame.pts = rate, start
            made.mux(stream.encode(frame))
        made.mux(stream.encode(None))
    return path


def tone(seconds: float, hertz: float, level: float = 0.2, rate: int = 48000) -> np.ndarray:
    """One channel of a sine."""
    time = np.arange(round(seconds * rate)) / rate
    return np.asarray(level * np.sin(2 * np.pi * hertz * time), dtype=np.float32)
