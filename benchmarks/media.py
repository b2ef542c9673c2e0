"""Long media for the benches, kept in .bench: a short encode, its packets repeated."""

import subprocess
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from jobmill.samples import AudioTrack, Picture, Sound, VideoTrack, make_sample
from jobmill.samples.model import PictureKind, SoundKind

FOLDER = Path(".bench/media")
SOUNDS: tuple[SoundKind, ...] = ("silence", "dual_mono", "stereo", "left")


def hour_of_audio() -> Path:
    """One hour of stereo AAC: silence, dual mono, true stereo and one-sided sound in turn."""
    path = FOLDER / "hour.m4a"
    if not path.exists():
        sounds = tuple(Sound(kind, 15) for kind in SOUNDS)
        minute = FOLDER / "minute.m4a"
        FOLDER.mkdir(parents=True, exist_ok=True)
        make_sample(minute, audio=(AudioTrack(sounds),))
        repeat(minute, path, 60)
    return path


def ten_minutes_of_video() -> Path:
    """Ten minutes of 720p H.264 at 30 fps with AAC: moving pictures, cuts, black, a frozen one."""
    path = FOLDER / "ten-minutes.mp4"
    if not path.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        kinds: tuple[PictureKind, ...] = ("scene", "scene", "black", "scene", "hold", "scene")
        pictures = tuple(Picture(kind, 100, seed) for seed, kind in enumerate(kinds))
        sounds = tuple(Sound(kind, 5) for kind in SOUNDS)
        short = FOLDER / "twenty-seconds.mp4"
        make_sample(
            short,
            audio=(AudioTrack(sounds),),
            video=VideoTrack(pictures, fps=Fraction(30), width=1280, height=720),
        )
        repeat(short, path, 30)
    return path


SPEECH = (
    "The museum opens at nine in the morning and closes at six in the evening. In the first room"
    " there are old maps of the city, drawn by hand more than three hundred years ago. Children"
    " like the third room best, because they may touch everything there. My brother works in the"
    " library next door, where he repairs damaged books and letters. Last winter a pipe broke, and"
    " water ran down the walls for several hours. Nobody was hurt, but many papers were wet. Today"
    " the library is open again, and the new roof is said to be much stronger than the old one."
)


def minutes_of_speech(minutes: float) -> Path:
    """So much of a voice that says the same again and again; FLAC, 16,000 samples a second."""
    path = FOLDER / f"speech-{minutes:g}.flac"
    if not path.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        said = FOLDER / "speech.wav"
        words = ["espeak-ng", "-v", "en-us", "-s", "150", "-w", str(said), SPEECH]
        subprocess.run(words, check=True)
        part = path.with_name(f"part-{path.name}")
        _say_again(said, part, round(minutes * 60 * 16_000))
        part.rename(path)
    return path


def _say_again(said: Path, target: Path, samples: int) -> None:
    with av.open(str(said)) as reader:
        resampler = av.AudioResampler(format="s16", layout="mono", rate=16_000)
        frames = [each for frame in reader.decode(audio=0) for each in resampler.resample(frame)]
    once = np.concatenate([frame.to_ndarray().reshape(-1) for frame in frames])
    with av.open(str(target), "w", format="flac") as writer:
        stream = writer.add_stream("flac", rate=16_000, layout="mono")
        for start in range(0, samples, once.size):
            piece = once[: samples - start].reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(piece, format="s16", layout="mono")
            frame.sample_rate, frame.pts = 16_000, start
            writer.mux(stream.encode(frame))
        writer.mux(stream.encode(None))


def repeat(source: Path, target: Path, times: int) -> None:
    """Write the packets of `source` so many times, one after the other."""
    part = target.with_name(f"part-{target.name}")
    with av.open(str(source)) as reader, av.open(str(part), "w", format="mp4") as writer:
        streams = {s.index: writer.add_stream_from_template(s) for s in reader.streams}
        packets = [_Stamped.of(packet) for packet in reader.demux() if packet.dts is not None]
        length = {
            index: max(p.dts + p.duration for p in packets if p.index == index)
            - min(p.dts for p in packets if p.index == index)
            for index in streams
        }
        for turn in range(times):
            for each in packets:
                each.packet.pts = each.pts + turn * length[each.index]
                each.packet.dts = each.dts + turn * length[each.index]
                each.packet.stream = streams[each.index]
                writer.mux(each.packet)
    part.rename(target)


@dataclass(frozen=True, slots=True)
class _Stamped:
    """A packet with the stamps that it was read with: writing changes them."""

    packet: "av.Packet[Any]"
    index: int
    pts: int
    dts: int
    duration: int

    @classmethod
    def of(cls, packet: "av.Packet[Any]") -> "_Stamped":
        pts, dts = packet.pts or 0, packet.dts or 0
        return cls(packet, packet.stream.index, pts, dts, packet.duration or 0)
