"""Sound in chunks: nothing lost, nothing doubled, no word cut, the same bytes each time."""

import itertools
import threading
from pathlib import Path

import av
import numpy as np
import pytest

import jobmill_engines.chunker
from jobmill.samples import AudioTrack, Picture, Sound, VideoTrack, make_sample
from jobmill_engine import InputRejected
from jobmill_engine.testing import Sample, assert_conforms
from jobmill_engines.chunker.engine import Chunker
from tests.engines.media.made import RATE, Part, piped, run, run_live, samples_of, speech
from tests.engines.scan.making import broken, restamped, wave

AUDIO = (AudioTrack((Sound("stereo", 3.0), Sound("silence", 1.0), Sound("stereo", 3.0))),)
VIDEO = VideoTrack((Picture("scene", 210, 1),), width=160, height=90)


def spoken(tmp_path: Path, seconds: float, seed: int) -> tuple[Path, list[tuple[float, float]]]:
    samples, words = speech(seconds, seed)
    path = wave(tmp_path / "speech.wav", samples[None, :] / np.float32(32768), "mono", RATE)
    return path, words


def tiles(parts: list[Part]) -> list[float]:
    """The borders of the own spans, which touch each other and begin at 0."""
    assert [part.number for part in parts] == list(range(len(parts)))
    assert parts[0].meta["own_start_ms"] == 0
    for before, after in itertools.pairwise(parts):
        assert before.meta["own_end_ms"] == after.meta["own_start_ms"]
    return [part.meta["own_end_ms"] for part in parts]


@pytest.mark.parametrize("seed", range(6))
def test_borders_lie_between_words_and_own_spans_tile_the_whole(tmp_path: Path, seed: int) -> None:
    path, words = spoken(tmp_path, 61.0, seed)
    parts = run(Chunker, path, tmp_path / "w", chunk_seconds=10).parts
    borders = tiles(parts)
    assert borders[-1] == 61_000
    assert len(parts) == 6
    for number, border in enumerate(borders[:-1], 1):
        assert abs(border - number * 10_000) <= 2500
        assert not any(start * 1000 < border < end * 1000 for start, end in words)


def test_what_the_chunks_carry_is_the_sound_of_their_span_exactly(tmp_path: Path) -> None:
    path, _ = spoken(tmp_path, 33.3, 1)
    whole = samples_of(path)
    parts = run(Chunker, path, tmp_path / "w", chunk_seconds=5, overlap_seconds=1).parts
    tiles(parts)
    for part in parts:
        start, end = (round(part.meta[name] * RATE / 1000) for name in ("start_ms", "end_ms"))
        assert np.array_equal(samples_of(part.path), whole[start:end])
        assert part.meta["own_start_ms"] - part.meta["start_ms"] == (500 if part.number else 0)
    own = [
        samples_of(part.path)[
            round((part.meta["own_start_ms"] - part.meta["start_ms"]) * RATE / 1000) : round(
                (part.meta["own_end_ms"] - part.meta["start_ms"]) * RATE / 1000
            )
        ]
        for part in parts
    ]
    assert np.array_equal(np.concatenate(own), whole)


def test_every_word_is_whole_in_the_chunk_that_answers_for_it(tmp_path: Path) -> None:
    path, words = spoken(tmp_path, 90.0, 9)
    parts = run(Chunker, path, tmp_path / "w", chunk_seconds=7, exact_cuts=True).parts
    tiles(parts)
    for start, end in words:
        middle = (start + end) * 500
        owners = [p for p in parts if p.meta["own_start_ms"] <= middle < p.meta["own_end_ms"]]
        assert len(owners) == 1
        assert owners[0].meta["start_ms"] <= start * 1000
        assert owners[0].meta["end_ms"] >= end * 1000


def test_exact_cuts_are_exact_and_leave_no_empty_chunk(tmp_path: Path) -> None:
    path, _ = spoken(tmp_path, 20.0, 2)
    parts = run(
        Chunker, path, tmp_path / "w", chunk_seconds=5, exact_cuts=True, overlap_seconds=0
    ).parts
    assert tiles(parts) == [5000, 10_000, 15_000, 20_000]


