"""Motion capture through a real server with the real model: a cancel frees the machine."""

import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.engines.motion.served import Place, walking_film

pytestmark = [pytest.mark.full, pytest.mark.timeout(900)]
FREE_SECONDS = 5.0


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    place = Place(tmp_path / "data", tmp_path)
    yield place
    place.end()


def engines(place: Place) -> list[psutil.Process]:
    """The processes of its engines."""
    children = psutil.Process(place.server.process.pid).children(recursive=True)
    return [each for each in children if each.status() != psutil.STATUS_ZOMBIE]


def test_a_cancel_frees_the_machine(place: Place) -> None:
    job = place.capture(walking_film(place.data.parent / "walk.mp4"))
    place.until(job, lambda done: 0 < done < 8)
    working = engines(place)
    assert working
    began = time.monotonic()
    place.client.jobs.cancel(job)
    gone, left = psutil.wait_procs(working, timeout=60)
    took = time.monotonic() - began
    assert not left
    assert took < FREE_SECONDS
    assert len(gone) == len(working)
    assert place.ended(job).state == "cancelled"
    assert list((place.data / "work").glob("*/*")) == []
