"""One server with real engines and real media for the whole folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from jobmill.samples import Sample, demo_media
from tests.dialects.gentoo.server import PAGE_ORIGIN, Server


@pytest.fixture(scope="package")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("media")


@pytest.fixture(scope="package")
def movie(media: Path) -> Sample:
    """/myfiles/movie.mp4, as in the documentation."""
    folder = media / "myfiles"
    programme = demo_media(folder)[0]
    programme.path.rename(folder / "movie.mp4")
    return Sample(folder / "movie.mp4", programme.truth)


@pytest.fixture(scope="package")
def server(
    tmp_path_factory: pytest.TempPathFactory, media: Path, movie: Sample
) -> Iterator[Server]:
    data = tmp_path_factory.mktemp("gentoo") / "data"
    with Server(data, media, JOBMILL_CORS_ORIGINS=PAGE_ORIGIN) as running:
        yield running
