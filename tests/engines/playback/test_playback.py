"""The rendition plays: read back by FFmpeg's own HLS demuxer, it has every picture and second."""

import itertools
import threading
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest

import jobmill_engines.playback
from jobmill.samples import AudioTrack, Picture, Sound, VideoTrack, make_sample
from jobmill_engine import InputRejected, protocol
from jobmill_engine.testing import Sample, assert_conforms
from jobmill_engines.media.decode import Reader
from jobmill_engines.playback.engine import Playback
from tests.engines.media.made import Ran, piped, run, run_live
from tests.engines.scan.making import broken

FOLDER = Path(jobmill_engines.playback.__file__).parent
AUDIO = (AudioTrack((Sound("stereo", 12.0),)),)
VIDEO = VideoTrack((Picture("scene", 360, 1),), width=160, height=90)


@dataclass
class Played:
    """What a player sees."""

    frames: int
    seconds: float
    codecs: list[str]


def played(ran: Ran, folder: Path) -> Played:
    folder.mkdir()
    for part in ran.of("media"):
        (folder / part.meta["name"]).write_bytes(part.data)
    playlist = str(folder / "index.m3u8")
    with av.open(playlist, format="hls") as file:
        codecs = sorted(stream.codec_context.name for stream in file.streams)
        frames, samples = 0, 0
        for number, decoded in Reader(file, file.streams).frames():
            if file.streams[number].type == "video":
                frames += len(decoded)
            else:
                samples += sum(frame.samples for frame in decoded)
        rates = [stream.rate for stream in file.streams.audio]
    return Played(frames, samples / rates[0] if rates else 0.0, codecs)


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts", "a.flv"])
def test_what_browsers_play_is_copied_and_complete(tmp_path: Path, name: str) -> None:
    path = make_sample(tmp_path / name, AUDIO, VIDEO).path
    ran = run(Playback, path, tmp_path / "1", segment_seconds=4)
    seen = played(ran, tmp_path / "played")
    assert (seen.frames, seen.codecs) == (360, ["aac", "h264"])
    assert seen.seconds == pytest.approx(12.0, abs=0.1)
    summary = ran.document["summary"]
    assert (summary["pictures"], summary["sound"], summary["segments"]) == ("copied", "copied", 3)
    assert summary["duration_ms"] == pytest.approx(12_012, abs=60)
    with piped(path.read_bytes(), tmp_path) as pipe:
        again = run(Playback, pipe, tmp_path / "2", mode="stream", live=True, segment_seconds=4)
    assert [(p.data, p.meta) for p in again.parts] == [(p.data, p.meta) for p in ran.parts]


def test_the_parts_are_the_init_the_segments_and_the_playlist(tmp_path: Path) -> None:
    path = make_sample(tmp_path / "a.mp4", AUDIO, VIDEO).path
    parts = run(Playback, path, tmp_path / "1", segment_seconds=4).of("media")
    kinds = [part.meta["kind"] for part in parts]
    assert kinds == ["init", "segment", "segment", "segment", "playlist"]
    segments = parts[1:-1]
    assert [part.meta["segment"] for part in segments] == [0, 1, 2]
    assert segments[0].meta["start_ms"] == 0
    for before, after in itertools.pairwise(segments):
        assert before.meta["end_ms"] == after.meta["start_ms"]
    text = parts[-1].data.decode()
    assert "#EXT-X-ENDLIST" in text
    assert "#EXT-X-PLAYLIST-TYPE:VOD" in text
    assert all(part.meta["name"] in text for part in parts[:-1])
    assert str(tmp_path) not in text


