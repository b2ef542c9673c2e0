"""Damaged media: every template and the rendition give what is there or refuse; none fails.

The seeds are those that once did harm, and some more.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jobmill.samples import AudioTrack, Picture, Sound, VideoTrack, make_sample
from jobmill_engine import Engine, InputRejected
from jobmill_engines.chunker.engine import Chunker
from jobmill_engines.playback.engine import Playback
from tests.engines.media.made import Ran, run

AUDIO = (AudioTrack((Sound("stereo", 5.0),)),)
VIDEO = VideoTrack((Picture("scene", 150, 1),), width=160, height=90)
WORK: list[tuple[type[Engine], dict[str, Any]]] = [
    (Chunker, {"chunk_seconds": 2}),
    (Chunker, {"template": "video", "chunk_seconds": 2}),
    (Chunker, {"template": "video", "chunk_seconds": 2, "exact_cuts": True}),
    (Chunker, {"template": "frame"}),
    (Playback, {"segment_seconds": 2}),
]
EXPECTED = {"damaged", "not_media", "no_audio", "no_video", "no_streams"}
EXPECTED |= {"no_audio_decoded", "no_video_decoded", "no_media_decoded"}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("whole")
    names = ("a.ts", "a.mkv", "a.mp4", "a.flv")
    return {name: make_sample(folder / name, AUDIO, VIDEO).path.read_bytes() for name in names}


def damaged(data: bytes, seed: int) -> bytes:
    """Up to 300 bytes replaced; by some seeds in the head too, or with the second half gone."""
    rng = np.random.default_rng(seed)
    made = bytearray(data)
    first = 0 if seed % 3 == 0 else 3000
    for place in rng.integers(first, len(made), int(rng.integers(1, 300))):
        made[place] = int(rng.integers(256))
    return bytes(made[: len(made) // 2] if seed % 4 == 3 else made)


@pytest.mark.parametrize("name", ["a.ts", "a.mkv", "a.mp4", "a.flv"])
@pytest.mark.parametrize("seed", [1, 3, 9])
def test_damage_is_counted_or_refused(
    tmp_path: Path, whole: dict[str, bytes], name: str, seed: int
) -> None:
    path = tmp_path / name
    path.write_bytes(damaged(whole[name], seed))
    for number, (engine, asked) in enumerate(WORK):
        ran = run_or_refuse(engine, path, tmp_path / str(number), asked)
        if isinstance(ran, str):
            assert ran in EXPECTED
        else:
            assert ran.parts
            assert all(part.data for part in ran.parts)


def run_or_refuse(
    engine: type[Engine], path: Path, workdir: Path, asked: dict[str, Any]
) -> Ran | str:
    """What the engine made, or the code with which it refused."""
    try:
        return run(engine, path, workdir, **asked)
    except InputRejected as refused:
        return refused.code
