"""Sound files of known contents."""

import wave
from collections.abc import Iterable
from pathlib import Path

import numpy as np

RATE = 16_000


def clicks(path: Path, seconds: float, at_ms: Iterable[float], rate: int = RATE) -> Path:
    """A WAV file that is silent but for single loud samples at these times."""
    samples = np.zeros(round(seconds * rate), np.int16)
    for each in at_ms:
        samples[round(each * rate / 1000)] = 30_000
    return write_wav(path, samples, rate)


def write_wav(path: Path, samples: "np.ndarray[tuple[int], np.dtype[np.int16]]", rate: int) -> Path:
    """One channel of 16-bit samples."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return path
