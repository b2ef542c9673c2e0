"""Sound in long frames is the sound packet by packet; where it cannot be, that is said."""

import os
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from jobmill.samples import AudioTrack, Picture, Sound, VideoTrack, make_sample
from jobmill_engines.media.containers import open_media, sniff
from jobmill_engines.media.decode import Reader
from jobmill_engines.media.steady import FRAME_SECONDS, NotSteady, SteadyReader
from jobmill_engines.media.streams import sound_streams
from jobmill_engines.scan.blocks import as_floats
from tests.engines.scan.making import broken, restamped

SOUNDS = (Sound("stereo", 6.0), Sound("silence", 1.0), Sound("left", 4.5))
CODECS = [
    ("a.m4a", "aac"),
    ("a.mkv", "ac3"),
    ("a.webm", "libopus"),
    ("a.wav", "pcm_s16le"),
    ("a.wav", "pcm_u8"),
    ("a.mov", "pcm_s24be"),
    ("a.flac", "flac"),
    ("a.mp4", "libmp3lame"),
]


def by_packets(path: Path) -> NDArray[np.float32]:
    """All samples (channels, n) as the usual reader gives them."""
    with open_media(path, sniff(path)) as container:
        reader = Reader(container, sound_streams(container))
        parts = [as_floats(frame) for _, frames in reader.frames() for frame in frames]  # type: ignore[arg-type]
    return np.concatenate(parts, axis=1)


def steadily(path: Path, start: float = 0) -> tuple[Fraction, NDArray[np.float32]]:
    """When the first of the samples lies, and the samples (channels, n)."""
    container = sniff(path)
    with open_media(path, container) as opened:
        stream, origin = sound_streams(opened)[0], Fraction(opened.start_time or 0, 1_000_000)
        assert SteadyReader.suits(container, stream)
        reader, index = SteadyReader(path, container, stream, origin), stream.index
    if start:
        assert reader.skip_to(Fraction(start), Fraction(0), origin, True)
    frames = [frame for number, pair in reader.frames() for frame in pair if number == index]
    assert reader.decoded == len(frames)
    first = frames[0]
    time = first.pts * first.time_base - origin
    return time, np.concatenate([as_floats(frame) for frame in frames], axis=1)


@pytest.mark.parametrize(("name", "codec"), CODECS)
def test_the_samples_are_those_of_the_packets(tmp_path: Path, name: str, codec: str) -> None:
    path = make_sample(tmp_path / name, (AudioTrack(SOUNDS, codec=codec),)).path
    began, samples = steadily(path)
    assert began < Fraction(1, 50)
    assert np.array_equal(samples, by_packets(path))


def test_beside_pictures_and_of_many_channels(tmp_path: Path) -> None:
    video = VideoTrack((Picture("scene", 250, 1),), width=160, height=90)
    sound = AudioTrack((Sound("surround", 9.0),), layout="5.1")
    path = make_sample(tmp_path / "a.mp4", (sound,), video).path
    assert np.array_equal(steadily(path)[1], by_packets(path))


def test_after_a_leap_the_samples_lie_where_they_did(tmp_path: Path) -> None:
    path = make_sample(tmp_path / "a.m4a", (AudioTrack((Sound("stereo", 40.0),)),)).path
    began, samples = steadily(path, 25)
    assert 23.9 < began <= 24
    whole, place = by_packets(path), round(began * 48000)
    settled = 48000 // 10
    assert np.allclose(samples[:, settled:], whole[:, place + settled :], atol=1e-6)


def test_a_frame_is_long_and_the_rest_is_kept(tmp_path: Path) -> None:
    path = make_sample(tmp_path / "a.wav", (AudioTrack(SOUNDS, codec="pcm_s16le"),)).path
    with open_media(path, sniff(path)) as opened:
        reader = SteadyReader(path, sniff(path), sound_streams(opened)[0], Fraction(0))
    counts = [frame.samples for _, frames in reader.frames() for frame in frames]  # type: ignore[union-attr]
    assert counts == [FRAME_SECONDS * 48000, FRAME_SECONDS * 48000, round(3.5 * 48000)]


def test_a_gap_is_told(tmp_path: Path) -> None:
    path = make_sample(tmp_path / "a.mkv", (AudioTrack(SOUNDS),)).path
    later = restamped(path, tmp_path / "b.mkv", lambda time: time + (0.05 if time > 3 else 0))
    with pytest.raises(NotSteady):
        steadily(later)


@pytest.mark.parametrize("seed", range(4))
def test_damage_is_told(tmp_path: Path, seed: int) -> None:
    path = make_sample(tmp_path / "a.mkv", (AudioTrack((Sound("stereo", 20.0),)),)).path
    with pytest.raises(NotSteady):
        steadily(broken(path, tmp_path / "b.mkv", seed, 300))


def test_an_early_end_is_told(tmp_path: Path) -> None:
    path = make_sample(tmp_path / "a.mkv", (AudioTrack(SOUNDS, codec="flac"),)).path
    path.write_bytes(path.read_bytes()[:-40_000])
    with pytest.raises(NotSteady):
        steadily(path)


@pytest.mark.parametrize("name", ["a:b=c,d;e[f]'g%d\\ .m4a", "-пример.m4a", "file:x.m4a"])
def test_a_name_is_a_name_and_no_filter(tmp_path: Path, name: str) -> None:
    path = make_sample(tmp_path / "a.m4a", (AudioTrack((Sound("stereo", 2.0),)),)).path
    assert np.array_equal(steadily(path.rename(tmp_path / name))[1], by_packets(tmp_path / name))


def test_a_name_that_is_no_text_is_told(tmp_path: Path) -> None:
    path = make_sample(tmp_path / "a.m4a", (AudioTrack((Sound("stereo", 2.0),)),)).path
    with pytest.raises(NotSteady):
        steadily(path.rename(os.fsdecode(bytes(tmp_path) + b"/\xff\xfe.m4a")))


def test_who_stops_in_the_middle_leaves_no_thread(tmp_path: Path) -> None:
    import threading

    path = make_sample(tmp_path / "a.wav", (AudioTrack(SOUNDS, codec="pcm_s16le"),)).path
    with open_media(path, sniff(path)) as opened:
        reader = SteadyReader(path, sniff(path), sound_streams(opened)[0], Fraction(0))
    frames = reader.frames()
    next(frames)
    assert any(thread.name.startswith("steady") for thread in threading.enumerate())
    frames.close()  # type: ignore[attr-defined]
    assert not any(thread.name.startswith("steady") for thread in threading.enumerate())


@pytest.mark.parametrize("name", ["a.mp3", "a.ts", "a.aac"])
def test_containers_that_do_not_store_times_are_read_by_packets(tmp_path: Path, name: str) -> None:
    codec = "libmp3lame" if name == "a.mp3" else "aac"
    path = make_sample(tmp_path / name, (AudioTrack(SOUNDS, codec=codec),)).path
    with open_media(path, sniff(path)) as opened:
        assert not SteadyReader.suits(sniff(path), sound_streams(opened)[0])
