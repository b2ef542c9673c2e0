"""The words a sample is described in, and the truth that follows. No media library in here."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal

SoundKind = Literal[
    "silence",
    "dither",
    "dual_mono",
    "dual_mono_noise",
    "stereo",
    "near_mono",
    "left",
    "right",
    "surround",
    "front_only",
    "decay",
    "reference",
]
PictureKind = Literal[
    "scene", "static", "black", "noisy_black", "hold", "flash", "fade", "dissolve"
]

NTSC = Fraction(30000, 1001)


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` to `end`, in seconds on the file's timeline; `label` says what it is."""

    start: float
    end: float
    label: str = ""


@dataclass(frozen=True, slots=True)
class Sound:
    """`seconds` of one kind of sound at about `level_db` dBFS (RMS of a live channel)."""

    kind: SoundKind
    seconds: float
    level_db: float = -20.0


@dataclass(frozen=True, slots=True)
class AudioTrack:
    """One audio stream: its sounds one after another.

    `codec` is an FFmpeg encoder name, `layout` an FFmpeg channel layout ("mono", "stereo", "5.1").
    """

    sounds: tuple[Sound, ...]
    codec: str = "aac"
    rate: int = 48000
    layout: str = "stereo"
    language: str | None = None
    bit_rate: int | None = None

    @property
    def seconds(self) -> float:
        return sum(sound.seconds for sound in self.sounds)


@dataclass(frozen=True, slots=True)
class Picture:
    """`frames` of one kind of picture; `seed` chooses the texture of a scene.

    `hold` repeats the frame before it; `flash` is a scene with one white frame in its middle and
    continues the scene before it; `fade` takes the scene before it to black; `dissolve` blends the
    scene before it into the scene with its own seed.
    """

    kind: PictureKind
    frames: int
    seed: int = 0


@dataclass(frozen=True, slots=True)
class VideoTrack:
    """One video stream. `skip` leaves out every n-th frame, which makes the frame rate variable."""

    pictures: tuple[Picture, ...]
    fps: Fraction = NTSC
    codec: str = "libx264"
    width: int = 640
    height: int = 360
    pixel_format: str = "yuv420p"
    skip: int | None = None

    @property
    def frames(self) -> int:
        return sum(picture.frames for picture in self.pictures)

    @property
    def seconds(self) -> float:
        return float(self.frames / self.fps)


@dataclass(frozen=True, slots=True)
class Truth:
    """What is in the file. Shots and audio formats are contiguous and cover their track.

    `silence` and `black` hold where there is no sound and where the picture is black, of whatever
    length; `still` holds where the picture does not change.
    """

    duration: float
    audio_format: tuple[Span, ...] = ()
    silence: tuple[Span, ...] = ()
    black: tuple[Span, ...] = ()
    still: tuple[Span, ...] = ()
    shots: tuple[Span, ...] = ()

    def in_black(self, delay: float = 7.0) -> tuple[Span, ...]:
        """Where the picture is black and nothing sounds for at least `delay` seconds."""
        both = (
            Span(max(a.start, b.start), min(a.end, b.end), "black")
            for a in self.black
            for b in self.silence
        )
        return tuple(span for span in both if span.end - span.start >= delay)

    def frozen(self, at_least: float = 2.0) -> tuple[Span, ...]:
        """Where the picture stands still for at least that many seconds."""
        return tuple(span for span in self.still if span.end - span.start >= at_least)


@dataclass(frozen=True, slots=True)
class Sample:
    """A file and what is in it."""

    path: Path
    truth: Truth
