"""One server with real engines and real media for the whole folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from jobmill.samples import AudioTrack, Picture, Sample, Sound, VideoTrack, make_sample
from jobmill.samples.model import NTSC
from tests.dialects.gentoo.server import PAGE_ORIGIN, Server


@pytest.fixture(scope="package")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("media")


@pytest.fixture(scope="package")
def movie(media: Path) -> Sample:
    """/myfiles/movie.mp4, as in the documentation."""
    sounds = (
        Sound("silence", 4.0),
        Sound("dual_mono", float(2 / NTSC)),
        Sound("silence", 2.0),
        Sound("dual_mono", 4.0),
        Sound("stereo", 3.0),
        Sound("left", 2.5),
        Sound("right", 2.5),
        Sound("stereo", 2.0),
        Sound("silence", 1.5),
    )
    pictures = (
        Picture("black", 120),
        Picture("scene", 150, seed=1),
        Picture("hold", 90),
        Picture("scene", round(sum(sound.seconds for sound in sounds) * NTSC) - 360, seed=2),
    )
    (media / "myfiles").mkdir()
    track = VideoTrack(pictures, width=320, height=180)
    return make_sample(media / "myfiles" / "movie.mp4", (AudioTrack(sounds),), track)


@pytest.fixture(scope="package")
def server(
    tmp_path_factory: pytest.TempPathFactory, media: Path, movie: Sample
) -> Iterator[Server]:
    data = tmp_path_factory.mktemp("gentoo") / "data"
    with Server(data, media, JOBMILL_CORS_ORIGINS=PAGE_ORIGIN) as running:
        yield running
