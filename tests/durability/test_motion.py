"""A capture that is killed in the middle: the same movement, and no picture is looked at twice."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.engines.motion.served import Place, walking_film

pytestmark = [pytest.mark.full, pytest.mark.timeout(1800)]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    place = Place(tmp_path / "data", tmp_path)
    yield place
    place.end()


def kill_server(place: Place) -> None:
    place.kill()
    place.start()


def kill_engine(place: Place) -> None:
    """The process that computes, as the kernel does when memory runs out."""
    server = psutil.Process(place.server.process.pid)
    (engine,) = (
        each
        for each in server.children(recursive=True)
        if "jobmill_engines.motion" in each.cmdline() and not each.children()
    )
    engine.kill()


@pytest.mark.parametrize("kill", [kill_server, kill_engine])
def test_what_was_seen_before_a_kill_is_gone_on_from(
    place: Place, kill: Callable[[Place], None]
) -> None:
    film = walking_film(place.data.parent / "walk.mp4")
    calm = place.capture(film)
    document, files = place.document(calm), place.files(calm)
    assert (document["motion"]["frames"], document["motion"]["gaps"]) == (360, [])
    job = place.capture(film)
    place.until(job, lambda done: 2 < done < 10)
    kill(place)
    assert place.document(job) == document
    assert place.files(job) == files
    kept = re.search(r"The first (\d+) pictures", place.logged(job))
    assert kept, "the second attempt began anew"
    assert 60 <= int(kept[1]) < 360
    assert len(place.client.jobs.attempts(job)) == 2