def test_a_short_rest_stays_with_the_chunk_before_it(tmp_path: Path) -> None:
    path, _ = spoken(tmp_path, 21.0, 2)
    parts = run(Chunker, path, tmp_path / "w", chunk_seconds=10).parts
    assert len(parts) == 2
    assert tiles(parts)[-1] == 21_000


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts", "a.flv", "a.avi", "a.mov"])
def test_a_pipe_and_a_file_and_a_second_run_give_the_same_bytes(tmp_path: Path, name: str) -> None:
    path = make_sample(tmp_path / name, AUDIO, VIDEO).path
    once = run(Chunker, path, tmp_path / "1", chunk_seconds=2)
    with piped(path.read_bytes(), tmp_path, step=777) as pipe:
        again = run(Chunker, pipe, tmp_path / "2", mode="stream", live=True, chunk_seconds=2)
    assert [(p.data, p.meta) for p in once.parts] == [(p.data, p.meta) for p in again.parts]
    assert len(once.parts) == 4
    spooled = "front to back" in again.logged
    assert spooled == (name in ("a.mp4", "a.mov", "a.avi"))


def test_what_is_kept_from_before_is_not_made_again(tmp_path: Path) -> None:
    path = make_sample(tmp_path / "a.mkv", AUDIO).path
    once = run(Chunker, path, tmp_path / "1", mode="stream", chunk_seconds=2)
    again = run(Chunker, path, tmp_path / "2", mode="stream", chunk_seconds=2, resume={"out": 2})
    assert [part.number for part in again.parts] == [2, 3]
    assert [p.data for p in again.parts] == [p.data for p in once.parts[2:]]
    assert again.document == once.document


def test_a_chunk_leaves_as_soon_as_its_sound_is_there(tmp_path: Path) -> None:
    """The other end of the pipe goes on only when the first chunk has left."""
    path, _ = spoken(tmp_path, 30.0, 4)
    data = path.read_bytes()
    place = round(13.9 / 30 * len(data))
    left = threading.Event()

    def write(pipe: Path) -> None:
        with pipe.open("wb", buffering=0) as end:
            end.write(data[:place])
            if left.wait(20):
                end.write(data[place:])

    ran = run_live(Chunker, write, tmp_path / "w", lambda _: left.set(), chunk_seconds=10)
    assert left.is_set()
    assert tiles(ran.parts)[-1] == 30_000


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [
        ("wav", "audio/wav"),
        ("flac", "audio/flac"),
        ("mp3", "audio/mpeg"),
        ("m4a", "audio/mp4"),
        ("ogg", "audio/ogg"),
    ],
)
def test_other_formats_rates_and_channels(tmp_path: Path, kind: str, media_type: str) -> None:
    path = make_sample(tmp_path / "a.mp4", AUDIO).path
    asked = {"format": kind, "rate": 48000, "channels": 2, "chunk_seconds": 3}
    once, again = (run(Chunker, path, tmp_path / str(n), **asked) for n in (1, 2))
    assert [part.data for part in once.parts] == [part.data for part in again.parts]
    for part in once.parts:
        assert part.media_type == media_type
        seconds = len(samples_of(part.path)) / 48000
        assert seconds * 1000 == pytest.approx(part.meta["end_ms"] - part.meta["start_ms"], abs=60)


def test_the_track_can_be_chosen(tmp_path: Path) -> None:
    tracks = (AudioTrack((Sound("silence", 2.0),)), AudioTrack((Sound("stereo", 2.0),)))
    path = make_sample(tmp_path / "a.mkv", tracks).path
    loud = [
        int(np.abs(samples_of(run(Chunker, path, tmp_path / str(n), track=n).parts[0].path)).max())
        for n in (0, 1)
    ]
    assert loud[0] < 10 < loud[1]
    with pytest.raises(InputRejected, match="below 2") as refused:
        run(Chunker, path, tmp_path / "3", track=2)
    assert refused.value.code == "bad_parameter"


def test_missing_sound_is_silence_so_that_times_stay_those_of_the_file(tmp_path: Path) -> None:
    path = make_sample(tmp_path / "a.mkv", AUDIO, VIDEO).path
    gap = restamped(path, tmp_path / "gap.mkv", lambda t: t if t < 2 else t + 3)
    ran = run(Chunker, gap, tmp_path / "w", chunk_seconds=60)
    sound = samples_of(ran.parts[0].path)
    assert len(sound) / RATE == pytest.approx(10.0, abs=0.1)
    assert np.abs(sound[round(2.2 * RATE) : round(4.8 * RATE)]).max() < 10


