"""A long clip is worked on in parts: it needs no more memory, and nobody sees where they meet."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from jobmill_engines.motion.motion import Motion, Wishes, capture
from jobmill_engines.motion.observed import Observed
from jobmill_engines.motion.skeleton import NAMES
from jobmill_engines.motion.tables import Desk
from jobmill_engines.motion.writers.bvh import write_bvh
from jobmill_engines.motion.writers.fbx import write_fbx
from jobmill_engines.motion.writers.glb import write_glb
from tests.engines.motion import figure
from tests.engines.motion.readers import read_bvh, read_fbx, read_glb

_CAPTURE = """
import json, resource, sys
from pathlib import Path
import numpy as np
from jobmill_engines.motion.capturing import FILES
from jobmill_engines.motion.following import Memory, Sighting
from jobmill_engines.motion.motion import Wishes, capture
from jobmill_engines.motion.sightings import open_sightings
from jobmill_engines.motion.tables import Desk
from jobmill_engines.motion.timing import observe
from jobmill_engines.motion.writers.data import describe
from tests.engines.motion import figure

folder, count = Path(sys.argv[1]), int(sys.argv[2])
seen = figure.seen(figure.walk(4.0, 30.0, heading=0.6, start=(-1.0, -1.0)), noise=0.01)
pixels = seen.picture * [1.0, -1.0] * 500.0 + np.array([320, 240])
there = [
    Sighting(pixels[n], seen.world[n], seen.visibility[n], 1.0) for n in range(len(seen))
]
loop = [*there, *there[::-1]]
sizes = {}
with open_sightings(folder, folder, "") as sightings, Desk(folder) as desk:
    for n in range(count):
        lost = n % 3000 > 2800
        sightings.add(n / 30, None if lost else loop[n % len(loop)], Memory())
    observed = observe(sightings, 30.0, (640, 480), 500.0, desk)
    motion = capture(observed, Wishes(), desk)
    described = describe(motion)
    for name in ("fbx", "glb", "bvh", "usda", "usdz", "motion_data"):
        file, write, _ = FILES[name]
        write(folder / file, motion, "walk")
        sizes[name] = (folder / file).stat().st_size
    for rows in (slice(0, 500), slice(count - 500, count)):
        assert np.isfinite(motion.joints(rows)).all()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
gaps = len(described["gaps"])
print(json.dumps({"peak": peak, "sizes": sizes, "frames": described["frames"], "gaps": gaps}))
"""
_A_FRAME = 200
"""Bytes of memory for a frame: times, what is true or false in it, stretches that are told of."""
_SPREAD = 6 << 20
"""By which the same program's memory differs from run to run, as its allocator pleases."""


def captured(folder: Path, count: int) -> dict[str, int]:
    """Memory and files of a capture of a film of so many pictures, in a process of its own."""
    folder.mkdir()
    words = [sys.executable, "-c", _CAPTURE, str(folder), str(count)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=1500)
    assert done.returncode == 0, done.stderr
    told: dict[str, int] = json.loads(done.stdout)
    return told


def check(short: dict[str, int], long: dict[str, int]) -> None:
    more = long["frames"] - short["frames"]
    assert long["peak"] - short["peak"] < _SPREAD + _A_FRAME * more
    for name, size in long["sizes"].items():  # type: ignore[attr-defined]
        assert size > 0.9 * short["sizes"][name] * long["frames"] / short["frames"]  # type: ignore[index]


_AGAIN, _COUNT = 240, 2600
"""Frames after which the walk comes again, and of the clip: three parts, three blocks."""


@pytest.fixture(scope="module")
def walking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Motion]:
    """There and back again, many times."""
    once = figure.seen(figure.walk(4.0, 30.0, heading=0.6, start=(-1.0, -1.0)), noise=0.01)
    loop = np.concatenate([np.arange(len(once)), np.arange(len(once))[::-1]])
    assert len(loop) == _AGAIN
    frames = np.resize(loop, _COUNT)
    points = (each[:][frames] for each in (once.world, once.picture, once.visibility))
    with Desk(tmp_path_factory.mktemp("desk")) as desk:
        yield capture(Observed(30.0, *points, np.ones(_COUNT, bool)), Wishes(), desk)


@pytest.mark.parametrize("border", [1024, 2048])
def test_where_parts_meet_the_movement_is_as_elsewhere(walking: Motion, border: int) -> None:
    near = slice(border - 60, border + 60)
    away = 2 * _AGAIN if border == 1024 else -2 * _AGAIN
    elsewhere = slice(near.start + away, near.stop + away)
    assert np.abs(walking.joints(near) - walking.joints(elsewhere)).max() < 1e-4
    assert (walking.contacts[near] == walking.contacts[elsewhere]).all()
    turned = walking.rotations[near]
    assert (np.sum(turned[1:] * turned[:-1], axis=2) > 0).all(), "no quaternion changes its sign"


def test_files_of_several_blocks_hold_every_frame(walking: Motion, tmp_path: Path) -> None:
    for name, write in (("a.bvh", write_bvh), ("a.fbx", write_fbx), ("a.glb", write_glb)):
        write(tmp_path / name, walking, "walk")
    for frame in (0, 1023, 1024, 2048, _COUNT - 1):
        true = walking.joints(slice(frame, frame + 1))[0]
        bvh, fbx = read_bvh(tmp_path / "a.bvh", frame), read_fbx(tmp_path / "a.fbx", frame)
        glb, length = read_glb(tmp_path / "a.glb", frame)
        for found in (bvh, fbx, glb):
            assert np.abs(np.array([found[name] for name in NAMES]) - true).max() < 2e-5
        assert length == pytest.approx((_COUNT - 1) / 30)


def test_a_clip_three_times_as_long_needs_no_more_memory(tmp_path: Path) -> None:
    short, long = (captured(tmp_path / f"{count}", count) for count in (3000, 9000))
    assert (short["gaps"], long["gaps"]) == (1, 3)
    check(short, long)


@pytest.mark.full
@pytest.mark.timeout(3000)
def test_an_hour_needs_no_more_memory_than_minutes(tmp_path: Path) -> None:
    short, long = (captured(tmp_path / f"{count}", count) for count in (3000, 108_000))
    assert long["frames"] == 108_000
    check(short, long)
