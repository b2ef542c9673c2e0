"""Long media for the benches, kept in .bench: a short encode, its packets repeated."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

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