def test_time_stamps_that_run_backwards_are_told_of_and_counted_on(tmp_path: Path) -> None:
    path = make_sample(tmp_path / "a.ts", AUDIO, VIDEO).path
    other = make_sample(tmp_path / "b.ts", AUDIO, VIDEO).path
    joined = tmp_path / "joined.ts"
    joined.write_bytes(path.read_bytes() + other.read_bytes())
    ran = run(Chunker, joined, tmp_path / "w", chunk_seconds=4)
    assert "timestamps_broken" in ran.warnings
    assert tiles(ran.parts)[-1] == pytest.approx(14_100, abs=200)


def test_broken_bytes_do_not_end_it(tmp_path: Path) -> None:
    path = make_sample(tmp_path / "a.ts", AUDIO, VIDEO).path
    ran = run(Chunker, broken(path, tmp_path / "b.ts", 3, 80), tmp_path / "w", chunk_seconds=2)
    assert tiles(ran.parts)[-1] == pytest.approx(7000, abs=300)


@pytest.mark.parametrize(("name", "codec"), [("a.mkv", "aac"), ("a.wav", "pcm_s16le")])
def test_a_file_that_is_cut_off_gives_what_is_there_and_a_warning(
    tmp_path: Path, name: str, codec: str
) -> None:
    path = make_sample(tmp_path / name, (AudioTrack(AUDIO[0].sounds, codec),)).path
    assert run(Chunker, path, tmp_path / "1", chunk_seconds=2).warnings == []
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    ran = run(Chunker, path, tmp_path / "w", chunk_seconds=2)
    assert "truncated" in ran.warnings
    assert 2000 < tiles(ran.parts)[-1] < 5500


def fast_start(source: Path, target: Path) -> Path:
    """The same media with the table in front."""
    with (
        av.open(str(source)) as given,
        av.open(str(target), "w", options={"movflags": "faststart"}) as made,
    ):
        streams = {s.index: made.add_stream_from_template(s) for s in given.streams}
        for packet in given.demux():
            if packet.dts is not None:
                packet.stream = streams[packet.stream.index]
                made.mux(packet)
    return target


def test_an_mp4_with_its_table_in_front_is_read_from_the_pipe_and_may_end_early(
    tmp_path: Path,
) -> None:
    path = make_sample(tmp_path / "a.mp4", AUDIO, VIDEO).path
    data = fast_start(path, tmp_path / "fast.mp4").read_bytes()
    for number, (end, warnings) in enumerate([(len(data), []), (len(data) // 2, ["truncated"])]):
        with piped(data[:end], tmp_path) as pipe:
            ran = run(
                Chunker, pipe, tmp_path / str(number), mode="stream", live=True, chunk_seconds=2
            )
        assert "front to back" not in ran.logged
        assert [code for code in ran.warnings if code != "decode_errors"] == warnings
        assert tiles(ran.parts)[-1] > 2000


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"ffconcat version 1.0\nfile a.mkv\n", "not_media"),
        (bytes(9000), "not_media"),
    ],
)
def test_what_is_no_media_is_refused_from_a_pipe_too(
    tmp_path: Path, content: bytes, code: str
) -> None:
    with piped(content, tmp_path) as pipe, pytest.raises(InputRejected) as refused:
        run(Chunker, pipe, tmp_path / "w", mode="stream", live=True)
    assert refused.value.code == code


def test_pictures_alone_have_no_sound_to_cut(tmp_path: Path) -> None:
    path = make_sample(tmp_path / "a.mp4", (), VIDEO).path
    with pytest.raises(InputRejected, match="no audio") as refused:
        run(Chunker, path, tmp_path / "w")
    assert refused.value.code == "no_audio"


def test_it_is_an_engine_as_the_kit_wants_it(tmp_path: Path) -> None:
    path = make_sample(tmp_path / "a.mp4", AUDIO, VIDEO).path
    samples = [Sample(path), Sample(path, (), {"template": "frame"})]
    assert_conforms(Path(jobmill_engines.chunker.__file__).parent, samples)
