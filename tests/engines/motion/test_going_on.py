"""An attempt that was broken off is gone on from: no picture twice, and the same movement."""

import fcntl
import os
from pathlib import Path

import numpy as np
import pytest

from jobmill_engines.motion.following import Memory, Sighting
from jobmill_engines.motion.landmarks import COUNT
from jobmill_engines.motion.network import Answer
from jobmill_engines.motion.regions import Floats, Region
from jobmill_engines.motion.sightings import open_sightings
from tests.engines.media.made import Ran
from tests.engines.motion.made import Statue, film, run

OUTPUTS = ["bvh", "fbx", "motion_data"]


class Broken(Exception):
    """As if the process had died there."""


class Mortal(Statue):
    """A statue that breaks when it is to look for the n-th time."""

    def __init__(self, breaks_at: int, absent: range = range(0)) -> None:
        super().__init__(absent)
        self._breaks_at = breaks_at

    def landmarks(self, square: Floats) -> Answer:
        if self.looked == self._breaks_at:
            raise Broken
        return super().landmarks(square)


@pytest.fixture(autouse=True)
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine" / "blazepose").mkdir(parents=True)
    monkeypatch.setenv("JOBMILL_MODELS", str(tmp_path / "mine"))


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    folder = tmp_path / "spool"
    folder.mkdir()
    return folder


def broken_off(path: Path, folder: Path, spool: Path, at: int, absent: range = range(0)) -> None:
    with pytest.raises(Broken):
        run(path, folder, Mortal(at, absent), spool=spool, outputs=OUTPUTS)


def gone_on(
    path: Path, folder: Path, spool: Path, looked: int, absent: range = range(0), **more: object
) -> tuple[Ran, int]:
    """What the next attempt makes, and how often it looked; the statue goes on in its walk."""
    nets = Statue(absent)
    nets.looked = looked
    ran = run(path, folder, nets, spool=spool, outputs=OUTPUTS, **more)
    return ran, nets.looked - looked


def same(one: Ran, other: Ran) -> bool:
    return one.document == other.document and [part.data for part in one.parts] == [
        part.data for part in other.parts
    ]


def test_the_next_attempt_looks_at_the_rest_and_makes_the_same(tmp_path: Path, spool: Path) -> None:
    path = film(tmp_path / "a.mp4", 40)
    calm = run(path, tmp_path / "calm", outputs=OUTPUTS)
    broken_off(path, tmp_path / "one", spool, 25)
    ran, looked = gone_on(path, tmp_path / "two", spool, 25)
    assert looked == 15
    assert same(ran, calm)
    assert "first 25 pictures" in ran.logged


def test_it_may_break_again_and_when_all_is_seen(tmp_path: Path, spool: Path) -> None:
    path = film(tmp_path / "a.mp4", 40)
    calm = run(path, tmp_path / "calm", outputs=OUTPUTS)
    for at in (5, 20, 39):
        nets = Mortal(at)
        nets.looked = {5: 0, 20: 5, 39: 20}[at]
        with pytest.raises(Broken):
            run(path, tmp_path / f"{at}", nets, spool=spool, outputs=OUTPUTS)
    for _ in range(2):
        ran, looked = gone_on(path, tmp_path / "last", spool, 39)
        assert same(ran, calm)
    assert looked == 0, "all had been seen"


def test_whom_it_had_lost_it_finds_in_the_same_way(tmp_path: Path, spool: Path) -> None:
    path, absent = film(tmp_path / "a.mp4", 40), range(10, 14)
    calm = run(path, tmp_path / "calm", Statue(absent), outputs=OUTPUTS)
    assert calm.document["motion"]["gaps"]
    # The thirteenth look is at a picture in the gap: of the first one there were two.
    broken_off(path, tmp_path / "one", spool, 13, absent)
    ran, _ = gone_on(path, tmp_path / "two", spool, 13, absent)
    assert same(ran, calm)


@pytest.mark.parametrize("harm", ["cut short", "spoilt"])
def test_a_note_that_is_not_whole_is_made_again(tmp_path: Path, spool: Path, harm: str) -> None:
    path = film(tmp_path / "a.mp4", 40)
    calm = run(path, tmp_path / "calm", outputs=OUTPUTS)
    broken_off(path, tmp_path / "one", spool, 25)
    notes = spool / "sightings"
    data = bytearray(notes.read_bytes())
    if harm == "cut short":
        del data[-7:]
    else:
        data[-100] ^= 1
    notes.write_bytes(data)
    ran, looked = gone_on(path, tmp_path / "two", spool, 24)
    assert looked == 16
    assert same(ran, calm)


def test_notes_about_something_else_are_not_taken(tmp_path: Path, spool: Path) -> None:
    path = film(tmp_path / "a.mp4", 40)
    broken_off(path, tmp_path / "one", spool, 25)
    _, looked = gone_on(path, tmp_path / "two", spool, 0, start_ms=200)
    assert looked == 34, "another window"
    os.utime(path, ns=(1, 1))
    _, looked = gone_on(path, tmp_path / "three", spool, 0, start_ms=200)
    assert looked == 34, "another file"


def test_a_film_that_goes_on_in_another_way_is_looked_at_from_there(
    tmp_path: Path, spool: Path
) -> None:
    slow = film(tmp_path / "a.mp4", 20, times=[n / 30 for n in range(20)])
    broken_off(slow, tmp_path / "one", spool, 15)
    about = slow.stat()
    times = [n / 30 if n < 10 else n / 30 + 0.01 for n in range(20)]
    other = film(tmp_path / "b.mp4", 20, times=times)
    other.write_bytes(other.read_bytes().ljust(about.st_size, b"\0")[: about.st_size])
    os.utime(other, ns=(about.st_atime_ns, about.st_mtime_ns))
    if other.stat().st_size != about.st_size:
        pytest.fail("the two files must look alike")
    _, looked = gone_on(other, tmp_path / "two", spool, 10)
    assert looked == 10


def test_notes_that_a_living_process_writes_are_left_alone(tmp_path: Path, spool: Path) -> None:
    path = film(tmp_path / "a.mp4", 40)
    broken_off(path, tmp_path / "one", spool, 25)
    before = (spool / "sightings").read_bytes()
    with (spool / "sightings").open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        _, looked = gone_on(path, tmp_path / "two", spool, 0)
    assert looked == 40
    assert (spool / "sightings").read_bytes() == before


def test_what_the_follower_remembers_comes_back_to_the_last_digit(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    memories = [
        Memory(),
        Memory(None, Region(*rng.normal(size=4).tolist()), 7, 2),
        Memory(Region(*rng.normal(size=4).tolist()), Region(*rng.normal(size=4).tolist()), 0, 3),
    ]
    seen = Sighting(rng.normal(size=(COUNT, 2)), rng.normal(size=(COUNT, 3)), np.ones(COUNT), 1.0)
    for number, memory in enumerate(memories):
        with open_sightings(tmp_path, tmp_path, "key") as rows:
            assert rows.kept == number
            rows.add(number / 3, seen if number else None, memory)
        with open_sightings(tmp_path, tmp_path, "key") as rows:
            assert rows.memory() == memory
    with open_sightings(tmp_path, tmp_path, "key") as rows:
        assert list(rows.times) == [0.0, 1 / 3, 2 / 3]
        assert list(rows.seen) == [0, 1, 1]
        assert np.allclose(rows.rows(1, 2)[0, : COUNT * 3], seen.world.ravel(), atol=1e-6)
