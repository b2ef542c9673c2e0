"""Films as people send them, through a real server with the real model: a right result, or a clear
word of what is wrong."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jobmill_client.errors import InvalidInput
from tests.engines.motion.figure import Camera, Truth, mean_error, walk
from tests.engines.motion.made import film, lying
from tests.engines.motion.rendering import Pixels, frames, scaled, write_film
from tests.engines.motion.served import Place
from tests.engines.transcribe.made import write_wav

pytestmark = [pytest.mark.full, pytest.mark.timeout(1800)]
NEAR = 0.1
"""Metres by which joints may lie off, after one scale; the table of accuracy has 0.06."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    home = tmp_path_factory.mktemp("odd")
    (home / "media").mkdir()
    place = Place(home / "data", home / "media")
    yield place
    place.end()


@pytest.fixture
def media(place: Place) -> Path:
    return place.data.parent / "media"


def steps(fps: float = 30.0, seconds: float = 2.0) -> Truth:
    return walk(seconds, fps, heading=0.6, start=(-0.8, -0.6))


def pictures(truth: Truth, width: int = 480, height: int = 360) -> Iterator[Pixels]:
    return frames(truth, Camera(), width, height, 0.85 * width)


def off(place: Place, film: Path, truth: Truth, **params: Any) -> tuple[float, Any]:
    """How far joints lie off in the mean, and the document; a job that completes."""
    job = place.capture(film, outputs=["motion_data"], **params)
    document = place.document(job)
    found = place.joints(job)
    count = min(len(found), len(truth.root))
    assert abs(len(found) - len(truth.root)) <= 2
    return mean_error(found[:count], truth.joints[:count]), document


def test_4k_at_120_pictures_a_second(place: Place, media: Path) -> None:
    large = (scaled(each, 3840, 2160) for each in pictures(steps(120.0, 1.0), 640, 360))
    path = write_film(media / "4k.mp4", large, 120)
    error, document = off(place, path, steps(60.0, 1.0))
    assert error < NEAR
    assert (document["media"]["width"], document["media"]["fps"]) == (3840, 120.0)
    assert (document["motion"]["fps"], document["motion"]["gaps"]) == (60.0, [])


def test_a_film_that_a_phone_wrote_lying(place: Place, media: Path) -> None:
    upright = pictures(steps(), 360, 480)
    path = lying(write_film(media / "p.mp4", (np.rot90(p).copy() for p in upright), 30))
    error, document = off(place, path, steps())
    assert error < NEAR
    assert (document["media"]["width"], document["media"]["height"]) == (360, 480)


def test_a_rate_that_varies(place: Place, media: Path) -> None:
    truth = steps(120.0)
    rng = np.random.default_rng(4)
    shown = np.cumsum(rng.choice([2, 4, 6, 8], size=100))
    shown = shown[shown < len(truth.root)]
    every = list(pictures(truth))
    path = write_film(media / "v.mkv", (every[n] for n in shown), 30, (shown / 120).tolist())
    job = place.capture(path, outputs=["motion_data"])
    motion, found = place.document(job)["motion"], place.joints(job)
    at = np.round((shown[0] / 120 + np.arange(len(found)) / motion["fps"]) * 120).astype(int)
    inside = at < len(truth.root)
    assert motion["duration_ms"] == pytest.approx(1000 * np.ptp(shown) / 120, abs=80)
    assert mean_error(found[inside], truth.joints[at[inside]]) < NEAR


def test_a_wrong_name(place: Place, media: Path) -> None:
    path = write_film(media / "a.mkv", pictures(steps()), 30)
    assert off(place, path.rename(media / "film.avi"), steps())[0] < NEAR


def test_a_name_that_says_it_is_no_film_is_refused_before_it_is_queued(
    place: Place, media: Path
) -> None:
    with pytest.raises(InvalidInput, match=r"takes video/\*.*this is text/plain"):
        place.capture(film(media / "b.mp4").rename(media / "film.txt"))


def test_a_person_of_whom_the_picture_has_half(place: Place, media: Path) -> None:
    upper = (each[:220].copy() for each in pictures(steps()))
    path = write_film(media / "h.mp4", upper, 30)
    job = place.capture(path, outputs=["motion_data"])
    document = place.document(job)
    sure = {each["name"]: each["confidence"] for each in document["motion"]["joints"]}
    assert sure["LeftFoot"] < 0.3 < 0.6 < sure["LeftArm"]
    (warning,) = place.ended(job).warnings
    assert warning.code == "partly_seen"
    assert "LeftFoot" in warning.message
    assert np.isfinite(place.joints(job)).all()


def no_film(path: Path) -> Path:
    path.write_text("This is a text and no film.")
    return path


def sound_only(path: Path) -> Path:
    write_wav(path.with_suffix(".wav"), np.zeros(16000, np.int16), 16000)
    return path.with_suffix(".wav").rename(path)


def still(path: Path) -> Path:
    return write_film(path, iter([next(pictures(steps()))]), 30)


def half_a_file(path: Path) -> Path:
    """The index of an MP4 stands at its end: without it nothing can be read."""
    write_film(path, pictures(steps(seconds=1.0)), 30)
    path.write_bytes(path.read_bytes()[:20_000])
    return path


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (no_film, "not_media"),
        (sound_only, "no_video"),
        (still, "too_short"),
        (film, "no_person"),
        (half_a_file, "damaged"),
    ],
)
def test_what_cannot_be_captured_fails_at_once_and_says_why(
    place: Place, media: Path, make: Callable[[Path], Path], code: str
) -> None:
    job = place.ended(place.capture(make(media / f"{code}.mp4")))
    assert job.state == "failed"
    assert job.reason is not None
    assert job.reason.code == code
    assert len(job.reason.message) > 30
    assert len(place.client.jobs.attempts(job)) == 1, "another try would not help"
