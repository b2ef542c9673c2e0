"""Makes the samples of each kind of sound: the same description, the same samples."""

import numpy as np
from numpy.typing import NDArray

from jobmill.samples.model import AudioTrack, Sound

Samples = NDArray[np.float32]

_LABELS = {
    "silence": "silence",
    "dither": "silence",
    "dual_mono": "mono",
    "dual_mono_noise": "mono",
    "decay": "mono",
    "reference": "mono",
    "stereo": "stereo",
    "near_mono": "stereo",
    "left": "left-only",
    "right": "right-only",
    "surround": "5.1",
    "front_only": "stereo",
}


def label_of(sound: Sound, channels: int) -> str:
    """The audio format which a listener would name, for a track of that many channels."""
    label = _LABELS[sound.kind]
    return "mono" if channels == 1 and label != "silence" else label


def render(track: AudioTrack, channels: int) -> Samples:
    """The whole track as float32 samples of shape (channels, samples)."""
    ends = np.cumsum([0.0, *(sound.seconds for sound in track.sounds)])
    bounds = [round(end * track.rate) for end in ends]
    parts = [
        _sound(sound, start, end, track.rate, channels, seed)
        for seed, (sound, start, end) in enumerate(
            zip(track.sounds, bounds, bounds[1:], strict=False)
        )
    ]
    return np.concatenate(parts, axis=1)


def _sound(sound: Sound, start: int, end: int, rate: int, channels: int, seed: int) -> Samples:
    time = np.arange(start, end, dtype=np.float64) / rate
    rng = np.random.default_rng(seed + 1)
    gain = 10 ** (sound.level_db / 20)
    if sound.kind == "silence":
        wanted = np.zeros((1, time.size))
    elif sound.kind == "dither":
        wanted = rng.standard_normal((channels, time.size)) * 10 ** (-75 / 20)
    else:
        wanted = gain * _KINDS[sound.kind](time, rng)
    out = np.zeros((channels, time.size), dtype=np.float32)
    if channels == 1:
        out[0] = wanted[0] if np.any(wanted[0]) else wanted[-1]
    elif wanted.shape[0] == 1:
        out[:2] = wanted
    else:
        rows = min(channels, wanted.shape[0])
        out[:rows] = wanted[:rows]
    return out


def _tone(time: NDArray[np.float64], hertz: float) -> NDArray[np.float64]:
    return np.asarray(np.sqrt(2) * np.sin(2 * np.pi * hertz * time))


def _dual_mono(time: NDArray[np.float64], _rng: np.random.Generator) -> NDArray[np.float64]:
    return _tone(time, 440.0)[None, :]


def _reference(time: NDArray[np.float64], _rng: np.random.Generator) -> NDArray[np.float64]:
    """The tone of known loudness: 997 Hz (BS.1770)."""
    return _tone(time, 997.0)[None, :]


def _dual_mono_noise(time: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    return rng.standard_normal((1, time.size))


def _stereo(time: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    shared = _tone(time, 330.0)
    apart = rng.standard_normal((2, time.size)) * 0.3
    return np.asarray(np.stack([shared + _tone(time, 554.0), shared + _tone(time, 740.0)]) + apart)


def _near_mono(time: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    mid, side = _tone(time, 330.0), 0.08 * rng.standard_normal(time.size)
    return np.stack([mid + side, mid - side])


def _left(time: NDArray[np.float64], _rng: np.random.Generator) -> NDArray[np.float64]:
    return np.stack([_tone(time, 440.0), np.zeros(time.size)])


def _right(time: NDArray[np.float64], _rng: np.random.Generator) -> NDArray[np.float64]:
    return np.stack([np.zeros(time.size), _tone(time, 440.0)])


def _surround(time: NDArray[np.float64], _rng: np.random.Generator) -> NDArray[np.float64]:
    tones = (440.0, 554.0, 330.0, 60.0, 659.0, 784.0)
    return np.stack([_tone(time, hertz) for hertz in tones])


def _decay(time: NDArray[np.float64], _rng: np.random.Generator) -> NDArray[np.float64]:
    """A struck string: 30 dB down each second."""
    age = time - time[0] if time.size else time
    return (_tone(time, 440.0) * 10 ** (-1.5 * age))[None, :]


_KINDS = {
    "dual_mono": _dual_mono,
    "dual_mono_noise": _dual_mono_noise,
    "stereo": _stereo,
    "front_only": _stereo,
    "near_mono": _near_mono,
    "left": _left,
    "right": _right,
    "surround": _surround,
    "decay": _decay,
    "reference": _reference,
}
