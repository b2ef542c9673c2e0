"""The media of the demonstration: about a minute in two files, with something for every check."""

from fractions import Fraction
from pathlib import Path

from jobmill.samples.model import NTSC, AudioTrack, Picture, Sample, Sound, VideoTrack
from jobmill.samples.write import make_sample


def demo_media(folder: Path) -> list[Sample]:
    """Write `programme.mp4` (stereo) and `surround.mp4` (5.1) into `folder`, in a few seconds."""
    folder.mkdir(parents=True, exist_ok=True)
    return [_programme(folder / "programme.mp4"), _surround(folder / "surround.mp4")]


def _frames(seconds: float, fps: Fraction = NTSC) -> int:
    return round(seconds * fps)


def _programme(path: Path) -> Sample:
    """44 s: black and silent, a two-frame beep, scenes in mono and stereo, a frozen picture."""
    beep = float(2 / NTSC)
    sounds = (
        Sound("silence", float(Fraction(240) / NTSC)),
        Sound("dual_mono", beep),
        Sound("silence", float(Fraction(58) / NTSC)),
        Sound("dual_mono", 8.0),
        Sound("stereo", 10.0),
        Sound("left", 4.0),
        Sound("right", 4.0),
        Sound("stereo", float(Fraction(119) / NTSC)),
        Sound("silence", float(Fraction(120) / NTSC)),
    )
    total = _frames(sum(sound.seconds for sound in sounds))
    opening = (
        Picture("black", 240),
        Picture("scene", 180, seed=1),
        Picture("scene", 150, seed=2),
        Picture("flash", 60),
        Picture("scene", 200, seed=3),
        Picture("hold", 150),
        Picture("scene", 150, seed=4),
    )
    used = sum(picture.frames for picture in opening)
    pictures = (*opening, Picture("scene", total - used, seed=5))
    return make_sample(path, (AudioTrack(sounds),), VideoTrack(pictures))


def _surround(path: Path) -> Sample:
    """16 s of a 5.1 track: silence, all six channels, the front pair alone, and 5.1 again."""
    sounds = (
        Sound("silence", 2.0),
        Sound("surround", 5.0),
        Sound("front_only", 4.0),
        Sound("surround", 3.0),
        Sound("silence", 2.0),
    )
    pictures = (Picture("static", _frames(6.0), seed=6), Picture("scene", _frames(10.0), seed=7))
    track = AudioTrack(sounds, layout="5.1", bit_rate=384_000)
    return make_sample(path, (track,), VideoTrack(pictures))
