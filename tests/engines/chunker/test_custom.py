"""Templates in FFmpeg's words: what they stand for, and what they must not say."""

from pathlib import Path
from typing import Any

import pytest

from jobmill.samples import AudioTrack, Picture, Sound, VideoTrack, make_sample
from jobmill_engine import InputRejected
from jobmill_engines.chunker.custom import read_template
from jobmill_engines.chunker.engine import Chunker
from jobmill_engines.chunker.request import read_request
from tests.engines.media.made import run


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("-vn -ar 8000 -ac 2", {"template": "audio", "rate": 8000, "channels": 2}),
        (
            "ffmpeg -y -i input.mp4 -vn -c:a libmp3lame -f segment -segment_time 30 out%03d.mp3",
            {"template": "audio", "format": "mp3", "chunk_seconds": 30.0},
        ),
        (
            "-i {input} -map 0:a:1 -f segment -segment_time {{chunkSizeInSeconds}} o.flac",
            {"template": "audio", "format": "flac", "chunk_seconds": 7, "track": 1},
        ),
        ("-vf fps=1/60 -f image2 shot%d.png", {"template": "frame", "format": "png"}),
        ("-an -r 2", {"template": "frame", "frames_per_second": "2"}),
        ("-c:v copy -c:a copy -f mp4", {"template": "video", "exact_cuts": False}),
        ("-c:v libx264 -segment_time 5 out.mp4", {"template": "video", "exact_cuts": True}),
    ],
)
def test_options_stand_for_parameters(text: str, means: dict[str, Any]) -> None:
    found = read_template(text, {"chunk_seconds": 7})
    assert {name: found[name] for name in means} == means


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("-vf movie=/etc/passwd", "movie"),
        ("-filter_complex amovie=x", "-filter_complex"),
        ("-f concat", "concat"),
        ("-f lavfi -i testsrc", "lavfi"),
        ("-protocol_whitelist file,http", "-protocol_whitelist"),
        ("-init_hw_device vaapi", "-init_hw_device"),
        ("-vn out.wav -dump_attachment:t ''", "out.wav"),
        ("-ar often", "often"),
        ("-ar 44100 -vn", "rate"),
        ("-vn -an", "leaves out"),
        ("-ar", "behind -ar"),
        ("-vn 'out", "words"),
        ("-segment_time {{nothing}}", "{{nothing}}"),
        ("-segment_time 0", "chunk_seconds"),
        ("-vf fps=100000", "frames_per_second"),
        ("-map 1:a", "-map 1:a"),
        ("-c:v hevc", "hevc"),
    ],
)
def test_whatever_else_it_says_is_refused_by_name(text: str, named: str) -> None:
    with pytest.raises(InputRejected) as refused:
        read_request({"template": "custom", "custom_template": text})
    assert refused.value.code == "bad_parameter"
    assert named in str(refused.value)


def test_a_template_cuts_as_its_parameters_would(tmp_path: Path) -> None:
    audio = (AudioTrack((Sound("stereo", 4.0),)),)
    video = VideoTrack((Picture("scene", 100),), width=160, height=90)
    path = make_sample(tmp_path / "a.mp4", audio, video).path
    for text, asked in (
        ("-vn -ar 8000 -segment_time 2 x.flac",
         {"rate": 8000, "chunk_seconds": 2, "format": "flac"}),
        ("-r 2 -f image2 x.jpg", {"template": "frame", "frames_per_second": 2}),
        ("-c:v libx264 -segment_time 2 x.mp4",
         {"template": "video", "exact_cuts": True, "chunk_seconds": 2}),
    ):  # fmt: skip
        one = run(Chunker, path, tmp_path / "1", template="custom", custom_template=text)
        other = run(Chunker, path, tmp_path / "2", **asked)
        assert [(p.data, p.meta) for p in one.parts] == [(p.data, p.meta) for p in other.parts]
        assert len(one.parts) >= 2