def test_other_codecs_are_encoded(tmp_path: Path) -> None:
    audio = (AudioTrack((Sound("stereo", 8.0),), codec="pcm_s16le", rate=44100),)
    video = VideoTrack(
        (Picture("scene", 200, 1),), codec="mpeg2video", width=162, height=90, fps=Fraction(25)
    )
    path = make_sample(tmp_path / "a.mkv", audio, video).path
    once, again = (run(Playback, path, tmp_path / str(n), segment_seconds=2) for n in (1, 2))
    seen = played(once, tmp_path / "played")
    assert (seen.frames, seen.codecs) == (200, ["aac", "h264"])
    assert seen.seconds == pytest.approx(8.0, abs=0.1)
    assert once.document["summary"]["segments"] == 4
    durations = [p.meta["duration_ms"] for p in once.parts if p.meta["kind"] == "segment"]
    assert durations == pytest.approx([2000] * 4, abs=50)
    assert [part.data for part in once.parts] == [part.data for part in again.parts]


@pytest.mark.parametrize(
    ("name", "codec", "sound"), [("a.m4a", "aac", "copied"), ("a.mp3", "libmp3lame", "encoded")]
)
def test_sound_alone_plays(tmp_path: Path, name: str, codec: str, sound: str) -> None:
    audio = (AudioTrack((Sound("stereo", 14.0),), codec=codec),)
    ran = run(Playback, make_sample(tmp_path / name, audio).path, tmp_path / "1")
    seen = played(ran, tmp_path / "played")
    assert (seen.frames, seen.codecs) == (0, ["aac"])
    assert seen.seconds == pytest.approx(14.0, abs=0.1)
    assert (ran.document["summary"]["segments"], ran.document["summary"]["sound"]) == (3, sound)


def test_pictures_alone_play_at_a_variable_rate(tmp_path: Path) -> None:
    video = VideoTrack((Picture("scene", 360, 1),), width=160, height=90, skip=3)
    ran = run(Playback, make_sample(tmp_path / "a.mkv", (), video).path, tmp_path / "1")
    assert played(ran, tmp_path / "played").frames == 240


def test_a_segment_leaves_while_the_input_still_comes(tmp_path: Path) -> None:
    """The other end of the pipe goes on only when a segment has left."""
    data = make_sample(tmp_path / "a.ts", AUDIO, VIDEO).path.read_bytes()
    left = threading.Event()

    def write(pipe: Path) -> None:
        with pipe.open("wb", buffering=0) as end:
            end.write(data[: len(data) * 3 // 4])
            if left.wait(20):
                end.write(data[len(data) * 3 // 4 :])

    def each(output: protocol.Output) -> None:
        if (output.meta or {})["kind"] == "segment":
            left.set()

    ran = run_live(Playback, write, tmp_path / "w", each, segment_seconds=4)
    assert played(ran, tmp_path / "played").frames == 360


def test_kept_parts_are_not_handed_over_again(tmp_path: Path) -> None:
    path = make_sample(tmp_path / "a.ts", AUDIO, VIDEO).path
    asked: dict[str, Any] = {"mode": "stream", "segment_seconds": 4}
    once = run(Playback, path, tmp_path / "1", **asked)
    again = run(Playback, path, tmp_path / "2", resume={"media": 2}, **asked)
    assert [p.number for p in again.parts] == [2, 3, 4]
    assert [p.data for p in again.parts] == [p.data for p in once.parts[2:]]


def test_broken_bytes_do_not_end_it(tmp_path: Path) -> None:
    path = make_sample(tmp_path / "a.ts", AUDIO, VIDEO).path
    ran = run(Playback, broken(path, tmp_path / "b.ts", 2, 200), tmp_path / "w", segment_seconds=4)
    assert "decode_errors" in ran.warnings
    assert played(ran, tmp_path / "played").seconds == pytest.approx(12, abs=2)


@pytest.mark.parametrize(
    ("content", "code"), [(b"", "empty"), (b"#EXTM3U\n#EXTINF:1,\n/etc/passwd\n", "not_media")]
)
def test_what_is_no_media_is_refused(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(content)
    with pytest.raises(InputRejected) as refused:
        run(Playback, path, tmp_path / "w")
    assert refused.value.code == code


def test_it_is_an_engine_as_the_kit_wants_it(tmp_path: Path) -> None:
    path = make_sample(tmp_path / "a.mp4", AUDIO, VIDEO).path
    assert_conforms(FOLDER, [Sample(path)])
